import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { assertWhole } from '../features/files/commands/checks.ts'
import type { CheckedFile } from '../features/files/queries/checks.ts'
import { damagedFile } from '../features/files/rules/opening.ts'
import { type ByteRange, contentDisposition, requestedRange } from '../features/files/rules.ts'
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
  await assertWhole(c.var.services, file)
  const { size } = file
  const etag = `"${hexOf(file.sha256)}"`
  const ifRange = c.req.header('if-range')
  const range = ifRange && ifRange !== etag ? undefined : requestedRange(c.req.header('range'), size)
  const isKnown = c.req.header('if-none-match') === etag
  const withoutBody = isKnown || range === 'unsatisfiable' || c.req.method === 'HEAD'
  // Before the headers: a page that says why it could not be read must not be named and measured like the file.
  const body = withoutBody ? null : await read(c, file, range)
  c.header('ETag', etag)
  c.header('Accept-Ranges', 'bytes')
  c.header('Cache-Control', 'private, no-cache')
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('Content-Type', file.media_type)
  c.header('Content-Disposition', contentDisposition(use === 'view' ? 'inline' : 'attachment', file.name))
  c.header('Content-Security-Policy', use === 'view' ? VIEW_POLICY : DOWNLOAD_POLICY)
  c.header('Cross-Origin-Resource-Policy', 'same-origin')
  if (isKnown) return c.body(null, 304)
  if (range === 'unsatisfiable') {
    c.header('Content-Range', `bytes */${size}`)
    return c.body(null, 416)
  }
  if (range) c.header('Content-Range', `bytes ${range.start}-${range.end}/${size}`)
  c.header('Content-Length', String(range ? range.end - range.start + 1 : size))
  const status = range ? 206 : 200
  return body ? c.body(body, status) : c.body(null, status)
}

async function read(c: Context<AppEnv>, file: AnswerableFile, range: ByteRange | undefined) {
  const stored = await c.var.services.files.get(file.storage_key, range)
  if (stored?.size !== file.size) throw damagedFile('missing')
  return stored.body
}
