import { Hono } from 'hono'
import type { Locale } from '../../context.ts'
import type { AppEnv } from '../../env.ts'
import { type ApiDescription, ApiDocsPage } from './page.tsx'

/** The description of the API: `/api/openapi.json` for programs, `/api/docs` for people. `describe` makes it in a language. */
export function apiDocs(describe: (locale: Locale, origin: string) => unknown): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/api/openapi.json', (c) => {
      const asked = /^\s*en\b/i.test(c.req.header('accept-language') ?? '') ? 'en' : c.var.locale
      c.header('Vary', 'Accept-Language')
      c.header('Cache-Control', 'public, max-age=60')
      return c.json(describe(asked, c.var.services.config.baseUrl) as object)
    })
    .get('/api/docs', (c) => {
      c.header('Cache-Control', 'public, max-age=60')
      const description = describe(c.var.locale, c.var.services.config.baseUrl) as ApiDescription
      return c.html(<ApiDocsPage page={c.var.page} description={description} />)
    })
}
