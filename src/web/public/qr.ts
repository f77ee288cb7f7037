import { type Context, Hono } from 'hono'
import type { AppEnv } from '../../env.ts'
import { getPublicSeminar } from '../../features/summaries/queries/public.ts'
import { qrSvg } from '../../text/qr.ts'
import { kept } from './kept.ts'

/** The address of a public page as a QR code, to print or to show on a screen. */
export const qrCodes = new Hono<AppEnv>()
  .get('/s/:slug/qr.svg', kept, (c) => code(c, ''))
  .get('/s/:slug/summary/qr.svg', kept, (c) => code(c, '/summary'))

async function code(c: Context<AppEnv>, rest: string): Promise<Response> {
  const { seminar } = await getPublicSeminar(c.var.services.db, c.req.param('slug') as string)
  const url = c.var.page.origin + c.var.page.href(`/s/${seminar.slug}${rest}`)
  return c.body(qrSvg(url, url), 200, {
    'Content-Type': 'image/svg+xml',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  })
}
