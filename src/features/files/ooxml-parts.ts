import { fieldCollector, refuseField } from './fields.ts'
import { leadsOut } from './links.ts'
import { refused } from './refusal.ts'
import { attributeOf, type XmlElement, type XmlHandlers } from './xml.ts'

/** What VML draws is fetched from where it says, without a relationship. */
const DRAWN = new Set(['imagedata', 'fill', 'stroke'])
const COMPATIBILITY = 'http://schemas.openxmlformats.org/markup-compatibility/2006'
const RUNS = /^\s*ppaction:\/\/(program|macro|ole)/i

/**
 * Looks at one part of an Office Open XML package, whatever its name and prefixes: fields, alternative parts, controls, links
 * that are written without a relationship.
 * @throws DomainError (while it reads) file_active, file_external, file_embedded
 */
export function ooxmlPart(): XmlHandlers {
  const fields = fieldCollector()
  let depth = 0
  const inside = { code: 0, text: 0, deleted: 0, level: 0 }
  const count = (element: XmlElement, by: 1 | -1) => {
    const { local, uri } = element
    if (local === 'instrText' || local === 'delInstrText') inside.code += by
    if (local === 't' || local === 'delText') inside.text += by
    if (/^(del|moveFrom|delInstrText|delText)$/.test(local)) inside.deleted += by
    if (uri === COMPATIBILITY && (local === 'Choice' || local === 'Fallback')) inside.level += by
  }
  return {
    open(element) {
      depth++
      count(element, 1)
      const { local } = element
      if (local === 'fldSimple') {
        fields.nest()
        refuseField(attributeOf(element, 'instr'))
      } else if (local === 'fldChar') {
        const type = attributeOf(element, 'fldCharType')
        if (type === 'begin') fields.begin(inside.level)
        else if (type === 'separate') fields.separate(inside.level)
        else if (type === 'end') fields.end(inside.level)
      } else refuseElement(element)
    },
    text(text) {
      const { code, text: plain, deleted, level } = inside
      if (code || plain) fields.say(text, { isCode: code > 0, isDeleted: deleted > 0, level })
    },
    close(element) {
      depth--
      count(element, -1)
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
