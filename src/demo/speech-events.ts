import type { Context } from '../context.ts'
import type { Trx } from '../db/transaction.ts'
import type { StoredDocument } from '../features/files/commands.ts'
import { enqueueMessages } from '../features/mail/commands.ts'
import { acceptRequest, declineRequest } from '../features/presentations/commands/answer.ts'
import {
  approveSpeech,
  placeOnAgenda,
  releaseSpeech,
  returnSpeech,
  takeUpSpeech,
} from '../features/presentations/commands/decide.ts'
import { requestSpeech } from '../features/presentations/commands/request.ts'
import { submitVersion } from '../features/presentations/commands/versions.ts'
import { speechMail } from '../features/presentations/emails.ts'
import { getSpeech } from '../features/presentations/queries.ts'
import type { RequestInput } from '../features/presentations/schema.ts'

/** One thing that happened to a paper, and when. The request tells papers apart. */
export interface Event {
  do: 'ask' | 'accept' | 'decline' | 'submit' | 'put' | 'takeUp' | 'return' | 'approve' | 'place' | 'release'
  at: Date
  request: RequestInput
  /** The code of who is asked, where the directory has them. */
  person?: string
  /** Who does it where it is not the speaker. */
  organizer: string
  stored?: StoredDocument
  comment?: string
  reason?: string
}
type Target = { organizationId: string; seminarId: string }
type Speech = { organizationId: string; id: string }

/**
 * Does what people did, by the same commands, in order of time. Then the rows get the time at which it happened, and the
 * letters count as sent then: the demo mails nobody.
 */
export async function playEvents(trx: Trx, ctx: Context, target: Target, events: Event[]): Promise<void> {
  const ids = new Map<RequestInput, string>()
  const inOrder = [...events].sort((a, b) => a.at.getTime() - b.at.getTime())
  const agendaItemId = await findSpeechItem(trx, target)
  for (const event of inOrder) {
    const { organizationId, seminarId } = target
    const bySpeaker = ['accept', 'decline', 'submit'].includes(event.do)
    const known = ids.get(event.request)
    const actor: Context['actor'] = bySpeaker
      ? { kind: 'link', id: known ?? '', name: event.request.name ?? '' }
      : { kind: 'user', id: 'demo', name: event.organizer, role: 'organizer' }
    const then: Context = { ...ctx, now: event.at, actor }
    const id = known ?? (await requestSpeech(trx, then, organizationId, seminarId, event.request))
    ids.set(event.request, id)
    await happen(trx, then, { organizationId, id }, event, agendaItemId)
    if (event.do === 'submit' || event.do === 'put') await backdateVersion(trx, then, { organizationId, id }, event)
    if (event.request.email && MAILED.includes(event.do)) await backdateLetters(trx, organizationId, event.at)
  }
  for (const [request, id] of ids) {
    const own = inOrder.filter((event) => event.request === request)
    await backdateSpeech(trx, { organizationId: target.organizationId, id }, own)
  }
}

const MAILED: Event['do'][] = ['ask', 'submit', 'return', 'approve']

async function happen(trx: Trx, ctx: Context, speech: Speech, event: Event, agendaItemId: string | null) {
  if (event.do === 'accept') await acceptRequest(trx, ctx, speech, { readerName: null })
  else if (event.do === 'decline') await declineRequest(trx, ctx, speech, { reason: event.reason ?? null })
  else if (event.do === 'takeUp') await takeUpSpeech(trx, ctx, speech)
  else if (event.do === 'return') await returnSpeech(trx, ctx, speech, { comment: event.comment ?? '' })
  else if (event.do === 'approve') await approveSpeech(trx, ctx, speech)
  else if (event.do === 'release') await releaseSpeech(trx, ctx, speech, true)
  else if (event.do === 'place') await placeOnAgenda(trx, ctx, speech, { agendaItemId })
  else if ((event.do === 'submit' || event.do === 'put') && event.stored)
    await submitVersion(trx, ctx, speech, event.stored, event.do === 'submit' ? 'speaker' : 'organizer')
}

/** The agenda's item for papers. */
async function findSpeechItem(trx: Trx, { organizationId, seminarId }: Target): Promise<string | null> {
  const item = await trx
    .selectFrom('agenda_items')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('kind', '=', 'speech')
    .limit(1)
    .executeTakeFirst()
  return item?.id ?? null
}

/** A second version leaves a received paper where it is. */
function isNewState(event: Event, i: number, all: Event[]): boolean {
  if (event.do === 'submit') return all[i - 1]?.do !== 'submit'
  return event.do !== 'place' && event.do !== 'release'
}

async function backdateSpeech(trx: Trx, { organizationId, id }: Speech, events: Event[]) {
  const last = (...names: Event['do'][]) => events.findLast((event) => names.includes(event.do))?.at ?? null
  const asked = last('ask') ?? undefined
  const person = events.find((event) => event.person)?.person
  await trx
    .updateTable('presentations')
    .set((eb) => ({
      requested_at: asked,
      created_at: asked,
      updated_at: events.at(-1)?.at,
      state_since: events.filter(isNewState).at(-1)?.at,
      received_at: last('submit', 'put'),
      decided_at: last('return', 'approve'),
      released_at: last('release'),
      ...(person
        ? {
            person_id: eb
              .selectFrom('people')
              .select('id')
              .where('organization_id', '=', organizationId)
              .where('code', '=', person),
          }
        : {}),
    }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .execute()
}

/** The receipt names the time at which the paper came: it is written anew once that is known. */
async function backdateVersion(trx: Trx, ctx: Context, { organizationId, id }: Speech, { at, stored }: Event) {
  await trx
    .updateTable('presentation_versions')
    .set({ created_at: at })
    .where('organization_id', '=', organizationId)
    .where('presentation_id', '=', id)
    .where('created_at', '>', at)
    .execute()
  await trx
    .updateTable('files')
    .set({ created_at: at })
    .where('organization_id', '=', organizationId)
    .where('storage_key', '=', stored?.key ?? '')
    .execute()
  const { numDeletedRows } = await trx
    .deleteFrom('messages')
    .where('organization_id', '=', organizationId)
    .where('state', '=', 'queued')
    .executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) return
  const mail = await speechMail(trx, ctx, await getSpeech(trx, organizationId, id), 'speech_received')
  if (mail) await enqueueMessages(trx, ctx, [mail])
}

async function backdateLetters(trx: Trx, organizationId: string, at: Date) {
  await trx
    .updateTable('messages')
    .set({ state: 'sent', attempts: 1, created_at: at, sent_at: at })
    .where('organization_id', '=', organizationId)
    .where('state', '=', 'queued')
    .execute()
}
