import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { assertWhole } from '../features/files/commands/checks.ts'
import type { CheckedFile } from '../features/files/queries/checks.ts'
import { damagedFile } from '../features/files/rules/opening.ts'
import { contentDisposition, requestedRange } from '../features/files/rules.ts'
import { hexOf } from '../text/hex.ts'

export interface AnswerableFile extends CheckedFile {
  name: string
  media_type: string
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
 * @throws DomainError where nobody opens it now, or its bytes are not there in their whole length (`assertWhole`)
 */
export async function answerFile(
  c: Context<AppEnv>,
  file: AnswerableFile,
  use: 'download' | 'view',
): Promise<Response> {
  const { files } = c.var.services
  await assertWhole(c.var.services, file)
  const { size } = file
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
  if (stored?.size !== size) throw damagedFile('missing')
  return c.body(stored.body, range ? 206 : 200)
}
