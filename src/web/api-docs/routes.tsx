import { Hono } from 'hono'
import type { Locale } from '../../context.ts'
import type { AppEnv } from '../../env.ts'
import { kept } from '../public/kept.ts'
import type { ApiDescription } from './description.ts'
import { ApiDocsPage } from './page.tsx'

/**
 * The description of the API: `/api/openapi.json` for programs, `/api/docs` for people, under /en in English. `describe`
 * makes it in a language.
 */
export function apiDocs(describe: (locale: Locale, origin: string) => unknown): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/api/openapi.json', kept(), (c) => c.json(describe(c.var.locale, c.var.services.config.baseUrl) as object))
    .get('/api/docs', kept(), (c) => {
      const description = describe(c.var.locale, c.var.services.config.baseUrl) as ApiDescription
      return c.html(<ApiDocsPage page={c.var.page} description={description} />)
    })
}
