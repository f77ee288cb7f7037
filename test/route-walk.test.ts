import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../src/db/transaction.ts'
import { loadDemo } from '../src/demo/load.ts'
import { createApiKey } from '../src/features/accounts/commands/api-keys.ts'
import { readDemoData } from '../src/node/demo-data.ts'
import { systemContext } from '../src/node/greeting.ts'
import { createFsStore } from '../src/platform/fs.ts'
import { createTestApp, formRequest, type TestApp, testOrigin } from './support/app.ts'
import { createMember, createOrganization } from './support/factories.ts'
import { stageDemo } from './support/stage.ts'

/**
 * Everything that anybody may ask for; what is not listed must refuse the anonymous. A new route is in the walk by itself
 * (published faults: CVE-2026-28352, CVE-2024-25635).
 */
const open = new Set([
  '/',
  '/accessibility',
  '/privacy',
  '/calendar',
  '/calendar.ics',
  '/feed.atom',
  '/feed.json',
  '/sitemap.xml',
  '/robots.txt',
  '/healthz',
  '/readyz',
  '/api/docs',
  '/api/openapi.json',
  '/sign-in',
  '/sign-out',
  '/forgot',
  '/forgot/sent',
  '/o/:org',
  '/o/:org/calendar.ics',
  '/o/:org/feed.atom',
  '/o/:org/feed.json',
  '/s/:slug',
  '/s/:slug/summary',
  '/s/:slug/event.ics',
  '/s/:slug/qr.svg',
  '/s/:slug/summary/qr.svg',
  '/s/:slug/photos/:file',
  '/s/:slug/speeches/:speech',
  '/s/:slug/speeches/:speech/read',
  '/s/:slug/card.png',
  '/s/:slug/summary/card.png',
  '/o/:org/card.png',
  '/o/:org/calendar/qr.svg',
  '/calendar/qr.svg',
])
// A personal link or its cookie is the proof itself, figures have a token of their own, the mailbox exists in demo mode alone; each is tested where it lives.
const byLink = /^\/(i|p|c|setup|join|reset|invitation|presentation|nomination)\/:|^\/dev\/mailbox|^\/metrics$/

let t: TestApp
let folder: string
let routes: { method: string; path: string }[]
let params: Record<string, string>
let foreign: { cookie: string; slug: string; key: string }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  t = await createTestApp({ files: createFsStore(folder) })
  const ctx = systemContext(t.services)
  await loadDemo({ ...t.services, imager: undefined }, ctx, await readDemoData())
  const s = await stageDemo(t.services)
  const organization = await createOrganization(t.services.db)
  const member = await createMember(t.services, organization.id, 'owner')
  const { key } = await transaction(t.services.db, (trx) =>
    createApiKey(trx, ctx, {
      organizationId: organization.id,
      name: 'foreign',
      scopes: ['read', 'write', 'admin'],
      expiresAt: null,
    }),
  )
  foreign = { cookie: member.cookie, slug: organization.slug, key }
  params = {
    org: s.org.slug,
    slug: s.seminar.slug,
    invitation: s.invitation.id,
    speech: s.speech,
    item: s.item,
    chair: s.chair,
    delegation: s.delegation,
    position: s.position,
    number: '1',
    seminarId: s.seminar.id,
    chairId: s.chair,
    delegationId: s.delegation,
    itemId: s.item,
    locale: 'vi',
    user: 'x',
  }
  const idOf = (path: string): string =>
    path.includes('/people/')
      ? s.person.id
      : path.includes('/units/')
        ? s.unit
        : path.includes('/mail/') || path.includes('/messages/')
          ? s.message
          : path.includes('/positions/')
            ? s.position
            : path.includes('/invitations/:id')
              ? s.invitation.id
              : path.includes('/speeches/:id')
                ? s.speech
                : s.seminar.id
  const seen = new Set<string>()
  routes = t.app.routes
    .filter((r) => r.method !== 'ALL' && !r.path.startsWith('/en'))
    .filter((r) => !seen.has(`${r.method} ${r.path}`) && seen.add(`${r.method} ${r.path}`))
    .map((r) => ({ method: r.method, path: r.path }))
  Object.assign(params, { idOf })
})
afterAll(async () => {
  await t.close()
  rmSync(folder, { recursive: true, force: true })
})

