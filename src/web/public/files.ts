import { type Context, Hono } from 'hono'
import type { AppEnv } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { contentDisposition } from '../../features/files/rules.ts'
import { getReleasedFile } from '../../features/presentations/queries.ts'
import { getPublicSeminar, getPublishedPhotoFile } from '../../features/summaries/queries/public.ts'

/** Photos of published texts, and released speeches: what is public is looked up anew at every request. */
export const publicFiles = new Hono<AppEnv>()
  .get('/s/:slug/photos/:file', async (c) => {
    const { db } = c.var.services
    const { seminar } = await getPublicSeminar(db, c.req.param('slug'))
    const file = await getPublishedPhotoFile(db, seminar, c.req.param('file'))
    return sendPhoto(c, c.req.param('file'), file)
  })
  .get('/s/:slug/speeches/:speech', async (c) => {
    const { db, files } = c.var.services
    const { seminar } = await getPublicSeminar(db, c.req.param('slug'))
    const speech = await getReleasedFile(db, seminar.organization_id, seminar.id, c.req.param('speech'))
    const found = await files.get(speech.storage_key)
    if (!found) throw new DomainError('not_found')
    return c.body(found.body, 200, {
      'Content-Type': speech.media_type,
      'Content-Length': String(found.size),
      'Content-Disposition': contentDisposition('attachment', speech.name),
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Cache-Control': 'public, max-age=0, must-revalidate',
      'X-Robots-Tag': seminar.visibility === 'public' ? 'all' : 'noindex',
    })
  })

/** A variant of a photo: it never changes under its address. A day in caches, so that a withdrawal is not for ever late. */
export async function sendPhoto(
  c: Context<AppEnv>,
  id: string,
  file: { storage_key: string; media_type: string },
  cache = 'public, max-age=86400',
): Promise<Response> {
  const headers = {
    'Content-Type': file.media_type,
    'Cache-Control': cache,
    ETag: `"${id}"`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
  }
  if (c.req.header('if-none-match')?.includes(`"${id}"`)) return c.body(null, 304, headers)
  const found = await c.var.services.files.get(file.storage_key)
  if (!found) throw new DomainError('not_found')
  return c.body(found.body, 200, { ...headers, 'Content-Length': String(found.size) })
}
