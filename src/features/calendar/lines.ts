/** One parameter of a content line; `value` as it is written, quotes included. */
export interface Parameter {
  name: string
  value: string
}

/** One unfolded content line; `value` as it is written, still escaped. RFC 5545 §3.1. */
export interface ContentLine {
  name: string
  parameters: Parameter[]
  value: string
}

/** BEGIN to END. `late` counts the properties that stood behind a component. */
export interface Component {
  name: string
  lines: ContentLine[]
  components: Component[]
  late: number
}

const head = /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/su
const parameter = /;([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)/gu

/** Parses one unfolded line. Throws an Error when it is none. */
export function parseLine(line: string): ContentLine {
  const match = head.exec(line)
  if (!match) throw new Error(`not a content line: ${line.slice(0, 60)}`)
  const parameters = [...match[2]!.matchAll(parameter)].map((p) => ({ name: p[1]!.toUpperCase(), value: p[2]! }))
  return { name: match[1]!.toUpperCase(), parameters, value: match[3]! }
}

/** Parses a whole iCalendar object, folded or not. Throws an Error when lines or components do not fit together. */
export function parseCalendar(text: string): Component {
  const root: Component = { name: '', lines: [], components: [], late: 0 }
  const open = [root]
  for (const raw of text.replace(/\r\n[ \t]/g, '').split('\r\n')) {
    if (raw === '') continue
    const line = parseLine(raw)
    const current = open.at(-1)!
    if (line.name === 'BEGIN') {
      const child: Component = { name: line.value.toUpperCase(), lines: [], components: [], late: 0 }
      current.components.push(child)
      open.push(child)
    } else if (line.name === 'END') {
      if (current.name !== line.value.toUpperCase())
        throw new Error(`END:${line.value} closes ${current.name || 'nothing'}`)
      open.pop()
    } else {
      if (current.components.length > 0) current.late += 1
      current.lines.push(line)
    }
  }
  const [calendar, ...others] = root.components
  if (open.length !== 1 || !calendar || others.length > 0 || root.lines.length > 0)
    throw new Error('not one iCalendar object')
  return calendar
}

/** Writes a component with its properties before its components, folded, every line ended by CRLF. */
export function formatComponent(component: Component): string {
  const lines = component.lines.map(({ name, parameters, value }) =>
    fold(`${name}${parameters.map((p) => `;${p.name}=${p.value}`).join('')}:${value}`),
  )
  return [`BEGIN:${component.name}`, ...lines, '']
    .join('\r\n')
    .concat(...component.components.map(formatComponent), `END:${component.name}\r\n`)
}

/** A parameter's value without quotes, RFC 6868 undone. */
export function parameterValue(line: ContentLine | undefined, name: string): string | undefined {
  const written = line?.parameters.find((p) => p.name === name)?.value
  return written
    ?.replace(/^"(.*)"$/s, '$1')
    .replace(/\^(['n^])/g, (_, mark: string) => (mark === 'n' ? '\n' : mark === "'" ? '"' : '^'))
}

/** Length in octets of UTF-8. Counted, not encoded: encoders are slow on thousands of short lines. */
export function octets(value: string): number {
  let total = 0
  for (let i = 0; i < value.length; i += 1) total += unitOctets(value.charCodeAt(i))
  return total
}

/** A surrogate counts half of its pair's four. */
function unitOctets(unit: number): number {
  if (unit < 0x80) return 1
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
}

/**
 * Folds a line at 75 octets, CRLF not counted (RFC 5545 §3.1): between letters as readers see them, and inside one only
 * when it is longer than a line by itself; never inside a UTF-8 sequence.
 */
export function fold(line: string): string {
  const parts: string[] = []
  let start = 0
  let used = 0
  for (let i = 0; i < line.length; ) {
    const width = line.codePointAt(i)! > 0xffff ? 2 : 1
    const size = width === 2 ? 4 : unitOctets(line.charCodeAt(i))
    if (used + size <= 75) {
      used += size
      i += width
      continue
    }
    const letter = letterStart(line, i)
    const cut = letter > start ? letter : i
    parts.push(line.slice(start, cut))
    start = cut
    // The space that begins a continuation line counts.
    used = 1 + octets(line.slice(cut, i))
  }
  return [...parts, line.slice(start)].join('\r\n ')
}

let graphemes: Intl.Segmenter | undefined

/** Where the letter around index `i` begins. */
function letterStart(line: string, i: number): number {
  if (isAlone(line.charCodeAt(i - 1)) && isAlone(line.charCodeAt(i))) return i
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return graphemes.segment(line).containing(i)!.index
}

/** Latin letters, Vietnamese in NFC among them, and ASCII never join their neighbours: no need to ask the segmenter. */
function isAlone(unit: number): boolean {
  return unit < 0x300 || (unit >= 0x1e00 && unit <= 0x1eff)
}
