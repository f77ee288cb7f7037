import { readdirSync, readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { limitBody, readJson } from '../src/api/body.ts'
import { givenKey } from '../src/api/key.ts'
import { preferMinimal } from '../src/api/prefer.ts'
import type { ApiEnv } from '../src/api/router.ts'
import { changeHeaders, editHeaders } from '../src/api/schemas.ts'
import { versionOf } from '../src/api/version.ts'
import type { AppEnv } from '../src/env.ts'
import { DomainError } from '../src/errors.ts'
import { createAuth } from '../src/features/accounts/auth.ts'
import { requestedRange } from '../src/features/files/rules.ts'
import { addressBehind, limitAddress } from '../src/http/client-address.ts'
import { readMetadata, wholeNumber } from '../src/http/tus-headers.ts'
import { loadAssets } from '../src/platform/assets.ts'
import { languageOf } from '../src/problem.ts'
import { linkFromCookie, linksOf } from '../src/web/delegate/link-cookie.ts'
import { readForm } from '../src/web/forms.ts'
import { metrics } from '../src/web/metrics.ts'
import { refuseCrossSite } from '../src/web/middleware.ts'
import { readMultipart } from '../src/web/multipart.ts'
import { headerOf, isUnchanged, offersGzip } from '../src/web/public/kept-headers.ts'
import { createTestDatabase } from './support/database.ts'
import { fasterThanLinear } from './support/growth.ts'

/** All headers of a request, at Node's own limit. */
const HEADER = 16_000
const origin = 'https://hoithao.example'
const { db, drop } = await createTestDatabase({ max: 1 })
const auth = createAuth({ db, baseUrl: origin, secret: 's'.repeat(40) })
const assets = await loadAssets('dist')

/** The parts of the service that read headers, each behind an address of its own. */
const services = { config: { baseUrl: origin, metricsToken: 't', trustProxy: [] }, metrics: async () => '' }
const pages = new Hono<AppEnv>()
  .use(async (c, next) => {
    c.set('services', services as never)
    c.set('page', { href: (path: string) => path } as never)
    await next()
  })
  .route('/', metrics)
  .get('/language', (c) => c.text(languageOf(c)))
  .post('/form', async (c) => c.json((await readForm(c)).values))
  .post('/change', refuseCrossSite, (c) => c.text(''))
  .get('/link/:ref', async (c) => c.json(await linkFromCookie(c, (ref) => ref, linksOf(c, 'invitation'))))
const api = new Hono<ApiEnv>()
  .use('*', limitBody, readJson, preferMinimal)
  .get('/key', (c) => c.text(givenKey(c) ?? ''))
  .patch('/seminars/1', (c) => c.json({}))
for (const app of [pages, api])
  app.onError((error) => {
    throw error
  })

/** What no client can send in a header fails before it is read, as it does in a server. */
const sent = (run: (text: string) => unknown) => async (text: string) => {
  try {
    await run(text)
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof DomainError)) throw error
  }
}
const ask = (app: { request: Hono['request'] }, method: string, path: string, name: string, before = '') =>
  sent(async (text) => {
    const body = method === 'GET' ? {} : { body: '{}' }
    await app.request(`${origin}${path}`, { method, headers: { [name]: before + text }, ...body })
  })
const request = (name: string, text: string) => new Request(origin, { headers: { [name]: text } })
const each =
  (...all: ((text: string) => unknown)[]) =>
  async (text: string) => {
    for (const run of all) await run(text)
  }

