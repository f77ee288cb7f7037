import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { DomainError } from '../errors.ts'
import { contentDisposition, requestedRange } from '../features/files/rules.ts'
import { hexOf } from '../text/hex.ts'

export interface AnswerableFile {
  storage_key: string
  name: string
  media_type: string
  sha256: Uint8Array
}

/** Nothing of a file runs, or speaks to this site, where a browser would show it after all. */
const DOWNLOAD_POLICY = "default-src 'none'; sandbox"
/**
 * A PDF in the browser's own viewer: a foreign origin to us, in which the viewer's scripts may work (Safari shows
 * nothing without them).
 */
const VIEW_POLICY = "sandbox allow-scripts allow-downloads; frame-ancestors 'none'; form-action 'none'"

/**
 * Sends a stored file, whole or the range asked for (RFC 9110 section 14), streamed. The caller has checked who asks and
 * what for. `view` shows a PDF in the browser; everything else is a download.
 * @throws DomainError not_found where the bytes are gone
 */
export async function answerFile(
  c: Context<AppEnv>,
  file: AnswerableFile,
  use: 'download' | 'view',
): Promise<Response> {
  const { files } = c.var.services
  const found = await files.head(file.storage_key)
  if (!found) throw new DomainError('not_found')
  const { size } = found
  const etag = `"${hexOf(file.sha256)}"`
  c.header('ETag', etag)
  c.header('Accept-Ranges', 'bytes')
  c.header('Cache-Control', 'private, no-cache')
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('Content-Type', file.media_type)
  c.header('Content-Disposition', contentDisposition(use === 'view' ? 'inline' : 'attachment', file.name))
  c.header('Content-Security-Policy', use === 'view' ? VIEW_POLICY : DOWNLOAD_POLICY)
  c.header('Cross-Origin-Resource-Policy', 'same-origin')
  if (c.req.header('if-none-match') === etag) return c.body(null, 304)

  const ifRange = c.req.header('if-range')
  const range = ifRange && ifRange !== etag ? undefined : requestedRange(c.req.header('range'), size)
  if (range === 'unsatisfiable') {
    c.header('Content-Range', `bytes */${size}`)
    return c.body(null, 416)
  }
  if (range) c.header('Content-Range', `bytes ${range.start}-${range.end}/${size}`)
  c.header('Content-Length', String(range ? range.end - range.start + 1 : size))
  if (c.req.method === 'HEAD') return c.body(null, range ? 206 : 200)
  const stored = await files.get(file.storage_key, range)
  if (!stored) throw new DomainError('not_found')
  return c.body(stored.body, range ? 206 : 200)
}
