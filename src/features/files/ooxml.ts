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
const MACROS = /(^|\/)(vbaProject[^/]*\.bin$|vbaData\.xml$|macrosheets\/)/i
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
  const declared = readTypes(await readEntry(source, types, budget, MAX_XML), budget)
  const kind = MAIN.find(([, main]) => declared.all.has(main))?.[0]
  if (!kind) return undefined
  for (const { name } of entries) {
    if (MACROS.test(name)) throw refused('file_macros')
    if (ACTIVE.test(name)) throw refused('file_active')
  }
  const pictures = new Set<string>()
  const otherwise = new Set<string>()
  await visitParts(source, entries, budget, {
    isPicture: (name) => {
      const isPicture = /\.svg$/i.test(name) && declared.typesOf(name).every((type) => type === 'image/svg+xml')
      if (isPicture) pictures.add(lastName(name))
      return isPicture
    },
    nested: (name) =>
      depth === 0 && /\/embeddings\/[^/]+\.(xlsx|docx|pptx)$/i.test(name)
        ? (inside) => checkNested(inside, budget)
        : undefined,
    xml: (name) => (/\.rels$/i.test(name) ? { open: (element) => checkRelationship(element, otherwise) } : ooxmlPart()),
  })
  // Said to be a picture, and used as a part that is read.
  for (const name of pictures) if (otherwise.has(name)) throw refused('file_active')
  return kind
}

/** A part's last name as it is compared (ECMA-376 part 2, 6.2.2.3): letters of either case, signs written as such. */
function lastName(name: string): string {
  const last = name.split('/').at(-1) ?? ''
  return last.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))).toLowerCase()
}

async function checkNested(source: ByteSource, budget: Budget): Promise<void> {
  if (!(await checkOoxml(source, await readDirectory(source), budget, 1))) throw refused('file_embedded')
}

/** What the parts are said to be (ECMA-376 part 2, 6.2.3): every type that is named, and those of one part. */
function readTypes(contentTypes: Uint8Array, budget: Budget) {
  const all = new Set<string>()
  const byEnding = new Map<string, string[]>()
  const byName = new Map<string, string[]>()
  const open = (element: XmlElement) => {
    const type = attributeOf(element, 'ContentType').trim().toLowerCase()
    if (!type) return
    all.add(type)
    const [map, key] =
      element.local === 'Override'
        ? [byName, lastName(attributeOf(element, 'PartName'))]
        : [byEnding, attributeOf(element, 'Extension').toLowerCase()]
    const before = map.get(key)
    if (before) before.push(type)
    else map.set(key, [type])
  }
  readXml(contentTypes, { open }, budget)
  for (const type of all) if (/macroenabled|vnd\.ms-office\.(vba|activex)/.test(type)) throw refused('file_macros')
  // By its last name: two of one name are both what either is said to be.
  const typesOf = (name: string) => {
    const ending = byEnding.get(name.split('.').at(-1)?.toLowerCase() ?? '')
    return [...(byName.get(lastName(name)) ?? []), ...(ending ?? (byName.has(lastName(name)) ? [] : ['']))]
  }
  return { all, typesOf }
}

/** `otherwise` gathers what is used as anything but a picture. */
function checkRelationship(element: XmlElement, otherwise: Set<string>): void {
  if (element.local !== 'Relationship') return
  const type = attributeOf(element, 'Type').split('/').at(-1) ?? ''
  if (/vbaProject|wordVbaData/i.test(type)) throw refused('file_macros')
  if (/^aFChunk$/i.test(type)) throw refused('file_embedded')
  if (/^subDocument$/i.test(type)) throw refused('file_external')
  const target = attributeOf(element, 'Target')
  if (attributeOf(element, 'TargetMode').trim().toLowerCase() !== 'external') {
    // A part's name is no address (ECMA-376 part 2, 6.5.3): what has a scheme leads out whatever its mode says.
    if (/^\s*([a-z][a-z\d+.-]*:|\\\\|\/\/)/i.test(target)) throw refused('file_external')
    if (type !== 'image') otherwise.add(lastName(target.trim().replace(/[?#].*/s, '')))
    return
  }
  if (type === 'hyperlink' && mayBeFollowed(target)) return
  if (LOCAL.has(type) && isOwnDisk(target)) return
  throw refused('file_external')
}
