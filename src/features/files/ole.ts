import { type ByteSource, byteString, hasAt, scan } from './bytes.ts'
import { type OleContainer, readContainer, readSmallStream } from './ole-container.ts'
import { refused } from './refusal.ts'

const MACROS = /^(Macros|VBA|_VBA_PROJECT|_VBA_PROJECT_CUR)$/i
/** Equation 3.0: the editor behind it is gone from Office for its faults (CVE-2017-11882). */
const EQUATION_3 = '\x02\xce\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46'
// [MS-PPT] 2.4.10–2.4.11: a VBAInfoContainer of one VBAInfoAtom whose fHasMacros is 1.
const PPT_MACROS = /\x0f\x00\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00[\s\S]{4}\x01\x00\x00\x00/
// [MS-PPT] 2.3.2: the header token of an encrypted presentation.
const PPT_ENCRYPTED = '\xdf\xc4\xd1\xf3'

/**
 * A Word or PowerPoint document of before 2007 ([MS-CFB], [MS-DOC], [MS-PPT]), by the streams in its directory.
 * @returns undefined when the container is of another program
 * @throws DomainError file_encrypted (also a newer document behind a password), file_macros, file_embedded, file_damaged
 */
export async function checkOle(source: ByteSource): Promise<'doc' | 'ppt' | undefined> {
  const container = await readContainer(source)
  refuseParts(container)
  const word = container.entries.find((e) => e.name === 'WordDocument')
  if (word) {
    const start =
      word.size >= 4096
        ? await source.read(container.offsetOf(word.start), 12)
        : await readSmallStream(source, container, word, 12)
    if (!hasAt(start, 0, '\xec\xa5')) throw refused('file_damaged')
    // [MS-DOC] 2.5.2: bit fEncrypted of the file's information block.
    if ((start[11] ?? 0) & 1) throw refused('file_encrypted')
    return 'doc'
  }
  if (!container.entries.some((e) => e.name === 'PowerPoint Document')) return undefined
  const user = container.entries.find((e) => e.name === 'Current User')
  if (user && hasAt(await readSmallStream(source, container, user, 16), 12, PPT_ENCRYPTED))
    throw refused('file_encrypted')
  if (await scan(source, 64, (text) => PPT_MACROS.test(text))) throw refused('file_macros')
  return 'ppt'
}

/** An object inside another document: a formula or a drawing may stay, a packed file may not. */
export async function checkOleObject(source: ByteSource): Promise<void> {
  const container = await readContainer(source)
  refuseParts(container)
  if (container.entries.some((e) => e.type === 'root' && byteString(e.classId) === EQUATION_3))
    throw refused('file_embedded')
}

function refuseParts({ entries }: OleContainer): void {
  const names = entries.map((e) => e.name)
  if (names.some((n) => /^(EncryptedPackage|EncryptionInfo|EncryptedSummary)$/i.test(n)))
    throw refused('file_encrypted')
  if (names.some((n) => MACROS.test(n))) throw refused('file_macros')
  if (names.some((n) => /^\x01Ole10Native$/i.test(n))) throw refused('file_embedded')
}
