import { mayBeFollowed, runsOrFetches } from './links.ts'
import { refused } from './refusal.ts'

const STARTS_PROGRAM = new Set(['dde', 'ddeauto', 'print', 'control', 'htmlcontrol'])
const FETCHES = new Set([
  ...['includepicture', 'includetext', 'include', 'import', 'link', 'database', 'rd', 'data'],
  ...['htmlactivex', 'subscriber', 'mergedata'],
])
/** What a Word field may be called: those that count, number, name, repeat or ask (ECMA-376 part 1, 17.16.5, and what Word adds). */
const HARMLESS = new Set(
  `= addin addressblock advance ask author autonum autonumlgl autonumout autotext autotextlist barcode bibliography bidioutline
citation comments compare createdate date displaybarcode docproperty docvariable edittime embed eq filename filesize fillin footnoteref
formcheckbox formdropdown formtext ftnref glossary gotobutton greetingline hyperlink if index info keywords lastsavedby listnum
macrobutton mergebarcode mergefield mergerec mergeseq next nextif noteref numchars numpages numwords page pageref printdate private
quote ref revnum savedate section sectionpages seq set shape skipif styleref subject symbol ta tc template time title toa toc
useraddress userinitials username xe`.split(/\s+/),
)
/** What counts of one instruction; of those that are longer only the name matters. */
const MAX_INSTRUCTION = 4096

/** The name of a field, in small letters; `''` where there is none. */
function nameOf(instruction: string): string {
  return /^(=|[^\s"“”\\]*)/.exec(instruction)?.[0].toLowerCase() ?? ''
}

/**
 * Refuses what a Word field does when a document is opened or printed: starts a program (DDE), fetches from elsewhere; and a link that
 * would. Of any other name it says nothing: where fields lie among bytes that are no text, any may be one.
 * @throws DomainError file_active, file_external
 */
export function refuseKnownField(instruction: string): void {
  const text = instruction.trimStart().slice(0, MAX_INSTRUCTION)
  const name = /^\w+/.exec(text)?.[0].toLowerCase() ?? ''
  if (STARTS_PROGRAM.has(name)) throw refused('file_active')
  if (FETCHES.has(name)) throw refused('file_external')
  if (name === 'hyperlink') refuseLink(text)
}

/** The same; and every name that is not known to be harmless. @throws DomainError file_active, file_external */
export function refuseField(instruction: string): void {
  const text = instruction.trimStart().slice(0, MAX_INSTRUCTION)
  refuseKnownField(text)
  const name = nameOf(text)
  // Bookmarks that Word itself made stand for a REF to them; a switch alone does nothing.
  const harmless = HARMLESS.has(name) || /^_[a-z]+\d+$/.test(name) || /^(\\.*)?$/s.test(text)
  if (!harmless) throw refused('file_active')
}

/** Switches of HYPERLINK that take a text (17.16.5.25); what follows them is no address, but nobody needs one there that is dangerous. */
const WITH_TEXT = /^\\{1,2}[ostl]$/i

function refuseLink(text: string): void {
  if (text.length >= MAX_INSTRUCTION) throw refused('file_external')
  let before = ''
  for (const [token, quoted] of text.slice('hyperlink'.length).matchAll(/["“”]((?:\\.|[^"“”\\])*)["“”]?|[^\s"“”]+/gs)) {
    const said = (quoted ?? token).replaceAll('\\\\', '\\')
    const isSwitch = quoted === undefined && /^\\{1,2}[a-z*#@!]$/i.test(token)
    const isText = WITH_TEXT.test(before)
    // `Data: …` is a word in a text.
    const isBad = isText ? runsOrFetches(said) && !/^[a-z]+:\s/i.test(said) : !mayBeFollowed(said)
    if (!isSwitch && isBad) throw refused('file_external')
    before = isSwitch ? token : ''
  }
}

interface Field {
  /** Its instruction as it is, and as it was before what was deleted went. */
  text: string
  whole: string
  instruction: boolean
  /** Within how many alternatives (ECMA-376 part 3, 7.5) it began. */
  level: number
}

/** Puts together the instructions of fields that are cut into runs and nested (17.16.18). */
export function fieldCollector() {
  const open: Field[] = []
  // What stands outside of any field: Word takes it for nothing, others may not.
  let loose = ''
  const finish = (field: Field | undefined) => {
    if (!field?.instruction) return
    field.instruction = false
    refuseField(field.text)
    if (field.whole !== field.text) refuseField(field.whole)
  }
  const add = (before: string, text: string) => {
    if (before.length >= MAX_INSTRUCTION) return before
    return before === '' ? text.trimStart() : before + text
  }
  /** Something that nobody can look at stands in an instruction: it may be no part of a name, nor of an address. */
  const refuseMade = (field: Field) => {
    for (const text of [field.text, field.whole]) {
      if (!text.startsWith('=') && !/^\S+\s/.test(text)) throw refused('file_active')
      if (nameOf(text) === 'hyperlink') throw refused('file_external')
    }
  }
  const atLevel = (level: number) => {
    const field = open.at(-1)
    // One of several alternatives, of which each program takes another.
    if (field?.instruction && field.level !== level) throw refused('file_active')
    return field
  }
  return {
    /** A field begins, or one that is an element; what it gives may be part of the one around it. */
    nest() {
      const outer = open.at(-1)
      if (outer?.instruction) refuseMade(outer)
    },
    begin(level: number) {
      this.nest()
      if (open.length >= 100) throw refused('file_too_complex')
      open.push({ text: '', whole: '', instruction: true, level })
    },
    /** `isCode`: written as an instruction; a plain text counts as one where an instruction stands. */
    say(text: string, { isCode, isDeleted, level }: { isCode: boolean; isDeleted: boolean; level: number }) {
      const field = open.at(-1)
      if (!field) loose = isCode ? add(loose, text) : loose
      else if (field.instruction && field.level !== level) refuseMade(field)
      else if (field.instruction) {
        field.whole = add(field.whole, text)
        if (!isDeleted) field.text = add(field.text, text)
      }
    },
    separate: (level: number) => finish(atLevel(level)),
    end(level: number) {
      finish(atLevel(level))
      open.pop()
    },
    /** Fields that nobody closed count as well. */
    close() {
      for (const field of open) finish(field)
      refuseKnownField(loose)
    },
  }
}
