import type { ByteSource } from './bytes.ts'
import { textPieces, visitParts } from './parts.ts'
import { refused } from './refusal.ts'
import { xmlText } from './xml.ts'
import { type Budget, readEntry, type ZipEntry } from './zip.ts'

const KINDS: Record<string, 'odt' | 'odp'> = {
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.presentation': 'odp',
}
const MAX_MANIFEST = 1024 * 1024
const MACROS = /^(Basic|Scripts)\/(?!$)/i
const EVENT = /<office:script\b|<script:event-listener\b|vnd\.sun\.star\.script:|macro:\/\//i
// Elements that fetch what they show; a link in the text (text:a) is followed only by a click.
const FETCHED =
  /<(?:draw:(?:image|object|object-ole|plugin|floating-frame|applet)|text:section-source)\b[^<>]*\bxlink:href="\s*(?:https?|ftp|file|smb|\\\\|\/\/)/i

/**
 * An OpenDocument package (ODF 1.3 part 2): its first entry is `mimetype`, stored as it is; nothing encrypted, no macros,
 * nothing fetched from elsewhere.
 * @returns undefined when it is another kind of package
 * @throws DomainError file_encrypted, file_macros, file_external, file_embedded, file_bomb, file_damaged
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
  const manifest = entries.find((e) => e.name === 'META-INF/manifest.xml')
  if (!manifest || !entries.some((e) => e.name === 'content.xml')) throw refused('file_damaged')
  // The manifest of old writers has a document type; it is not looked up here, and only one word is looked for.
  const listed = xmlText(await readEntry(source, manifest, budget, MAX_MANIFEST), 'doctype-allowed')
  if (/encryption-data/.test(listed)) throw refused('file_encrypted')
  if (entries.some((e) => MACROS.test(e.name))) throw refused('file_macros')
  await visitParts(source, entries, budget, {
    pieces: (name) =>
      /(^|\/)(content|styles)\.xml$/.test(name)
        ? textPieces((text) => {
            if (EVENT.test(text)) throw refused('file_macros')
            if (FETCHED.test(text)) throw refused('file_external')
          })
        : undefined,
  })
  return kind
}
