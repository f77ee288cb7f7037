import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStage, stageOrganization, stageSeminar } from './api/stage.ts'
import { formRequest, type TestApp, testOrigin } from './support/app.ts'
import { createMember } from './support/factories.ts'

/**
 * An id below another belongs to it: of two seminars of one organisation, each with one of everything, an address that names one of the
 * first and something of the second is not there, and changes neither. The walk is over the route table: a new route is in by itself,
 * and fails until `idOf` knows its parameters.
 */
let t: TestApp
let owner: string
let key: string
let org: { id: string; slug: string }
let first: Ids
let second: Ids
let routes: { method: string; path: string; params: string[] }[]

type Ids = Awaited<ReturnType<typeof stageSeminar>> & { substitution: string; person: string; position: string }

beforeAll(async () => {
  t = await createStage()
  const staged = await stageOrganization(t)
  org = staged.organization
  key = staged.caller.key
  owner = (await createMember(t.services, org.id, 'owner')).cookie
  first = await withSubstitution(staged.ids)
  const post = async (path: string, body: object) => (await staged.caller.call('POST', path, body)).body.id as string
  const person = await post('/people', { name: 'Lê Thị Bình' })
  const position = await post('/positions', { personId: person, unitId: staged.ids.unit, title: 'Phó Bí thư' })
  const another = await stageSeminar(t, staged.caller, 'Chuyển đổi số trong công tác Đảng')
  second = await withSubstitution({ ...another, person, position })
  const seen = new Set<string>()
  routes = t.app.routes
    .filter((r) => r.method !== 'ALL' && !r.path.startsWith('/en') && /^\/(console\/:org|api\/v1)\//.test(r.path))
    .filter((r) => !seen.has(`${r.method} ${r.path}`) && seen.add(`${r.method} ${r.path}`))
    .map(({ method, path }) => ({ method, path, params: idsIn(method, path) }))
    .filter((r) => r.params.length > 1)
}, 120_000)
afterAll(() => t.close())

async function withSubstitution<T extends { away: string }>(ids: T) {
  const { id } = await t.services.db
    .selectFrom('substitutions')
    .select('id')
    .where('invitation_id', '=', ids.away)
    .executeTakeFirstOrThrow()
  return { ...ids, substitution: id }
}

/** The parameters of a path that name rows; a number or a language names none by itself, nor does what OPTIONS describes. */
function idsIn(method: string, path: string): string[] {
  const named = [...path.matchAll(/:(\w+)/g)].map((found) => found[1] as string)
  const none = ['org', 'number', 'locale', 'verb', ...(method === 'OPTIONS' ? ['upload'] : [])]
  return named.filter((name) => !none.includes(name))
}

function idOf(name: string, path: string, ids: Ids): string {
  const speech = path.includes('/uploads') || path.endsWith('/reminder') ? ids.late : ids.approved
  const invitation = path.includes('/substitutions/') ? ids.away : ids.invitation
  const above = { speeches: speech, invitations: invitation, people: ids.person }
  const resource = /\/(speeches|invitations|people)\/:id\//.exec(path)?.[1] as keyof typeof above | undefined
  const known: Record<string, string | undefined> = {
    id: resource ? above[resource] : ids.seminar,
    position: ids.position,
    seminarId: ids.seminar,
    chair: ids.chairs[0],
    chairId: ids.chairs[0],
    delegation: ids.delegations[0],
    delegationId: ids.delegations[0],
    item: ids.items[0],
    itemId: ids.items[0],
    photo: ids.photos[0],
    photoId: ids.photos[0],
    file: ids.file,
    fileId: ids.file,
    draft: ids.draft,
    draftId: ids.draft,
    upload: ids.upload,
    substitution: ids.substitution,
    invitation,
    speech,
  }
  const id = known[name]
  if (!id) throw new Error(`${path}: this walk does not know what :${name} is`)
  return id
}

/** The address whose first `kept` ids are of the first seminar, and the others of the second. */
function addressOf(path: string, kept: number): string {
  let at = 0
  return path.replace(/:(\w+)(\{[^}]*\})?/g, (_, name: string) => {
    const fixed = { org: org.slug, number: '1', locale: 'vi' }[name]
    return fixed ?? idOf(name, path, at++ < kept ? first : second)
  })
}

/** What every form below a seminar takes, so that only the ids can be what is wrong. */
const form = {
  version: '1',
  name: 'Lê Thị Bình',
  positions: 'Chủ tịch UBND thành phố',
  position: 'Chủ tịch UBND thành phố',
  role: 'chair',
  kind: 'speech',
  title: 'Tham luận',
  text: 'Lãnh đạo các ban',
  topic: 'Tạo nguồn phát triển đảng viên',
  minutes: '10',
  delivery: 'read',
  direction: 'up',
  answer: 'attend',
  decision: 'agree',
  note: 'Đề nghị sửa',
  caption: 'Quang cảnh hội thảo.',
  alt: 'Đại biểu ngồi kín hội trường',
}
const json = {
  chairs: { name: 'Lê B' },
  'agenda-items': { title: 'Tham luận' },
  delegations: { text: 'Các ban' },
  photos: { alt: 'Đại biểu' },
}

async function summaryVersion(): Promise<string> {
  const row = await t.services.db
    .selectFrom('summaries')
    .select('version')
    .where('seminar_id', '=', first.seminar)
    .executeTakeFirstOrThrow()
  return String(row.version)
}

