import type { ByteSource } from './bytes.ts'
import { refused } from './refusal.ts'
import { attributes, elements, tokens, xmlText } from './xml.ts'
import { budgetFor, readDirectory, readEntry } from './zip.ts'

export interface TextRun {
  text: string
  bold: boolean
  italic: boolean
}
export type TextBlock =
  | { kind: 'paragraph' | 'item'; runs: TextRun[] }
  | { kind: 'heading'; level: 2 | 3 | 4; runs: TextRun[] }
  | { kind: 'table'; rows: TextRun[][][] }

export interface DocumentText {
  blocks: TextBlock[]
  /** Set in fonts of the time before Unicode (TCVN3, VNI): what is read here is not what is meant. */
  legacyFont: boolean
  /** Pictures and drawings that are not shown. */
  pictures: number
}

const MAX_XML = 16 * 1024 * 1024
const MAX_BLOCKS = 20_000
const LEGACY_FONT = /^(\.Vn|VNI-)/i

/**
 * The words of a Word document (ECMA-376 part 1, 17): paragraphs, headings, lists, tables, bold and italic. Nothing else
 * gets out of it, so a page may show it; deleted and moved text stays out.
 * @throws DomainError file_damaged, file_bomb
 */
export async function readDocx(source: ByteSource): Promise<DocumentText> {
  const entries = await readDirectory(source)
  const budget = budgetFor(source.size)
  const part = async (name: string) => {
    const entry = entries.find((e) => e.name === name)
    return entry ? xmlText(await readEntry(source, entry, budget, MAX_XML)) : undefined
  }
  const document = await part('word/document.xml')
  if (document === undefined) throw refused('file_damaged')
  return parseDocument(document, headingStyles((await part('word/styles.xml')) ?? ''))
}

/** Style ids differ from language to language; the names `heading 1`, `Title` do not. */
function headingStyles(styles: string): Map<string, 2 | 3 | 4> {
  const found = new Map<string, 2 | 3 | 4>()
  for (const style of styles.split(/<w:style\b/).slice(1)) {
    const id = /\bw:styleId="([^"<]*)"/.exec(style.slice(0, 500))?.[1]
    const name = elements(style, 'name')[0]?.val ?? ''
    const level = /^(title|heading 1)$/i.test(name)
      ? 2
      : /^heading 2$/i.test(name)
        ? 3
        : /^heading [3-6]$/i.test(name)
          ? 4
          : undefined
    if (id && level) found.set(id, level)
  }
  return found
}

interface Paragraph {
  style: string
  listed: boolean
  runs: TextRun[]
}

function parseDocument(xml: string, styles: Map<string, 2 | 3 | 4>): DocumentText {
  const result: DocumentText = { blocks: [], legacyFont: false, pictures: 0 }
  const open: Paragraph[] = []
  const tables: TextRun[][][][] = []
  let run = { bold: false, italic: false }
  let inText = false
  let hidden = 0

  const close = (paragraph: Paragraph) => {
    const runs = merged(paragraph.runs)
    const cell = tables.at(-1)?.at(-1)?.at(-1)
    if (cell) {
      if (cell.length && runs.length) cell.push({ text: '\n', bold: false, italic: false })
      cell.push(...runs)
      return
    }
    if (!runs.some((r) => r.text.trim())) return
    const level = styles.get(paragraph.style)
    if (level) result.blocks.push({ kind: 'heading', level, runs })
    else result.blocks.push({ kind: paragraph.listed ? 'item' : 'paragraph', runs })
  }
  const say = (text: string) => open.at(-1)?.runs.push({ text, ...run })

  for (const token of tokens(xml)) {
    if (result.blocks.length > MAX_BLOCKS) break
    if ('text' in token) {
      if (inText && !hidden) say(token.text)
      continue
    }
    const { name, closing, empty } = token
    if (name === 'w:del' || name === 'w:moveFrom' || name === 'mc:Fallback') hidden += closing ? -1 : empty ? 0 : 1
    if (hidden) continue
    if (closing) {
      if (name === 'w:t') inText = false
      else if (name === 'w:p') {
        const paragraph = open.pop()
        if (paragraph) close(paragraph)
      } else if (name === 'w:tbl') {
        const rows = tables.pop()
        if (rows?.length && !tables.length) result.blocks.push({ kind: 'table', rows })
        else if (rows)
          tables
            .at(-1)
            ?.at(-1)
            ?.at(-1)
            ?.push(...rows.flat(2))
      }
      continue
    }
    if (name === 'w:t') inText = !empty
    else if (name === 'w:p' && !empty) open.push({ style: '', listed: false, runs: [] })
    else if (name === 'w:tbl') tables.push([])
    else if (name === 'w:tr') tables.at(-1)?.push([])
    else if (name === 'w:tc') tables.at(-1)?.at(-1)?.push([])
    else if (name === 'w:r') run = { bold: false, italic: false }
    else if (name === 'w:tab') say('\t')
    else if (name === 'w:br' || name === 'w:cr') say('\n')
    else if (name === 'w:noBreakHyphen') say('-')
    else if (name === 'w:drawing' || name === 'w:pict') result.pictures++
    else if (name === 'w:b' || name === 'w:i') {
      const on = !/^(0|false|off)$/.test(attributes(token.attributes).val ?? '')
      run = name === 'w:b' ? { ...run, bold: on } : { ...run, italic: on }
    } else if (name === 'w:numPr') Object.assign(open.at(-1) ?? {}, { listed: true })
    else if (name === 'w:pStyle') Object.assign(open.at(-1) ?? {}, { style: attributes(token.attributes).val ?? '' })
    else if (name === 'w:rFonts' && LEGACY_FONT.test(attributes(token.attributes).ascii ?? '')) result.legacyFont = true
  }
  return result
}

/** Word cuts a sentence into many runs; those that look alike are one. */
function merged(runs: TextRun[]): TextRun[] {
  const whole: TextRun[] = []
  for (const run of runs) {
    const last = whole.at(-1)
    if (last && last.bold === run.bold && last.italic === run.italic) last.text += run.text
    else whole.push({ ...run })
  }
  return whole
}
