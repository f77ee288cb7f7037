import { SaxesParser } from 'saxes'
import { type Budget, spend } from './budget.ts'
import { hasAt } from './bytes.ts'
import { refused } from './refusal.ts'

export interface XmlAttribute {
  uri: string
  local: string
  value: string
}

/** An element by its name in its namespace, whatever prefix it was written with. */
export interface XmlElement {
  uri: string
  local: string
  attributes: XmlAttribute[]
}

export interface XmlHandlers {
  open?(element: XmlElement): void
  close?(element: XmlElement): void
  text?(text: string): void
}

/** A part that comes in pieces. `end` once there are no more. */
export interface Reader {
  write(piece: Uint8Array): void
  end(): void
}

const MAX_DEPTH = 1000
const MAX_ATTRIBUTES = 2000

/**
 * Reads an XML 1.0 part as it comes: entities decoded, prefixes resolved (Namespaces in XML 1.0), UTF-8 or UTF-16 by mark or
 * declaration. The parser is saxes, which jsdom reads XML with: it goes over each character once and refuses what is not well-formed.
 * Prefixes are resolved here, in constant time: its own way climbs from each element to the root.
 * @throws DomainError file_damaged (not well-formed, another encoding), file_doctype, file_too_complex
 */
export function xmlReader(handlers: XmlHandlers, budget: Budget): Reader {
  const parser = new SaxesParser({ position: false })
  const scope = new Map<string, string[]>([['xml', ['http://www.w3.org/XML/1998/namespace']]])
  const open: { element: XmlElement; declared: string[] }[] = []
  let decoder: TextDecoder | undefined
  let head: Uint8Array<ArrayBufferLike> = new Uint8Array()
  let attributes = 0

  const uriOf = (prefix: string) => {
    const uri = scope.get(prefix)?.at(-1)
    if (uri === undefined && prefix !== '') throw refused('file_damaged')
    return uri ?? ''
  }
  parser.on('error', (error) => {
    throw refused('file_damaged', error)
  })
  parser.on('doctype', () => {
    throw refused('file_doctype')
  })
  parser.on('xmldecl', ({ encoding }) => {
    const wide = decoder?.encoding !== 'utf-8'
    if (encoding && !(wide ? /^utf-16(le|be)?$/i : /^(utf-?8|us-ascii)$/i).test(encoding)) throw refused('file_damaged')
  })
  parser.on('attribute', () => {
    if (++attributes > MAX_ATTRIBUTES) throw refused('file_too_complex')
  })
  parser.on('opentag', (tag) => {
    attributes = 0
    if (open.length >= MAX_DEPTH) throw refused('file_too_complex')
    const given = Object.entries(tag.attributes)
    const declared: string[] = []
    for (const [name, value] of given) {
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue
      const prefix = name.slice(6)
      declared.push(prefix)
      const uris = scope.get(prefix)
      if (uris) uris.push(value)
      else scope.set(prefix, [value])
    }
    const element: XmlElement = {
      ...named(tag.name, uriOf),
      attributes: given
        .filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:'))
        .map(([name, value]) => ({ ...(name.includes(':') ? named(name, uriOf) : { uri: '', local: name }), value })),
    }
    open.push({ element, declared })
    handlers.open?.(element)
  })
  parser.on('closetag', () => {
    const closed = open.pop()
    if (!closed) return
    handlers.close?.(closed.element)
    for (const prefix of closed.declared) scope.get(prefix)?.pop()
  })
  if (handlers.text) {
    parser.on('text', handlers.text)
    parser.on('cdata', handlers.text)
  }

  const feed = (piece: Uint8Array, last: boolean) => {
    decoder ??= decoderFor(piece)
    let text: string
    try {
      text = decoder.decode(piece, { stream: !last })
    } catch (error) {
      throw refused('file_damaged', error)
    }
    spend(budget, text.length)
    parser.write(text)
  }
  return {
    write(piece) {
      if (decoder) return feed(piece, false)
      // The encoding shows in the first four bytes.
      const begun = new Uint8Array(head.byteLength + piece.byteLength)
      begun.set(head)
      begun.set(piece, head.byteLength)
      head = begun
      if (head.byteLength >= 4) feed(head, false)
    },
    end() {
      feed(decoder ? new Uint8Array() : head, true)
      parser.close()
    },
  }
}

/** XML 1.0, appendix F, for the two encodings that every reader knows. */
function decoderFor(head: Uint8Array): TextDecoder {
  const wide = hasAt(head, 0, '\xff\xfe') || hasAt(head, 0, '<\0') ? 'utf-16le' : undefined
  const big = hasAt(head, 0, '\xfe\xff') || hasAt(head, 0, '\0<') ? 'utf-16be' : undefined
  return new TextDecoder(wide ?? big ?? 'utf-8', { fatal: true })
}

function named(name: string, uriOf: (prefix: string) => string): { uri: string; local: string } {
  const colon = name.indexOf(':')
  if (colon < 0) return { uri: uriOf(''), local: name }
  return { uri: uriOf(name.slice(0, colon)), local: name.slice(colon + 1) }
}

/** Whether bytes begin as XML does, in an encoding that is read here. */
export function looksLikeXml(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head.subarray(0, 64)).replaceAll('\0', '')
  return /^[\ufffd\ufeff]{0,2}\s*</.test(text)
}

/** A whole part at once. */
export function readXml(bytes: Uint8Array, handlers: XmlHandlers, budget: Budget): void {
  const reader = xmlReader(handlers, budget)
  reader.write(bytes)
  reader.end()
}

/** The value of an attribute by its local name, whatever its namespace; '' where there is none. */
export function attributeOf(element: XmlElement, local: string): string {
  return element.attributes.find((a) => a.local === local)?.value ?? ''
}
