import { hasAt } from './bytes.ts'

/** What a picture is by its first bytes: one of the kinds we take, or why it is not taken. */
export type ImageKind = 'jpeg' | 'png' | 'webp' | 'heic' | 'markup' | 'unknown'

/**
 * The kind of a picture by content; names and declared types count for nothing. HEIC and AVIF are told apart from other
 * files so that their senders can be told what to do; SVG and HTML are `markup`.
 */
export function imageKind(bytes: Uint8Array): ImageKind {
  if (hasAt(bytes, 0, '\xff\xd8\xff')) return 'jpeg'
  if (hasAt(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'png'
  if (hasAt(bytes, 0, 'RIFF') && hasAt(bytes, 8, 'WEBP')) return 'webp'
  if (hasAt(bytes, 4, 'ftyp')) return 'heic'
  const start = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart()
  return start.startsWith('<') ? 'markup' : 'unknown'
}
