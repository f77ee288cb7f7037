import { type Budget, spend } from './budget.ts'
import { byteString } from './bytes.ts'
import { refuseField } from './fields.ts'
import type { OleContainer } from './ole-container.ts'
import { refused } from './refusal.ts'

/** How much of an instruction is looked at: its name and its address. */
const INSTRUCTION = 300
/** What one beginning of a field costs, in steps. */
const FIELD_STEPS = 100
const OVERLAP = INSTRUCTION * 2 + 2
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
    let before = ''
    for await (const piece of container.stream(entry)) {
      spend(budget, piece.byteLength)
      const text = before + byteString(piece)
      if (isTable) lookForTemplate(text)
      else lookForFields(text, budget)
      before = text.slice(-OVERLAP)
    }
  }
}

function lookForFields(text: string, budget: Budget): void {
  for (let at = text.indexOf('\x13'); at >= 0; at = text.indexOf('\x13', at + 1)) {
    spend(budget, FIELD_STEPS)
    const narrow = text.slice(at + 1, at + 1 + INSTRUCTION)
    // Another field's beginning inside: its name would be made by that one, and could not be looked at.
    for (const said of text[at + 1] === '\0' ? [narrowed(text, at + 2)] : [narrow]) {
      if (/^\s*\x13/.test(said) && /^\s*\x13\s*QUOTE\b/i.test(said)) throw refused('file_active')
      refuseField(/^[^\x13-\x15]*/.exec(said)?.[0] ?? '')
    }
  }
}

/** Every other byte, of text in UTF-16: what is looked for has no letters beyond the first 256. */
function narrowed(text: string, from: number): string {
  let said = ''
  for (let at = from; at < from + INSTRUCTION * 2 && at < text.length; at += 2) said += text[at]
  return said
}

/** The template's address stands among the associated strings, in UTF-16 ([MS-DOC] 2.9.289). A disk of one's own is no matter. */
function lookForTemplate(text: string): void {
  for (const parity of [0, 1]) {
    const said = everyOther(text, parity)
    for (const match of said.matchAll(TEMPLATE)) {
      if (match[0].toLowerCase().startsWith('.doc')) continue
      if (ELSEWHERE.test(said.slice(Math.max(0, match.index - INSTRUCTION), match.index)))
        throw refused('file_external')
    }
  }
}

function everyOther(text: string, parity: number): string {
  const said: string[] = []
  for (let at = parity; at < text.length; at += 2) said.push(text[at] as string)
  return said.join('')
}