function addressOf(path: string, values: Record<string, string> = {}): string {
  const { idOf, ...named } = params as unknown as Record<string, string> & { idOf: (path: string) => string }
  return path.replace(
    /:(\w+)(\{[^}]*\})?/g,
    (_, name: string) => values[name] ?? (name === 'id' ? idOf(path) : (named[name] ?? crypto.randomUUID())),
  )
}

function ask(method: string, address: string, headers: Record<string, string> = {}): Promise<Response> | Response {
  const init = method === 'GET' ? { headers } : { ...formRequest({ version: '1' }), method }
  return t.app.request(`${testOrigin}${address}`, {
    ...init,
    headers: { ...(init.headers as Record<string, string>), ...headers },
  })
}

const guarded = () => routes.filter((r) => !open.has(r.path) && !byLink.test(r.path) && r.path !== '/console')

describe('a route that is not public', () => {
  it('is part of the walk: the console and the API are', () => {
    expect(guarded().filter((r) => r.path.startsWith('/console/')).length).toBeGreaterThan(60)
    expect(guarded().filter((r) => r.path.startsWith('/api/v1/')).length).toBeGreaterThan(10)
  })

  it('refuses the anonymous', async () => {
    for (const { method, path } of guarded()) {
      const answer = await ask(method, addressOf(path))
      if (path.startsWith('/api/')) expect(answer.status, `${method} ${path}`).toBe(401)
      else if (method === 'GET') {
        expect(answer.status, `${method} ${path}`).toBe(303)
        expect(answer.headers.get('location'), path).toMatch(/^\/sign-in\?next=/)
      } else expect(answer.status, `${method} ${path}`).toBe(401)
    }
  })

  it('answers 404 to the owner of another organisation, by the other’s address', async () => {
    for (const { method, path } of guarded().filter((r) => r.path.startsWith('/console/'))) {
      const answer = await ask(method, addressOf(path), { cookie: foreign.cookie })
      expect(answer.status, `${method} ${path}`).toBe(404)
    }
  })

  it('knows no id of another organisation under one’s own address', async () => {
    const before = await snapshot()
    for (const { method, path } of guarded().filter((r) => /^\/console\/:org\/.*:/.test(r.path))) {
      const answer = await ask(method, addressOf(path, { org: foreign.slug }), { cookie: foreign.cookie })
      if (method === 'GET') expect(answer.status, `${method} ${path}`).toBe(404)
      else expect([400, 404, 415, 422], `${method} ${path} answered ${answer.status}`).toContain(answer.status)
    }
    expect(await snapshot()).toEqual(before)
  })

  it('answers 404 to a key of another organisation', async () => {
    for (const { method, path } of guarded().filter((r) => r.path.startsWith('/api/v1/') && r.path.includes(':'))) {
      const key = { authorization: `Bearer ${foreign.key}`, 'if-match': '"1"', 'idempotency-key': crypto.randomUUID() }
      const body =
        method === 'GET' || method === 'DELETE'
          ? {}
          : { body: '{}', headers: { ...key, 'content-type': 'application/json' } }
      const answer = await t.app.request(`${testOrigin}${addressOf(path)}`, { method, headers: key, ...body })
      if (method === 'GET' || method === 'DELETE') expect(answer.status, `${method} ${path}`).toBe(404)
      else expect([400, 404, 415, 422], `${method} ${path} answered ${answer.status}`).toContain(answer.status)
    }
  })

  it('refuses a form that another site sends', async () => {
    const changes = (r: { method: string }) => !['GET', 'OPTIONS'].includes(r.method)
    for (const { method, path } of guarded().filter((r) => changes(r) && r.path.startsWith('/console/'))) {
      const answer = await t.app.request(`${testOrigin}${addressOf(path, { org: foreign.slug })}`, {
        method,
        headers: { cookie: foreign.cookie, origin: 'https://elsewhere.example' },
      })
      expect(answer.status, `${method} ${path}`).toBe(403)
    }
  })
})

/** How many rows, and of which version, the staged organisation has: a stranger’s request must not change it. */
async function snapshot() {
  const { db } = t.services
  const org = await db.selectFrom('organizations').select('id').where('slug', '=', 'minh-ha').executeTakeFirstOrThrow()
  const tables = [
    'seminars',
    'chairs',
    'delegations',
    'agenda_items',
    'invitations',
    'presentations',
    'summaries',
    'people',
    'positions',
    'units',
    'messages',
    'audit_events',
  ] as const
  return Promise.all(
    tables.map((table) =>
      db.selectFrom(table).selectAll().where('organization_id', '=', org.id).orderBy('id').execute(),
    ),
  )
}
