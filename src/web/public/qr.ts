import { type Context, Hono } from 'hono'
import type { AppEnv } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { findPublicOrganization } from '../../features/summaries/queries/archive.ts'
import { getPublicSeminar } from '../../features/summaries/queries/public.ts'
import { qrSvg } from '../../text/qr.ts'
import { kept } from './kept.ts'

/**
 * The address of a public page as a QR code, to print or to show on a screen. A calendar's code leads to the page where a
 * phone subscribes with one tap, whatever phone it is: many take a webcal address from a code for text.
 */
export const qrCodes = new Hono<AppEnv>()
  .get('/s/:slug/qr.svg', kept(), (c) => ofSeminar(c, ''))
  .get('/s/:slug/summary/qr.svg', kept(), (c) => ofSeminar(c, '/summary'))
  .get('/calendar/qr.svg', kept(), (c) => code(c, '/calendar'))
  .get('/o/:org/calendar/qr.svg', kept(), async (c) => {
    const found = await findPublicOrganization(c.var.services.db, c.req.param('org'))
    if (!found) throw new DomainError('not_found', { detail: 'no_organization' })
    return code(c, `/calendar?org=${found.organization.slug}`)
  })

async function ofSeminar(c: Context<AppEnv>, rest: string): Promise<Response> {
  const { seminar } = await getPublicSeminar(c.var.services.db, c.req.param('slug') as string)
  return code(c, `/s/${seminar.slug}${rest}`)
}

function code(c: Context<AppEnv>, path: string): Response {
  const url = c.var.page.origin + c.var.page.href(path)
  return c.body(qrSvg(url, url), 200, {
    'Content-Type': 'image/svg+xml',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  })
}
