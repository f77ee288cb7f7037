import type { Budget } from './budget.ts'
import { type ByteSource, hasAt, join, memorySource } from './bytes.ts'
import { checkOleObject } from './ole.ts'
import { refused } from './refusal.ts'
import { looksLikeXml, type Reader, type XmlHandlers, xmlReader } from './xml.ts'
import { unfold, type ZipEntry } from './zip.ts'

const PROGRAMS = [
  'MZ',
  '\x7fELF',
  '\xcf\xfa\xed\xfe',
  '\xce\xfa\xed\xfe',
  '\xca\xfe\xba\xbe',
  '#!',
  'L\0\0\0\x01\x14\x02\0',
]
const ARCHIVES = ['Rar!', '7z\xbc\xaf\x27\x1c', '\x1f\x8b', 'MSCF', 'BZh', '\xfd7zXZ']
const ZIP = 'PK\x03\x04'
const OLE = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'
const PROGRAM_NAME = /\.(exe|dll|scr|com|msi|jar|jse?|vb[se]?|wsf|hta|bat|cmd|ps1|lnk|sh)$/i
/** More bytes than any signature has. */
const ENOUGH = 64
/** Pictures that Office keeps gzipped. */
const PACKED_PICTURE = /\.(emz|wmz)$/i

/** The longest document inside a document (a chart's sheet) that is looked into. */
const MAX_NESTED = 24 * 1024 * 1024

export interface PartVisitor {
  /** Whether an archive with this name may be a document of its own; it is then given whole. */
  nested?: (name: string) => ((source: ByteSource) => Promise<void>) | undefined
  /** Whether a drawing is nothing but a picture of the document: it may have a document type of its own. */
  isPicture?: (name: string) => boolean
  /** What looks at an entry that is XML, by its content, not its name. */
  xml(name: string): XmlHandlers
}

/**
 * Unfolds every entry once, counted, and refuses what has no place in a document: programs, archives, packages.
 * @throws DomainError file_embedded, file_macros, file_bomb, file_damaged
 */
export async function visitParts(
  source: ByteSource,
  entries: ZipEntry[],
  budget: Budget,
  visitor: PartVisitor,
): Promise<void> {
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (PROGRAM_NAME.test(entry.name)) throw refused('file_embedded')
    let look: Reader | undefined
    let begun = false
    let kept: Uint8Array[] = []
    // Judged by its first bytes, however small the pieces that deflate was made to give.
    const begin = (): boolean => {
      const head = join(kept)
      begun = true
      if (isContainer(head, entry)) return true
      if (isXml(head, entry.name, visitor)) look = xmlReader(visitor.xml(entry.name), budget)
      look?.write(head)
      kept = []
      return false
    }
    let container = false
    let length = 0
    for await (const piece of unfold(source, entry, budget)) {
      if (begun) {
        look?.write(piece)
        if (container) kept.push(piece)
        continue
      }
      kept.push(piece)
      length += piece.byteLength
      if (length >= ENOUGH) container = begin()
    }
    if (!begun && length) container = begin()
    look?.end()
    if (container) await checkInside(memorySource(join(kept)), entry.name, visitor, budget)
  }
}

function isXml(head: Uint8Array, name: string, { isPicture }: PartVisitor): boolean {
  return !isPicture?.(name) && (/\.(xml|rels|vml)$/i.test(name) || looksLikeXml(head))
}

async function checkInside(inside: ByteSource, name: string, visitor: PartVisitor, budget: Budget): Promise<void> {
  if (hasAt(await inside.read(0, 8), 0, OLE)) return checkOleObject(inside, budget)
  const check = visitor.nested?.(name)
  if (!check) throw refused('file_embedded')
  await check(inside)
}

/** Whether this is to be looked into: an archive, an OLE container. Programs and other archives are refused at sight. */
function isContainer(head: Uint8Array, { name, size }: ZipEntry): boolean {
  if (PROGRAMS.some((signature) => hasAt(head, 0, signature))) throw refused('file_embedded')
  const container = hasAt(head, 0, OLE) || hasAt(head, 0, ZIP)
  const archive = container || ARCHIVES.some((signature) => hasAt(head, 0, signature))
  if (archive && (size > MAX_NESTED || !(container || PACKED_PICTURE.test(name)))) throw refused('file_embedded')
  return container
}
