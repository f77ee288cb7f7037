import { budgetFor } from './budget.ts'
import type { ByteSource } from './bytes.ts'
import { refused } from './refusal.ts'
import { attributeOf, type XmlElement, type XmlHandlers, xmlReader } from './xml.ts'
import { readDirectory, unfold } from './zip.ts'

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

const MAX_BLOCKS = 20_000
/** What a page may show of one document, in UTF-16 units: six books of 300 pages. */
const MAX_WORDS = 4 * 1024 * 1024
const LEGACY_FONT = /^(\.Vn|VNI-)/i
/** Transitional and strict (ECMA-376 parts 4 and 1). */
const WORD =
  /^http:\/\/(schemas\.openxmlformats\.org\/wordprocessingml\/2006|purl\.oclc\.org\/ooxml\/wordprocessingml)\/main$/

/**
 * The words of a Word document (ECMA-376 part 1, 17): paragraphs, headings, lists, tables, bold and italic. Nothing else
 * gets out of it, so a page may show it; deleted and moved text stays out. Ends early on one that is longer than any book.
 * @throws DomainError file_damaged, file_bomb, file_active, file_too_complex
 */
export async function readDocx(source: ByteSource, budget = budgetFor(source.size)): Promise<DocumentText> {
  const entries = await readDirectory(source)
  const part = async (name: string, handlers: XmlHandlers, full = () => false) => {
    const entry = entries.find((e) => e.name === name)
    if (!entry) return false
    const reader = xmlReader(handlers, budget)
    for await (const piece of unfold(source, entry, budget)) {
      reader.write(piece)
      if (full()) return true
    }
    reader.end()
    return true
  }
  const styles = new Map<string, 2 | 3 | 4>()
  let main = 'word/document.xml'
  await part(
    '_rels/.rels',
    findMain((name) => {
      main = name
    }),
  )
  await part(`${main.slice(0, main.lastIndexOf('/') + 1)}styles.xml`, styleHandlers(styles))
  const result: DocumentText = { blocks: [], legacyFont: false, pictures: 0 }
  const { full, ...handlers } = textHandlers(result, styles)
  if (!(await part(main, handlers, full))) throw refused('file_damaged')
  return result
}

/** The part that is the text, by the package's own relationships (ECMA-376 part 1, 11.3.10): its name says nothing. */
function findMain(found: (name: string) => void): XmlHandlers {
  return {
    open(element) {
      if (element.local === 'Relationship' && /\/officeDocument$/.test(attributeOf(element, 'Type')))
        found(attributeOf(element, 'Target').replace(/^\//, ''))
    },
  }
}

/** Style ids differ from language to language; the names `heading 1`, `Title` do not. */
function styleHandlers(found: Map<string, 2 | 3 | 4>): XmlHandlers {
  let id = ''
  return {
    open(element) {
      if (element.local === 'style') id = attributeOf(element, 'styleId')
      if (element.local !== 'name' || !id) return
      const name = attributeOf(element, 'val')
      if (/^(title|heading 1)$/i.test(name)) found.set(id, 2)
      else if (/^heading 2$/i.test(name)) found.set(id, 3)
      else if (/^heading [3-6]$/i.test(name)) found.set(id, 4)
    },
    close({ local }) {
      if (local === 'style') id = ''
    },
  }
}

interface Paragraph {
  style: string
  listed: boolean
  runs: TextRun[]
}

function textHandlers(result: DocumentText, styles: Map<string, 2 | 3 | 4>) {
  const open: Paragraph[] = []
  // Of tables within each other the outermost counts; what stands in the others is said in its cells.
  let rows: TextRun[][][] = []
  let tables = 0
  let run = { bold: false, italic: false }
  let inText = 0
  let hidden = 0
  let said = 0

  const full = () => result.blocks.length > MAX_BLOCKS || said > MAX_WORDS
  const close = (paragraph: Paragraph) => {
    if (full()) return
    const runs = merged(paragraph.runs)
    const cell = tables ? rows.at(-1)?.at(-1) : undefined
    if (cell) {
      if (cell.length && runs.length) cell.push({ text: '\n', bold: false, italic: false })
      for (const one of runs) cell.push(one)
      return
    }
    if (!runs.some((r) => r.text.trim())) return
    const level = styles.get(paragraph.style)
    if (level) result.blocks.push({ kind: 'heading', level, runs })
    else result.blocks.push({ kind: paragraph.listed ? 'item' : 'paragraph', runs })
  }
  const say = (text: string) => {
    said += text.length
    open.at(-1)?.runs.push({ text, ...run })
  }

  const begin = (element: XmlElement) => {
    const { local } = element
    if (local === 't') inText++
    else if (local === 'p') open.push({ style: '', listed: false, runs: [] })
    else if (local === 'tbl') tables++
    else if (local === 'tr' && tables === 1) rows.push([])
    else if (local === 'tc' && tables === 1) rows.at(-1)?.push([])
    else if (local === 'r') run = { bold: false, italic: false }
    else if (local === 'tab') say('\t')
    else if (local === 'br' || local === 'cr') say('\n')
    else if (local === 'noBreakHyphen') say('-')
    else if (local === 'drawing' || local === 'pict') result.pictures++
    else if (local === 'b' || local === 'i') {
      const on = !/^(0|false|off)$/.test(attributeOf(element, 'val'))
      run = local === 'b' ? { ...run, bold: on } : { ...run, italic: on }
    } else if (local === 'numPr') Object.assign(open.at(-1) ?? {}, { listed: true })
    else if (local === 'pStyle') Object.assign(open.at(-1) ?? {}, { style: attributeOf(element, 'val') })
    else if (local === 'rFonts' && LEGACY_FONT.test(attributeOf(element, 'ascii'))) result.legacyFont = true
  }

  const end = (local: string) => {
    if (local === 't') inText--
    else if (local === 'p') {
      const paragraph = open.pop()
      if (paragraph) close(paragraph)
    } else if (local === 'tbl' && --tables === 0) {
      if (rows.length) result.blocks.push({ kind: 'table', rows })
      rows = []
    }
  }

  return {
    full,
    open(element: XmlElement) {
      if (isHidden(element)) hidden++
      if (!hidden && WORD.test(element.uri)) begin(element)
    },
    text(text: string) {
      if (inText && !hidden) say(text)
    },
    close(element: XmlElement) {
      if (!hidden && WORD.test(element.uri)) end(element.local)
      if (isHidden(element)) hidden--
    },
  }
}

/** Deleted, moved away, or said a second time for older programs. */
function isHidden({ local, uri }: XmlElement): boolean {
  return ((local === 'del' || local === 'moveFrom') && WORD.test(uri)) || (local === 'Fallback' && !WORD.test(uri))
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
