/** What is read of an object, in order. A string is given as far as its first 200 bytes, and then said to be cut. */
export type PdfToken =
  | { kind: 'name' | 'word'; text: string }
  | { kind: 'string'; text: string; isCut: boolean }
  | { kind: '<<' | '>>' | '[' | ']'; text?: undefined }

const KEPT = 200
const [LF, CR] = [10, 13]

/** 1 for blanks, 2 for `( ) < > [ ] { } / %` (ISO 32000-1, 7.2.2). */
const CLASSES = new Uint8Array(256)
for (const byte of [0, 9, 10, 12, 13, 32]) CLASSES[byte] = 1
for (const sign of '()<>[]{}/%') CLASSES[sign.charCodeAt(0)] = 2
const isBlank = (byte: number) => CLASSES[byte] === 1
const isRegular = (byte: number) => CLASSES[byte] === 0

/**
 * A reader of PDF syntax (ISO 32000-1, 7.2–7.3) that is given bytes as they come: names decoded (`#4a`), strings and comments passed
 * as such. Goes over each byte once.
 * @returns a function that takes a piece and says how many of its bytes were read before `take` returned true, or -1
 */
export function pdfLexer(take: (token: PdfToken) => boolean): (bytes: Uint8Array) => number {
  let state: 'between' | 'name' | 'word' | 'string' | 'hex' | 'comment' | 'open' | 'close' = 'between'
  let said: number[] = []
  let depth = 0
  let escaped = false

  const finish = (): boolean => {
    const text = String.fromCharCode(...said)
    said = []
    const kind = state as 'name' | 'word'
    state = 'between'
    return take(kind === 'name' ? { kind, text: decoded(text) } : { kind, text })
  }
  const endString = (hex: boolean): boolean => {
    const text = String.fromCharCode(...said)
    said = []
    state = 'between'
    return take({ kind: 'string', text: hex ? unhexed(text) : unescaped(text), isCut: text.length >= KEPT })
  }
  const keep = (byte: number) => {
    if (said.length < KEPT) said.push(byte)
  }

  /** A byte where nothing is open. */
  const begin = (byte: number): boolean => {
    if (isBlank(byte)) return false
    if (byte === 0x2f) state = 'name'
    else if (byte === 0x25) state = 'comment'
    else if (byte === 0x28) [state, depth, escaped] = ['string', 1, false]
    else if (byte === 0x3c) state = 'open'
    else if (byte === 0x3e) state = 'close'
    else if (byte === 0x5b) return take({ kind: '[' })
    else if (byte === 0x5d) return take({ kind: ']' })
    else if (isRegular(byte)) {
      state = 'word'
      said.push(byte)
    }
    return false
  }

  const step = (byte: number): boolean => {
    switch (state) {
      case 'between':
        return begin(byte)
      case 'comment':
        if (byte === LF || byte === CR) state = 'between'
        return false
      case 'name':
      case 'word':
        if (isRegular(byte)) {
          keep(byte)
          return false
        }
        return finish() || begin(byte)
      case 'string':
        if (escaped) escaped = false
        else if (byte === 0x5c) escaped = true
        else if (byte === 0x28) depth++
        else if (byte === 0x29 && --depth === 0) return endString(false)
        keep(byte)
        return false
      case 'open':
        if (byte === 0x3c) {
          state = 'between'
          return take({ kind: '<<' })
        }
        state = 'hex'
        return step(byte)
      case 'hex':
        if (byte === 0x3e) return endString(true)
        keep(byte)
        return false
      case 'close':
        state = 'between'
        return byte === 0x3e ? take({ kind: '>>' }) : begin(byte)
    }
  }

  return (bytes) => {
    for (let at = 0; at < bytes.byteLength; at++) if (step(bytes[at] as number)) return at + 1
    return -1
  }
}

function decoded(name: string): string {
  return name.replace(/#([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function unhexed(text: string): string {
  const digits = text.replace(/[^0-9a-f]/gi, '')
  return digits.replace(/../g, (hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '\n': '', '\r': '' }

function unescaped(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|([\s\S]))/g, (_, octal, other) =>
    octal ? String.fromCharCode(Number.parseInt(octal, 8) & 0xff) : (ESCAPES[other] ?? other),
  )
}
