import { afterAll, beforeAll, expect, it } from 'vitest'
import { issueLinks } from '../src/features/links/commands.ts'
import { linkUrl } from '../src/features/links/queries.ts'
import { type Purpose, purposes, redactPath } from '../src/features/links/schema.ts'
import { createLog } from '../src/platform/log.ts'
import { logKept } from '../src/web/public/kept.ts'
import { createTestApp, systemContext, type TestApp, testLinkKey, testOrigin } from './support/app.ts'
import { createInvitation, createOrganization, createPerson, createSeminar } from './support/factories.ts'

let t: TestApp
const lines: string[] = []
beforeAll(async () => {
  t = await createTestApp({ services: { log: createLog('debug', (line) => lines.push(line)) } })
})
afterAll(() => t.close())

it('logs each request with its id, and never a token', async () => {
  const { db } = t.services
  const seminar = await createSeminar(db, (await createOrganization(db)).id)
  const { id } = await createInvitation(db, seminar)
  const link = { purpose: 'invitation', organizationId: seminar.organization_id, targetId: id, generation: 1 } as const
  await db.transaction().execute((trx) => issueLinks(trx, systemContext(), [link]))
  const address = await linkUrl({ origin: testOrigin, linkKey: testLinkKey }, link)
  const token = address.split('/').pop() as string
  for (const url of [address, address.replace('/i/', '/en/i/'), `${address}?k=1`, `${testOrigin}/c/${token}.ics`]) {
    const answer = await t.app.request(url)
    const line = JSON.parse(lines.at(-1) as string)
    expect(line).toMatchObject({ event: 'request', id: answer.headers.get('x-request-id'), status: answer.status })
  }
  expect(lines.join('\n')).not.toContain(token)
})

it.each([
  ['/i/abc', '/i/…'],
  ['/en/p/abc/files', '/en/p/…/files'],
  ['/setup/abc', '/setup/…'],
  ['/reset/abc', '/reset/…'],
  ['/join/abc', '/join/…'],
  ['/c/abc.ics', '/c/…'],
  ['//c/abc.ics', '/c/…'],
  ['/C//abc', '/C/…'],
  ['/s/abc', '/s/abc'],
])('writes %s as %s', (path, written) => {
  expect(redactPath(path)).toBe(written)
})

it.each(Object.keys(purposes) as Purpose[])('writes no token of a link for %s, from memory or not', async (purpose) => {
  const { db } = t.services
  const org = await createOrganization(db)
  const person = await createPerson(db, org.id)
  const link = { purpose, organizationId: org.id, targetId: person.id, generation: 1 } as const
  await db.transaction().execute((trx) => issueLinks(trx, systemContext(), [link]))
  const bare = await linkUrl({ origin: testOrigin, linkKey: testLinkKey }, link)
  const address = purposes[purpose] === '/c/' ? `${bare}.ics` : bare
  const token = address.slice(testOrigin.length).split('/')[2]?.replace('.ics', '') as string
  const encoded = address.replace(
    purposes[purpose],
    purposes[purpose].replace(/[a-z]/, (c) => `%${c.charCodeAt(0).toString(16)}`),
  )
  const before = lines.length
  const asked = [address, address, encoded, encoded, address.replace(testOrigin, `${testOrigin}/en`)]
  for (const url of asked) await (await t.app.request(url)).text()
  logKept(t.services)
  const written = lines.slice(before)
  expect(written.length).toBeGreaterThan(1)
  expect(written.some((line) => line.includes('"kept":true'))).toBe(purposes[purpose] === '/c/')
  expect(written.join('\n')).not.toContain(token)
})
