import { fieldCollector, refuseField } from './fields.ts'
import { leadsOut } from './links.ts'
import { refused } from './refusal.ts'
import { attributeOf, type XmlElement, type XmlHandlers } from './xml.ts'

/** What VML draws is fetched from where it says, without a relationship. */
const DRAWN = new Set(['imagedata', 'fill', 'stroke'])
const RUNS = /^\s*ppaction:\/\/(program|macro|ole)/i

/**
 * Looks at one part of an Office Open XML package, whatever its name and prefixes: fields, alternative parts, controls, links
 * that are written without a relationship.
 * @throws DomainError (while it reads) file_active, file_external, file_embedded
 */
export function ooxmlPart(): XmlHandlers {
  const fields = fieldCollector()
  let depth = 0
  let instruction = 0
  return {
    open(element) {
      depth++
      const { local } = element
      if (local === 'instrText' || local === 'delInstrText') instruction++
      else if (local === 'fldSimple') refuseField(attributeOf(element, 'instr'))
      else if (local === 'fldChar') {
        const type = attributeOf(element, 'fldCharType')
        if (type === 'begin') fields.begin()
        else if (type === 'separate') fields.separate()
        else if (type === 'end') fields.end()
      } else refuseElement(element)
    },
    text(text) {
      if (instruction) fields.say(text)
    },
    close({ local }) {
      depth--
      if (local === 'instrText' || local === 'delInstrText') instruction--
      if (depth === 0) fields.close()
    },
  }
}

function refuseElement(element: XmlElement): void {
  const { local } = element
  if (local === 'altChunk') throw refused('file_embedded')
  if (local === 'subDoc' || local === 'sourceFileName' || local === 'connection') throw refused('file_external')
  if (local === 'control' || local === 'ocx' || local === 'ddeLink') throw refused('file_active')
  if (local === 'hlinkClick' || local === 'hlinkHover' || local === 'hlinkMouseOver') {
    if (RUNS.test(attributeOf(element, 'action'))) throw refused('file_active')
  }
  if (!DRAWN.has(local)) return
  for (const { local: name, value } of element.attributes)
    if (/^(src|href|althref)$/.test(name) && leadsOut(value)) throw refused('file_external')
}
