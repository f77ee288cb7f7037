import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Context } from '../../../src/context.ts'
import { type Trx, transaction } from '../../../src/db/transaction.ts'
import {
  approveSpeech,
  putDownSpeech,
  reopenSpeech,
  returnSpeech,
  takeUpSpeech,
} from '../../../src/features/presentations/commands/decide.ts'
import type { Target } from '../../../src/features/presentations/commands/lock.ts'
import { submitVersion } from '../../../src/features/presentations/commands/versions.ts'
import { getSpeech } from '../../../src/features/presentations/queries.ts'
import { createTestApp, systemContext, type TestApp } from '../../support/app.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { createSpeech } from '../../support/speeches.ts'

let t: TestApp
let seminar: Awaited<ReturnType<typeof createSeminar>>
const editor = (name: string): Context =>
  systemContext({ actor: { kind: 'user', id: `id of ${name}`, name, role: 'organizer' } })
const [mai, hoa] = [editor('Hoàng Minh Mai'), editor('Lê Thị Hoa')]

beforeAll(async () => {
  t = await createTestApp()
  seminar = await createSeminar(t.services.db, (await createOrganization(t.services.db)).id)
})
afterAll(() => t.close())

const load = (id: string) => getSpeech(t.services.db, seminar.organization_id, id)
const act = (ctx: Context, id: string, command: (trx: Trx, ctx: Context, target: Target) => Promise<unknown>) =>
  transaction(t.services.db, (trx) => command(trx, ctx, { organizationId: seminar.organization_id, id }))
let files = 0
const send = (id: string, sentBy: 'speaker' | 'organizer', ctx = systemContext()) =>
  act(ctx, id, (trx, c, target) =>
    submitVersion(
      trx,
      c,
      target,
      {
        ...{ key: `${seminar.organization_id}/presentation/${files++}`, kind: 'pdf', name: 'a.pdf' },
        ...{ mediaType: 'application/pdf', size: 10, sha256: new Uint8Array(32) },
      },
      sentBy,
    ),
  )
/** As if everything so far had happened two days ago. */
const twoDaysLater = (id: string) =>
  t.services.db
    .updateTable('presentations')
    .set({ state_since: new Date(Date.now() - 2 * 86_400_000) })
    .where('id', '=', id)
    .execute()
const lastAudit = async (id: string) =>
  t.services.db
    .selectFrom('audit_events')
    .select(['action', 'actor_name', 'details'])
    .where('subject_id', '=', id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
const received = async () => {
  const { id } = await createSpeech(t, seminar)
  await send(id, 'speaker')
  return id
}
const minutesAgo = (at: Date) => (Date.now() - at.getTime()) / 60_000

it('is taken up: who edits which version, and since when', async () => {
  const id = await received()
  await twoDaysLater(id)
  await act(mai, id, takeUpSpeech)
  const speech = await load(id)
  expect(speech).toMatchObject({ state: 'editing', editor_name: 'Hoàng Minh Mai', editing_version: 1 })
  expect(minutesAgo(speech.state_since)).toBeLessThan(2)
  expect(await lastAudit(id)).toMatchObject({ action: 'presentation.taken_up', actor_name: 'Hoàng Minh Mai' })
})

it('is received again when its author sends a version meanwhile, and says whose work that cut short', async () => {
  const id = await received()
  await act(mai, id, takeUpSpeech)
  await send(id, 'speaker')
  expect(await load(id)).toMatchObject({
    state: 'received',
    editor_name: 'Hoàng Minh Mai',
    editing_version: 1,
    latest_number: 2,
  })
  expect((await lastAudit(id)).details).toMatchObject({ number: 2, whileEditing: 'Hoàng Minh Mai' })
  await act(mai, id, takeUpSpeech)
  expect(await load(id)).toMatchObject({ state: 'editing', editing_version: 2 })
})

it('stays with its editor when the editor puts the edited version in', async () => {
  const id = await received()
  await act(mai, id, takeUpSpeech)
  await send(id, 'organizer', mai)
  expect(await load(id)).toMatchObject({ state: 'editing', editing_version: 2, latest_number: 2 })
})

it('is taken over by another, for whom the time begins anew', async () => {
  const id = await received()
  await act(mai, id, takeUpSpeech)
  await twoDaysLater(id)
  await act(hoa, id, takeUpSpeech)
  const speech = await load(id)
  expect(speech).toMatchObject({ state: 'editing', editor_name: 'Lê Thị Hoa' })
  expect(minutesAgo(speech.state_since)).toBeLessThan(2)
  expect((await lastAudit(id)).details).toMatchObject({ from: 'Hoàng Minh Mai' })
})

it('is laid down, given back or approved, and remembers who edited it', async () => {
  const id = await received()
  await act(mai, id, takeUpSpeech)
  await act(mai, id, putDownSpeech)
  expect(await load(id)).toMatchObject({ state: 'received', editor_name: null, editing_version: null })
  await act(mai, id, takeUpSpeech)
  await act(mai, id, (trx, ctx, target) => returnSpeech(trx, ctx, target, { comment: 'Rút ngắn' }))
  expect(await load(id)).toMatchObject({ state: 'returned', editor_name: 'Hoàng Minh Mai', editing_version: null })
  await send(id, 'speaker')
  expect(await load(id)).toMatchObject({ state: 'received', editing_version: null })
  await act(hoa, id, takeUpSpeech)
  await act(hoa, id, approveSpeech)
  expect(await load(id)).toMatchObject({ state: 'approved', editor_name: 'Lê Thị Hoa', editing_version: null })
  await act(hoa, id, reopenSpeech)
  expect(await load(id)).toMatchObject({ state: 'received', editor_name: null })
})

it('is not taken up before anything came, nor laid down by nobody', async () => {
  const { id } = await createSpeech(t, seminar)
  await expect(act(mai, id, takeUpSpeech)).rejects.toMatchObject({ code: 'conflict', detail: 'speech_not_take_up' })
  await expect(act(mai, id, putDownSpeech)).rejects.toMatchObject({ code: 'conflict' })
})