async function ask(method: string, path: string, kept: number): Promise<Response> {
  const address = `${testOrigin}${addressOf(path, kept)}`
  const tus = { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }
  const sends = ['PATCH', 'POST'].includes(method) && /\/uploads\/:upload(\{.*\})?$/.test(path)
  const part = sends ? { ...tus, 'content-length': '5', 'x-http-method-override': 'PATCH' } : undefined
  const headers = { cookie: owner, origin: testOrigin, authorization: `Bearer ${key}`, 'if-match': '*', ...part }
  if (part) return t.app.request(address, { method, headers, body: 'bytes' })
  if (method !== 'POST' && method !== 'PATCH')
    return t.app.request(address, { method, headers: { ...headers, ...tus } })
  if (path.startsWith('/console/')) {
    const request = formRequest(path.includes('/drafts/') ? { ...form, version: await summaryVersion() } : form, owner)
    return t.app.request(address, { ...request, headers: { ...headers, ...(request.headers as object) } })
  }
  const [, resource] = /\/seminars\/:seminarId\/([\w-]+)\//.exec(path) ?? []
  const body = JSON.stringify(json[resource as keyof typeof json] ?? {})
  return t.app.request(address, { method, headers: { ...headers, 'content-type': 'application/json' }, body })
}

describe('an id below another', () => {
  it('is walked: chairs, delegations, items, invitations, substitutions, speeches, uploads, photos, drafts', () => {
    const names = new Set(routes.flatMap((r) => r.params))
    expect(routes.length).toBeGreaterThan(55)
    for (const name of [
      'chair',
      'delegation',
      'item',
      'invitation',
      'substitution',
      'speech',
      'upload',
      'photo',
      'draft',
    ])
      expect(names).toContain(name)
  })

  it('is found where it belongs', async () => {
    // A PDF has no text to be read as a page.
    for (const { method, path, params } of routes.filter((r) => r.method === 'GET' && !r.path.endsWith('/read')))
      expect((await ask(method, path, params.length)).status, `${method} ${path}`).toBeLessThan(300)
  })

  it('is not there under another of the same organisation, and nothing changes', async () => {
    const before = await snapshot()
    for (const { method, path, params } of routes) {
      for (let kept = 1; kept < params.length; kept++) {
        const { status } = await ask(method, path, kept)
        // An upload that is not there is discarded already: its page is shown again.
        const discarded = path.endsWith('/discard') && kept === params.length - 1
        expect(status, `${method} ${path} with ${kept} of its own`).toBe(discarded ? 303 : 404)
      }
    }
    expect(await snapshot()).toEqual(before)
  }, 120_000)
})

describe('an id in a form or a body', () => {
  const page = (path: string, fields: Record<string, string | string[]>) =>
    t.app.request(`${testOrigin}/console/${org.slug}/seminars/${first.seminar}${path}`, formRequest(fields, owner))
  const api = (method: string, path: string, body: object) =>
    t.app.request(`${testOrigin}/api/v1/seminars/${first.seminar}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'if-match': '*', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  it('is not taken where it belongs to another seminar, and nothing changes', async () => {
    const before = await snapshot()
    const { invitation, draftInvitation, items, chairs, delegations, photos, speech, late } = second
    await page('/agenda/order', { item: items })
    await page('/summary/photos/order', { order: photos.join(',') })
    for (const act of ['send', 'resend', 'withdraw', 'remove'])
      await page('/invitations/bulk', { do: act, confirmed: 'yes', id: [invitation, draftInvitation] })
    await page('/presentations/remind', { speech: [speech, late] })
    await page('/presentations/new', { ...form, invitationId: invitation, deadlineDate: '', deadlineTime: '' })
    await page(`/presentations/${first.late}/agenda`, {
      version: '2',
      agendaItemId: items[0] as string,
      item: items[0] as string,
    })
    await page(`/invitations/${first.draftInvitation}`, { ...form, delegation_id: delegations[0] as string })
    const orders = { chairs, delegations, 'agenda-items': items, photos }
    for (const [resource, ids] of Object.entries(orders))
      expect((await api('PUT', `/${resource}/order`, { ids })).status, resource).toBeGreaterThanOrEqual(400)
    expect((await api('POST', '/speeches', { topic: 'X', invitationId: invitation })).status).toBe(422)
    expect((await api('POST', '/reminders', { ids: [speech, late] })).status).toBeLessThan(500)
    expect((await api('POST', '/mailing', { ids: [draftInvitation] })).status).toBeLessThan(500)
    expect(await snapshot()).toEqual(before)
  })
})

/** Every row of the organisation that stands below a seminar, and what is told of it. */
function snapshot() {
  const tables = [
    'seminars',
    'chairs',
    'delegations',
    'agenda_items',
    'invitations',
    'substitutions',
    'presentations',
    'summaries',
    'summary_photos',
    'summary_drafts',
    'uploads',
    'people',
    'positions',
    'messages',
    'audit_events',
  ] as const
  return Promise.all([
    ...tables.map((table) =>
      t.services.db.selectFrom(table).selectAll().where('organization_id', '=', org.id).orderBy('id').execute(),
    ),
    t.services.db.selectFrom('links').selectAll().where('organization_id', '=', org.id).orderBy('ref').execute(),
  ])
}
