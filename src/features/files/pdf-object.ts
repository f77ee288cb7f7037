import type { PdfToken } from './pdf-lexer.ts'
import { isBadAddress, note, noteAlias, type PdfLinks } from './pdf-links.ts'
import { refused } from './refusal.ts'

/** What matters of a dictionary: which known keys it has, and those of its values that are names or numbers. */
interface Dictionary {
  key: string | undefined
  keys: Set<string>
  names: Map<string, string>
  numbers: Map<string, number>
  /** It is what happens when the document is opened. */
  opens: boolean
  /** It does something, or what it does is said elsewhere. */
  acts: boolean
  /** It lists fonts, pictures or the like by names of any kind. */
  isList: boolean
}
interface List {
  /** The filters it names, where it is a list of filters. */
  filters: string[] | undefined
}

export interface PdfObject {
  /** The last dictionary that was closed outside of any other. */
  dictionary: Dictionary | undefined
  /** Its stream's bytes follow. */
  hasStream: boolean
}

const ACTIVE = new Set(['Launch', 'RichMedia', 'SubmitForm', 'ImportData', 'XFA'])
const EMBEDDED = new Set(['EmbeddedFile', 'EmbeddedFiles', 'GoToE'])
const KNOWN = new Set(['AA', 'EF', 'Ref', 'JS', 'S', 'Next', 'F', 'N', 'First', 'Filter', 'DecodeParms'])
/** Lists of resources (7.8.3), where any name may be a key. */
const LISTS = new Set(['Font', 'XObject', 'ExtGState', 'ColorSpace', 'Pattern', 'Shading', 'Properties'])
/** Actions that are harmless behind a click, not at the opening (ISO 32000-1, table 198). */
const ACTS = new Set(['URI', 'Thread', 'Sound', 'Movie', 'Rendition', 'Named', 'Hide', 'Trans', 'GoTo3DView'])
const MAX_DEPTH = 200

/**
 * Takes the tokens of one object and refuses what runs, leads elsewhere or holds another file (ISO 32000-1, 12.6, 7.11). `single`:
 * the object ends with its value, as it does in a stream of objects.
 * @returns what it was, and a function that returns true at the object's end
 * @throws DomainError file_active, file_embedded, file_external, file_encrypted, file_too_complex
 */
export function pdfObject(number: number, links: PdfLinks, single = false) {
  const object: PdfObject = { dictionary: undefined, hasStream: false }
  const open: (Dictionary | List)[] = []
  let numbers: string[] = []

  const inside = (): Dictionary | undefined => {
    const top = open.at(-1)
    return top && 'keys' in top ? top : undefined
  }
  const push = (what: Dictionary | List) => {
    if (open.length >= MAX_DEPTH) throw refused('file_too_complex')
    const outer = inside()
    if (outer) outer.key = undefined
    numbers = []
    open.push(what)
  }
  let numbered = 0
  /** `5 0 R` is one value. */
  const whole = ({ kind, text }: PdfToken) => {
    const goesOn = kind === 'word' && /^\d+$/.test(text) && ++numbered < 3
    return single && open.length === 0 && !goesOn
  }

  function name(text: string): void {
    refuseName(text)
    const top = open.at(-1)
    if (top && 'filters' in top) top.filters?.push(text)
    const dictionary = inside()
    if (!dictionary) return
    // A number is a value; the name behind it is the next key.
    if (dictionary.key !== undefined && !numbers.length) {
      dictionary.names.set(dictionary.key, text)
      // Said twice, each reader takes another.
      if (dictionary.key === 'S' && ACTS.has(text)) dictionary.acts = true
      dictionary.key = undefined
      return
    }
    dictionary.key = text
    if (KNOWN.has(text)) dictionary.keys.add(text)
    numbers = []
  }

  /** Numbers, `R`, `true`. */
  function value(text: string): void {
    const dictionary = inside()
    const target = Number(numbers.at(-2))
    if (open.length === 0) {
      if (text === 'R' && numbers.length > 1) noteAlias(links, number, target)
      numbers = [...numbers.slice(-1), text]
    }
    if (dictionary?.key === undefined) return
    const { key } = dictionary
    if (text === 'R') {
      if (key === 'OpenAction') note(links.opening, target)
      if (key === 'URI' || key === 'Base') note(links.addresses, target)
      if (key === 'S') dictionary.acts = true
      if (key === 'Encrypt') throw refused('file_encrypted')
      if (key === 'First' || key === 'N') dictionary.numbers.delete(key)
    }
    if (/^[+-]?[\d.]+$/.test(text)) {
      if (!numbers.length && KNOWN.has(key)) dictionary.numbers.set(key, Number(text))
      numbers = [...numbers.slice(-1), text]
    } else dictionary.key = undefined
  }

  function closeDictionary(closed: Dictionary): void {
    judge(closed)
    if (closed.keys.has('S') && (closed.acts || closed.keys.has('Next'))) {
      if (closed.opens) throw refused('file_active')
      if (open.length === 0) note(links.acting, number)
    }
    if (open.length === 0) object.dictionary = closed
  }

  /** @returns whether the object is over */
  function take(token: PdfToken): boolean {
    const { kind, text } = token
    const dictionary = inside()
    if (kind === 'word') {
      if (text === 'stream') object.hasStream = true
      if (['endobj', 'endstream', 'stream', 'startxref'].includes(text) || (text === 'obj' && !open.length)) return true
      value(text)
    } else if (kind === 'name') name(text)
    else if (kind === 'string') {
      if (open.length === 0 && isBadAddress(token)) note(links.bad, number)
      if ((dictionary?.key === 'URI' || dictionary?.key === 'Base') && isBadAddress(token))
        throw refused('file_external')
      if (dictionary) dictionary.key = undefined
    } else if (kind === '<<') {
      if (dictionary?.key === 'Encrypt') throw refused('file_encrypted')
      const opens = dictionary?.key === 'OpenAction'
      const isList = LISTS.has(dictionary?.key ?? '')
      push({ key: undefined, keys: new Set(), names: new Map(), numbers: new Map(), opens, acts: false, isList })
    } else if (kind === '[') push({ filters: dictionary?.key === 'Filter' ? [] : undefined })
    else {
      const closed = open.pop()
      numbers = []
      if (closed && 'keys' in closed) closeDictionary(closed)
      else if (closed?.filters) inside()?.names.set('Filter', closed.filters.join(' '))
    }
    return whole(token)
  }
  return { object, take }
}

function refuseName(name: string): void {
  if (name === 'JavaScript') throw refused('file_script')
  if (ACTIVE.has(name)) throw refused('file_active')
  if (EMBEDDED.has(name)) throw refused('file_embedded')
  if (name === 'GoToR') throw refused('file_external')
}

function judge({ keys, isList }: Dictionary): void {
  if (!isList && keys.has('EF')) throw refused('file_embedded')
  if (!isList && keys.has('AA')) throw refused('file_active')
  if (keys.has('JS') && keys.has('S')) throw refused('file_script')
}
