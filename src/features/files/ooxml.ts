import type { ByteSource } from './bytes.ts'
import { textPieces, visitParts } from './parts.ts'
import { refused } from './refusal.ts'
import { elements, xmlText } from './xml.ts'
import { type Budget, readDirectory, readEntry, type ZipEntry } from './zip.ts'

export type OfficeKind = 'docx' | 'pptx' | 'xlsx'

const MAIN: [OfficeKind, string][] = [
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'],
]
const MAX_XML = 1024 * 1024
const MACROS = /(^|\/)(vbaProject[^/]*\.bin|vbaData\.xml|macrosheets\/.*)$/i
const ACTIVE = /(^|\/)(activeX|ctrlProps)\//i
/** Followed only by a click. */
const FOLLOWED = new Set(['hyperlink'])
/** Where Word writes its author's own disk: nothing is fetched from there. */
const LOCAL = new Set(['attachedTemplate', 'image', 'audio', 'video', 'media'])
const LOCAL_PATH = /^(file:\/{3})?[a-z]:[\\/]/i

/**
 * An Office Open XML package (ECMA-376): which kind, and nothing in it that runs, loads from elsewhere, or hides another
 * file. A chart's sheet, a document of its own, is looked into once.
 * @returns undefined when it is no such package
 * @throws DomainError file_macros, file_active, file_external, file_embedded, file_bomb, file_damaged
 */
export async function checkOoxml(
  source: ByteSource,
  entries: ZipEntry[],
  budget: Budget,
  depth = 0,
): Promise<OfficeKind | undefined> {
  const types = entries.find((e) => e.name === '[Content_Types].xml')
  if (!types) return undefined
  const kind = await kindOf(xmlText(await readEntry(source, types, budget, MAX_XML)))
  if (!kind) return undefined
  for (const { name } of entries) {
    if (MACROS.test(name)) throw refused('file_macros')
    if (ACTIVE.test(name)) throw refused('file_active')
  }
  for (const entry of entries) {
    if (/\.rels$/i.test(entry.name)) checkRelationships(xmlText(await readEntry(source, entry, budget, MAX_XML)))
  }
  const fields: string[] = []
  await visitParts(source, entries, budget, {
    nested: (name) =>
      depth === 0 && /\/embeddings\/[^/]+\.(xlsx|docx|pptx)$/i.test(name)
        ? (inside) => checkNested(inside, budget)
        : undefined,
    pieces: (name) =>
      /^word\/[^/]+\.xml$/i.test(name) ? textPieces((text) => collectFields(text, fields)) : undefined,
  })
  // A DDE field starts a program when the document is opened, and may be cut into runs.
  if (/\bDDE(AUTO)?\b/i.test(fields.join(''))) throw refused('file_active')
  return kind
}

async function checkNested(source: ByteSource, budget: Budget): Promise<void> {
  if (!(await checkOoxml(source, await readDirectory(source), budget, 1))) throw refused('file_embedded')
}

async function kindOf(contentTypes: string): Promise<OfficeKind | undefined> {
  const types = [...elements(contentTypes, 'Override'), ...elements(contentTypes, 'Default')].map((e) =>
    (e.ContentType ?? '').trim().toLowerCase(),
  )
  if (types.some((type) => /macroenabled|vnd\.ms-office\.(vba|activex)/.test(type))) throw refused('file_macros')
  return MAIN.find(([, main]) => types.includes(main))?.[0]
}

function checkRelationships(text: string): void {
  for (const { Type = '', Target = '', TargetMode = '' } of elements(text, 'Relationship')) {
    const type = Type.split('/').at(-1) ?? ''
    if (/vbaProject|wordVbaData/i.test(type)) throw refused('file_macros')
    if (TargetMode.trim().toLowerCase() !== 'external') continue
    const target = Target.trim()
    if (FOLLOWED.has(type) && !/^(javascript|vbscript|data|ms-[\w-]+):/i.test(target)) continue
    if (LOCAL.has(type) && LOCAL_PATH.test(target)) continue
    throw refused('file_external')
  }
}

const MAX_FIELDS = 2000

function collectFields(text: string, fields: string[]): void {
  for (const [, run, simple] of text.matchAll(/<w:instrText[^>]*>([^<]*)<|<w:fldSimple[^>]*w:instr="([^"<]*)"/g)) {
    if (fields.length < MAX_FIELDS) fields.push(run ?? ` ${simple ?? ''} `)
  }
}
