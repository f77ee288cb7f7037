import { type Budget, spend } from './budget.ts'
import { byteString } from './bytes.ts'
import { refuseKnownField } from './fields.ts'
import type { OleContainer } from './ole-container.ts'
import { refused } from './refusal.ts'

/** How much of a field is looked at: its name; and, of a link, its address. */
const NAME = 64
const ADDRESS = 2200
const BLANKS = 1024
const OVERLAP = (BLANKS + ADDRESS) * 2 + 4
/** What is looked at at once, in bytes: sectors are small. */
const TOGETHER = 64 * 1024
/** How far before a template's name its address may begin. */
const BEFORE_TEMPLATE = 300
/** Another field's beginning within a name, of a kind that gives a text: the bytes here are not all text, so its name must be one. */
const MADE_NAME =
  /^\w{0,20}\x13\s{0,20}(QUOTE|IF|REF|SET|ASK|FILLIN|INFO|SYMBOL|DOCPROPERTY|DOCVARIABLE|MERGEFIELD|COMPARE|AUTHOR|TITLE|SUBJECT|COMMENTS|KEYWORDS)\b/i
const TEMPLATE = /\.do[tc][mx]?(?![a-z])/gi
const ELSEWHERE = /(https?:\/\/|\\\\|file:\/\/(?!\/))[^\0]*$/i

/**
 * Fields and the template of a Word document of before 2007 ([MS-DOC] 2.8.25: a field begins with U+0013). Its text lies in one
 * stream, of one byte a character or two; both are looked for.
 * @throws DomainError file_active, file_external, file_too_complex
 */
export async function checkDocText(container: OleContainer, budget: Budget): Promise<void> {
  for (const entry of container.entries) {
    const isTable = /^[01]Table$/.test(entry.name)
    if (entry.name !== 'WordDocument' && !isTable) continue
    const look = (text: string) => (isTable ? lookForTemplate(text) : lookForFields(text, budget))
    let text = ''
    let fresh = 0
    for await (const piece of container.stream(entry)) {
      spend(budget, piece.byteLength)
      text += byteString(piece)
      fresh += piece.byteLength
      if (fresh < TOGETHER) continue
      look(text)
      text = text.slice(-OVERLAP)
      fresh = 0
    }
    if (fresh) look(text)
  }
}

function lookForFields(text: string, budget: Budget): void {
  for (let at = text.indexOf('\x13'); at >= 0; at = text.indexOf('\x13', at + 1)) {
    spend(budget, NAME)
    // Two bytes a character, or one: what is looked for has no letters beyond the first 256.
    const step = text[at + 1] === '\0' ? 2 : 1
    const name = nameAt(text, at + step, step)
    if (!name) throw refused('file_active')
    if (MADE_NAME.test(name.said)) throw refused('file_active')
    if (!/^hyperlink\b/i.test(name.said)) {
      refuseKnownField(/^[^\x13-\x15]*/.exec(name.said)?.[0] ?? '')
      continue
    }
    spend(budget, ADDRESS)
    const said = everyOther(text, name.at, step, ADDRESS)
    const instruction = /^[^\x13-\x15]*/.exec(said)?.[0] ?? ''
    // An address that a field would make, or that is longer than any, is one that nobody can look at.
    if (instruction.length >= ADDRESS || said[instruction.length] === '\x13') throw refused('file_external')
    refuseKnownField(instruction)
  }
}

/** Where a field's name begins, behind the blanks, and how; undefined where there are more blanks than anybody writes. */
function nameAt(text: string, from: number, step: number): { at: number; said: string } | undefined {
  for (let at = from; at < from + BLANKS * step; at += step)
    if (!/[\t-\r ]/.test(text[at] ?? '')) return { at, said: everyOther(text, at, step, NAME) }
  return undefined
}

/** The template's address stands among the associated strings, in UTF-16 ([MS-DOC] 2.9.289). A disk of one's own is no matter. */
function lookForTemplate(text: string): void {
  for (const parity of [0, 1]) {
    const said = everyOther(text, parity, 2)
    for (const match of said.matchAll(TEMPLATE)) {
      if (match[0].toLowerCase().startsWith('.doc')) continue
      if (ELSEWHERE.test(said.slice(Math.max(0, match.index - BEFORE_TEMPLATE), match.index)))
        throw refused('file_external')
    }
  }
}

/** Characters of `step` bytes each, by their first ones. */
function everyOther(text: string, from: number, step: number, most = Number.POSITIVE_INFINITY): string {
  const end = Math.min(text.length, from + most * step)
  if (step === 1) return text.slice(from, end)
  const said: string[] = []
  for (let at = from; at < end; at += step) said.push(text[at] as string)
  return said.join('')
}
