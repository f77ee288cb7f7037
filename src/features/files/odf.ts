import type { Budget } from './budget.ts'
import type { ByteSource } from './bytes.ts'
import { isOwnDisk, leadsOut, mayBeFollowed } from './links.ts'
import { visitParts } from './parts.ts'
import { refused } from './refusal.ts'
import { attributeOf, type XmlElement } from './xml.ts'
import { readEntry, type ZipEntry } from './zip.ts'

const KINDS: Record<string, 'odt' | 'odp'> = {
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.presentation': 'odp',
}
const MACROS = /^(Basic|Scripts)\/(?!$)/i
const XLINK = 'http://www.w3.org/1999/xlink'
const PRESENTATION = 'urn:oasis:names:tc:opendocument:xmlns:presentation:1.0'
const XFORMS = 'http://www.w3.org/2002/xforms'
/** What is fetched, or sent to, besides what XLink leads to. Those of RDF are names: LibreOffice writes some into every file. */
const ADDRESSES = /^(action|base|datasource|definition-src|href|image-data|location|schema|src|url)$/
const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
const RUNS = /^\s*(vnd\.sun\.star\.|macro:|script:|javascript:|service:|slot:|\.uno:)/i

/**
 * An OpenDocument package (ODF 1.3 part 2): its first entry is `mimetype`, stored as it is; nothing encrypted, no macros,
 * nothing fetched from elsewhere.
 * @returns undefined when it is another kind of package
 * @throws DomainError file_encrypted, file_macros, file_active, file_external, file_embedded, file_bomb, file_damaged, file_too_complex
 */
export async function checkOdf(
  source: ByteSource,
  entries: ZipEntry[],
  budget: Budget,
): Promise<'odt' | 'odp' | undefined> {
  const first = entries.find((e) => e.offset === 0)
  if (first?.name !== 'mimetype' || first.method !== 0) return undefined
  const kind = KINDS[new TextDecoder().decode(await readEntry(source, first, budget, 200)).trim()]
  if (!kind) return undefined
  const has = (name: string) => entries.some((e) => e.name === name)
  if (!has('META-INF/manifest.xml') || !has('content.xml')) throw refused('file_damaged')
  if (entries.some((e) => MACROS.test(e.name))) throw refused('file_macros')
  // The parts of an encrypted package are noise: the manifest, which says so, is looked at before them.
  const parts = entries.filter((e) => e.name !== 'META-INF/manifest.xml')
  const manifest = entries.filter((e) => e.name === 'META-INF/manifest.xml')
  for (const some of [manifest, parts]) await visitParts(source, some, budget, { xml: () => ({ open: checkElement }) })
  return kind
}

function checkElement(element: XmlElement): void {
  const { local, uri } = element
  if (local === 'encryption-data') throw refused('file_encrypted')
  if (local === 'script' && /:office:|:script:/.test(uri)) throw refused('file_macros')
  if (local === 'event-listener') refuseListener(element)
  // An address as text.
  if (uri === XFORMS && local === 'resource') throw refused('file_external')
  if (local.startsWith('dde-') || local === 'applet') throw refused('file_active')
  for (const { uri: space, local: name, value } of element.attributes) {
    if (RUNS.test(value)) throw refused('file_macros')
    if (space === XLINK && name === 'href') {
      if (!mayLead(element, value)) throw refused('file_external')
    } else if (space !== RDF && isAddress(element, space, name) && value.trim().split(/\s+/).some(leadsOut))
      throw refused('file_external')
  }
}

function isAddress({ uri }: XmlElement, space: string, name: string): boolean {
  if (uri === XFORMS) return ADDRESSES.test(name) || name === 'resource'
  return space !== '' && ADDRESSES.test(name)
}

/** A click that turns to another slide starts nothing; whatever else an event does, a program does it. */
function refuseListener(element: XmlElement): void {
  if (element.uri !== PRESENTATION || /execute|verb/.test(attributeOf(element, 'action'))) throw refused('file_macros')
}

/** Links are followed by a click; where a document came from may be on its author's disk; all else stays in the package. */
function mayLead({ local }: XmlElement, target: string): boolean {
  if (local === 'a' || local === 'event-listener') return mayBeFollowed(target)
  if (local === 'template')
    return isOwnDisk(target) || /^\s*(file:\/\/\/|\.{0,2}\/(?!\/))/i.test(target) || !leadsOut(target)
  return !leadsOut(target)
}