/** What reads a header, by its name. */
const readers: Record<string, (text: string) => unknown> = {
  authorization: each(
    ask(api, 'GET', '/key', 'authorization'),
    ask(api, 'GET', '/key', 'authorization', 'Bearer '),
    ask(pages, 'GET', '/metrics', 'authorization'),
    ask(pages, 'GET', '/metrics', 'authorization', 'Bearer '),
  ),
  'accept-language': each(
    ask(pages, 'GET', '/language', 'accept-language'),
    ask(pages, 'GET', '/language', 'accept-language', 'en;'),
  ),
  prefer: each(
    ask(api, 'PATCH', '/seminars/1', 'prefer'),
    ask(api, 'PATCH', '/seminars/1', 'prefer', 'return=minimal;'),
    ask(api, 'PATCH', '/seminars/1', 'prefer', 'return='),
  ),
  cookie: each(
    ask(pages, 'GET', '/link/abc', 'cookie'),
    ask(pages, 'GET', '/link/abc', 'cookie', '__Host-link-abc='),
    sent((text) => auth.session(new Headers({ cookie: text }))),
    sent((text) => auth.session(new Headers({ cookie: `__Host-hoithao.session_token=${text}` }))),
  ),
  'idempotency-key': (text) => [
    changeHeaders.safeParse({ 'idempotency-key': text }),
    editHeaders.safeParse({ 'idempotency-key': text, 'if-match': text }),
  ],
  'if-match': sent(versionOf),
  'if-none-match': sent((text) =>
    isUnchanged(request('if-none-match', text), {}, { etag: '"a"', lastModified: undefined }),
  ),
  'if-modified-since': sent((text) =>
    isUnchanged(request('if-modified-since', text), {}, { etag: '"a"', lastModified: 0 }),
  ),
  range: (text) => [requestedRange(text, 1000), requestedRange(`bytes=${text}`, 1000)],
  'accept-encoding': each(
    offersGzip,
    (text) => offersGzip(`gzip;${text}`),
    sent((text) => {
      for (const name of Object.values(assets.names))
        assets.respond(new Request(`${origin}/assets/${name}`, { headers: { 'accept-encoding': text } }))
    }),
  ),
  'x-forwarded-for': (text) => [addressBehind('10.0.0.1', text, ['10.0.0.0/8']), limitAddress(text)],
  'cf-connecting-ip': limitAddress,
  'content-type': each(
    ask(pages, 'POST', '/form', 'content-type'),
    ask(pages, 'POST', '/form', 'content-type', 'application/x-www-form-urlencoded;'),
    ask(api, 'PATCH', '/seminars/1', 'content-type'),
    ask(api, 'PATCH', '/seminars/1', 'content-type', 'application/'),
    ...['', 'multipart/form-data', 'multipart/form-data; boundary='].map((before) =>
      sent(async (text) => {
        const headers = { 'content-type': before + text }
        const form = new Request(origin, { method: 'POST', headers, body: '--b--' })
        for await (const _ of readMultipart(form, { maxBytes: 1000, maxParts: 1 }));
      }),
    ),
  ),
  origin: each(ask(pages, 'POST', '/change', 'origin'), ask(pages, 'POST', '/change', 'origin', 'http://')),
  host: ask(pages, 'POST', '/change', 'host'),
  'upload-metadata': sent((text) => readMetadata(`filename ${text}`)),
  'upload-length': wholeNumber,
  'upload-offset': wholeNumber,
  'any, as Node gives it': (text) => headerOf(request('a', 'b'), { incoming: { rawHeaders: [text, text] } }, 'range'),
}

/** Compared with a word, looked for one, made a number, or cut: one pass by the runtime itself. */
const compared =
  'accept connection content-length if-range sec-fetch-site transfer-encoding tus-resumable x-fragment x-http-method-override user-agent'
/** Files that read headers of answers: a store's, ours. */
const answers = /^src\/(platform\/s3|web\/islands\/|web\/public\/kept\.ts|api\/prefer|worker\.ts)/

describe('a header costs no more than its length', () => {
  it.each(Object.entries(readers))('%s', { timeout: 240_000 }, async (_, run) => {
    expect(await fasterThanLinear(run, HEADER)).toEqual([])
  })

  it('whichever it is: none is read that is not fed above', async () => {
    await drop()
    const known = new Set([...Object.keys(readers), ...compared.split(' ')])
    const unknown = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .map((file) => `src/${file}`)
      .filter((file) => /\.tsx?$/.test(file))
      .flatMap((file) =>
        [
          ...readFileSync(file, 'utf8').matchAll(
            /(?:headers\.(?:get|has)|req\.header|headerOf\(\w+, \w+, )\(?'([\w-]+)'\)/g,
          ),
        ]
          .map(([, name]) => (name as string).toLowerCase())
          .filter((name) => !known.has(name) && !(answers.test(file) && /^(content-|etag|last-)/.test(name)))
          .map((name) => `${file}: ${name}`),
      )
    expect(unknown).toEqual([])
  })
})
