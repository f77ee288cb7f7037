import { type Context, Hono, type Next } from 'hono'
import { routePath } from 'hono/route'
import { api } from './api/api.ts'
import { describeApi } from './api/openapi.ts'
import type { AppEnv } from './env.ts'
import { DomainError } from './errors.ts'
import { redactPath } from './features/links/schema.ts'
import { requestKind } from './http/request-kind.ts'
import { translator } from './i18n.ts'
import type { Follow, Services } from './services.ts'
import { answerError } from './web/answer-error.ts'
import { apiDocs } from './web/api-docs/routes.tsx'
import { health } from './web/health.ts'
import { metrics } from './web/metrics.ts'
import { refuseCrossSite, withLocale } from './web/middleware.ts'
import { answerKept, forgetAfterChanges } from './web/public/kept.ts'
import { pages } from './web/routes.ts'
import { securityHeaders } from './web/security.ts'

/**
 * The whole application of one set of services, or of those that a request brings with it (Workers: a database client lives
 * no longer than its request). Routes: `web/routes.ts` (pages) and `api/api.ts`.
 */
export function createApp(given: Services | ((env: unknown) => Services)): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(async (c, next) => {
    const started = performance.now()
    const services = typeof given === 'function' ? given(c.env) : given
    c.set('services', services)
    const id = crypto.randomUUID()
    c.set('requestId', id)
    c.set('locale', 'vi')
    c.set('t', translator('vi'))
    c.header('X-Request-Id', id)
    await (services.follow ? followed(c, services.follow, next) : next())
    services.meter?.request(requestKind(c.req.path), c.res.status, (performance.now() - started) / 1000)
    services.log.info('request', {
      id,
      method: c.req.method,
      path: redactPath(c.req.path),
      status: c.res.status,
      ms: Math.round(performance.now() - started),
    })
  })
  app.use(securityHeaders)
  app.use(forgetAfterChanges)
  app.get('/en/', (c) => c.redirect(`/en${new URL(c.req.url).search}`, 301))
  app.use('/en/*', withLocale('en'))
  app.use('/en', withLocale('en'))
  app.use('*', async (c, next) => (c.get('page') ? next() : withLocale('vi')(c, next)))
  // Before the test of origins: a cookie opens nothing here, a key is needed.
  app.route('/api/v1', api)
  app.use('/api/v1/*', () => {
    throw new DomainError('not_found')
  })
  app.use(refuseCrossSite)

  app.route('/', health)
  app.route('/', metrics)
  app.route('/', apiDocs(describeApi))
  app.route('/en', apiDocs(describeApi))
  app.route('/en', pages)
  app.route('/', pages)

  app.notFound((c) => answerError(c, new DomainError('not_found')))
  app.onError((error, c) => answerError(c, error))
  if (typeof given !== 'function') {
    const whole = app.fetch
    app.fetch = (request, env, execution) => answerKept(request, env, given, whole) ?? whole(request, env, execution)
  }
  return app
}

/** A span by the route's pattern, never by the path: that may hold a token. */
function followed(c: Context<AppEnv>, follow: Follow, next: Next): Promise<void> {
  return follow('server', c.req.method, async (span) => {
    await next()
    const route = routePath(c, -1)
    span.name(`${c.req.method} ${route}`)
    const { status } = c.res
    span.set({ 'http.request.method': c.req.method, 'http.route': route, 'http.response.status_code': status })
  })
}
