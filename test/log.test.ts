import { afterAll, beforeAll, expect, it } from 'vitest'
import { redactPath } from '../src/app.ts'
import { issueLinks } from '../src/features/links/commands.ts'
import { linkUrl } from '../src/features/links/queries.ts'
import { createLog } from '../src/platform/log.ts'
import { createTestApp, systemContext, type TestApp, testLinkKey, testOrigin } from './support/app.ts'
import { createInvitation, createOrganization, createSeminar } from './support/factories.ts'

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
  ['/s/abc', '/s/abc'],
])('writes %s as %s', (path, written) => {
  expect(redactPath(path)).toBe(written)
})
