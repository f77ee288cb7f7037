import type { Budget } from './budget.ts'
import { type ByteSource, byteString, hasAt } from './bytes.ts'
import { checkDocText } from './doc.ts'
import { type OleContainer, readContainer, startOf } from './ole-container.ts'
import { checkSlides } from './ppt.ts'
import { refused } from './refusal.ts'

const MACROS = /^(Macros|VBA|_VBA_PROJECT|_VBA_PROJECT_CUR)$/i
/** Equation 3.0: the editor behind it is gone from Office for its faults (CVE-2017-11882). */
const EQUATION_3 = '\x02\xce\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46'
// [MS-PPT] 2.3.2: the header token of an encrypted presentation.
const PPT_ENCRYPTED = '\xdf\xc4\xd1\xf3'

/**
 * A Word or PowerPoint document of before 2007 ([MS-CFB], [MS-DOC], [MS-PPT]), by the streams in its directory.
 * @returns undefined when the container is of another program
 * @throws DomainError file_encrypted (also a newer document behind a password), file_macros, file_active, file_external,
 * file_embedded, file_damaged, file_too_complex
 */
export async function checkOle(source: ByteSource, budget: Budget): Promise<'doc' | 'ppt' | undefined> {
  const container = await readContainer(source, budget)
  refuseParts(container)
  const word = container.entries.find((e) => e.name === 'WordDocument')
  if (word) {
    const start = await startOf(container, word, 12)
    if (!hasAt(start, 0, '\xec\xa5')) throw refused('file_damaged')
    // [MS-DOC] 2.5.2: bit fEncrypted of the file's information block.
    if ((start[11] ?? 0) & 1) throw refused('file_encrypted')
    await checkDocText(container, budget)
    return 'doc'
  }
  const slides = container.entries.find((e) => e.name === 'PowerPoint Document')
  if (!slides) return undefined
  const user = container.entries.find((e) => e.name === 'Current User')
  if (user && hasAt(await startOf(container, user, 16), 12, PPT_ENCRYPTED)) throw refused('file_encrypted')
  await checkSlides(container.stream(slides), budget, checkOleObject)
  return 'ppt'
}

/** An object inside another document: a formula or a drawing may stay, a packed file may not. */
export async function checkOleObject(source: ByteSource, budget: Budget): Promise<void> {
  const container = await readContainer(source, budget)
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
  if (names.some((n) => /^\x03OCX(NAME|DATA)$/i.test(n))) throw refused('file_active')
  if (names.some((n) => /^\x03LINKINFO$/i.test(n))) throw refused('file_external')
}
