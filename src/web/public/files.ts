import { type Context, Hono } from 'hono'
import type { AppEnv } from '../../env.ts'
import { assertWhole } from '../../features/files/commands/checks.ts'
import type { CheckedFile } from '../../features/files/queries/checks.ts'
import { damagedFile } from '../../features/files/rules/opening.ts'
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
    const { db } = c.var.services
    const { seminar } = await getPublicSeminar(db, c.req.param('slug'))
    const speech = await getReleasedFile(db, seminar.organization_id, seminar.id, c.req.param('speech'))
    return c.body(await wholeBody(c, speech), 200, {
      'Content-Type': speech.media_type,
      'Content-Length': String(speech.size),
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
  file: CheckedFile & { media_type: string },
  cache = 'public, max-age=86400',
): Promise<Response> {
  const headers = {
    'Content-Type': file.media_type,
    'Cache-Control': cache,
    ETag: `"${id}"`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
  }
  if (c.req.header('if-none-match')?.includes(`"${id}"`)) return c.body(null, 304, headers)
  return c.body(await wholeBody(c, file), 200, { ...headers, 'Content-Length': String(file.size) })
}

/** A stored file in its whole length. @throws DomainError where nobody opens it now, or it is missing or damaged */
async function wholeBody(c: Context<AppEnv>, file: CheckedFile): Promise<ReadableStream<Uint8Array>> {
  await assertWhole(c.var.services, file)
  const found = await c.var.services.files.get(file.storage_key)
  if (found?.size !== file.size) throw damagedFile('missing')
  return found.body
}
