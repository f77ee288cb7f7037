import type { Budget } from './budget.ts'
import type { ByteSource } from './bytes.ts'
import { isOwnDisk, mayBeFollowed } from './links.ts'
import { ooxmlPart } from './ooxml-parts.ts'
import { visitParts } from './parts.ts'
import { refused } from './refusal.ts'
import { attributeOf, readXml, type XmlElement } from './xml.ts'
import { readDirectory, readEntry, type ZipEntry } from './zip.ts'

export type OfficeKind = 'docx' | 'pptx' | 'xlsx'

const MAIN: [OfficeKind, string][] = [
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'],
]
const MAX_XML = 1024 * 1024
const MACROS = /(^|\/)(vbaProject[^/]*\.bin|vbaData\.xml|macrosheets\/.*)$/i
const ACTIVE = /(^|\/)(activeX|ctrlProps)\//i
/** Where Office writes its author's own disk: nothing is fetched from there. */
const LOCAL = new Set(['attachedTemplate', 'image', 'audio', 'video', 'media'])

/**
 * An Office Open XML package (ECMA-376): which kind, and nothing in it that runs, loads from elsewhere, or hides another
 * file. A chart's sheet, a document of its own, is looked into once.
 * @returns undefined when it is no such package
 * @throws DomainError file_macros, file_active, file_external, file_embedded, file_bomb, file_damaged, file_too_complex
 */
export async function checkOoxml(
  source: ByteSource,
  entries: ZipEntry[],
  budget: Budget,
  depth = 0,
): Promise<OfficeKind | undefined> {
  const types = entries.find((e) => e.name.toLowerCase() === '[content_types].xml')
  if (!types) return undefined
  const kind = kindOf(await readEntry(source, types, budget, MAX_XML), budget)
  if (!kind) return undefined
  for (const { name } of entries) {
    if (MACROS.test(name)) throw refused('file_macros')
    if (ACTIVE.test(name)) throw refused('file_active')
  }
  await visitParts(source, entries, budget, {
    nested: (name) =>
      depth === 0 && /\/embeddings\/[^/]+\.(xlsx|docx|pptx)$/i.test(name)
        ? (inside) => checkNested(inside, budget)
        : undefined,
    xml: (name) => (/\.rels$/i.test(name) ? { open: checkRelationship } : ooxmlPart()),
  })
  return kind
}

async function checkNested(source: ByteSource, budget: Budget): Promise<void> {
  if (!(await checkOoxml(source, await readDirectory(source), budget, 1))) throw refused('file_embedded')
}

function kindOf(contentTypes: Uint8Array, budget: Budget): OfficeKind | undefined {
  const types = new Set<string>()
  readXml(
    contentTypes,
    { open: (element) => void types.add(attributeOf(element, 'ContentType').trim().toLowerCase()) },
    budget,
  )
  for (const type of types) if (/macroenabled|vnd\.ms-office\.(vba|activex)/.test(type)) throw refused('file_macros')
  return MAIN.find(([, main]) => types.has(main))?.[0]
}

function checkRelationship(element: XmlElement): void {
  if (element.local !== 'Relationship') return
  const type = attributeOf(element, 'Type').split('/').at(-1) ?? ''
  if (/vbaProject|wordVbaData/i.test(type)) throw refused('file_macros')
  if (/^aFChunk$/i.test(type)) throw refused('file_embedded')
  if (/^subDocument$/i.test(type)) throw refused('file_external')
  const target = attributeOf(element, 'Target')
  if (attributeOf(element, 'TargetMode').trim().toLowerCase() !== 'external') {
    // A part's name is no address (ECMA-376 part 2, 6.5.3): what has a scheme leads out whatever its mode says.
    if (/^\s*([a-z][a-z\d+.-]*:|\\\\|\/\/)/i.test(target)) throw refused('file_external')
    return
  }
  if (type === 'hyperlink' && mayBeFollowed(target)) return
  if (LOCAL.has(type) && isOwnDisk(target)) return
  throw refused('file_external')
}
