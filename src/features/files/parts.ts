import { type ByteSource, hasAt, join, memorySource } from './bytes.ts'
import { checkOleObject } from './ole.ts'
import { refused } from './refusal.ts'
import { type Budget, unfold, type ZipEntry } from './zip.ts'

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
const ENOUGH = 16
/** Pictures that Office keeps gzipped. */
const PACKED_PICTURE = /\.(emz|wmz)$/i

/** The longest document inside a document (a chart's sheet) that is looked into. */
const MAX_NESTED = 24 * 1024 * 1024

export interface PartVisitor {
  /** Whether an archive with this name may be a document of its own; it is then given whole. */
  nested?: (name: string) => ((source: ByteSource) => Promise<void>) | undefined
  /** Looks at the pieces of an entry, in order; undefined where only the beginning matters. */
  pieces?: (name: string) => ((piece: Uint8Array) => void) | undefined
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
    const look = visitor.pieces?.(entry.name)
    let head: Uint8Array = new Uint8Array()
    let begun = false
    const kept: Uint8Array[] = []
    for await (const piece of unfold(source, entry, budget)) {
      look?.(piece)
      // Judged by its first bytes, however small the pieces that deflate was made to give.
      if (!begun || kept.length) kept.push(piece)
      if (begun) continue
      head = join(kept)
      begun = head.byteLength >= ENOUGH
      if (begun && !isContainer(head, entry)) kept.length = 0
    }
    if (!begun && !isContainer(head, entry)) kept.length = 0
    if (kept.length) await checkInside(memorySource(join(kept)), entry.name, visitor)
  }
}

async function checkInside(inside: ByteSource, name: string, visitor: PartVisitor): Promise<void> {
  if (hasAt(await inside.read(0, 8), 0, OLE)) return checkOleObject(inside)
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

/** Text that arrives in pieces, searched with some of what came before, so that nothing is cut in two. */
export function textPieces(look: (text: string) => void, carry = 4096): (piece: Uint8Array) => void {
  const decoder = new TextDecoder()
  let before = ''
  return (piece) => {
    const text = before + decoder.decode(piece, { stream: true })
    look(text)
    before = text.slice(-carry)
  }
}
