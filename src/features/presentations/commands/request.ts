import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError, invalid } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { issueLinks, revokeLinks } from '../../links/commands.ts'
import { enqueueMessages } from '../../mail/commands.ts'
import { getSeminar } from '../../seminars/queries.ts'
import { speechMail } from '../emails.ts'
import { getSpeech } from '../queries.ts'
import type { ChangeInput, RequestInput } from '../schema.ts'
import { changeSpeech, lockForStep, type Target } from './lock.ts'

/**
 * Asks an invitee, or someone written by hand, for a speech: their link is made and, where they have an address, a mail
 * is put in the outbox. @returns the speech's id
 * @throws DomainError not_found; closed (the seminar is cancelled); invalid (an invitee of another seminar, or withdrawn)
 */
export async function requestSpeech(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  input: RequestInput,
): Promise<string> {
  const seminar = await getSeminar(trx, organizationId, seminarId)
  if (seminar.state === 'cancelled') throw new DomainError('closed', { detail: 'seminar_cancelled' })
  const row = await trx
    .insertInto('presentations')
    .values({
      organization_id: organizationId,
      seminar_id: seminarId,
      ...(await askedPerson(trx, organizationId, seminarId, input)),
      topic: input.topic,
      topic_en: input.topicEn,
      minutes: input.minutes,
      delivery: input.delivery,
      deadline_local: input.deadlineLocal,
      timezone: seminar.timezone,
    })
    .returning(['id', 'name', 'email'])
    .executeTakeFirstOrThrow()
  await issueLinks(trx, ctx, [{ purpose: 'presentation', organizationId, targetId: row.id, generation: 1 }])
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'presentation.requested',
    subjectKind: 'presentation',
    subjectId: row.id,
    seminarId,
    details: { topic: input.topic, name: row.name },
  })
  await mailRequest(trx, ctx, organizationId, row.id)
  return row.id
}

async function askedPerson(trx: Trx, organizationId: string, seminarId: string, input: RequestInput) {
  if (!input.invitationId) {
    return { name: input.name as string, position: input.position, email: input.email, locale: input.locale }
  }
  const invitee = await trx
    .selectFrom('invitations')
    .select(['id', 'person_id', 'name', 'positions', 'email', 'locale'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('id', '=', input.invitationId)
    .where('status', '<>', 'withdrawn')
    .executeTakeFirst()
  if (!invitee) throw invalid({ field: 'invitationId', code: 'invalid' })
  return {
    invitation_id: invitee.id,
    person_id: invitee.person_id,
    name: invitee.name,
    position: invitee.positions.join(', ') || null,
    email: invitee.email,
    locale: invitee.locale,
  }
}

/** Changes what is asked for; a new deadline or address takes effect at once, and nobody is mailed. */
export async function changeRequest(trx: Trx, ctx: Context, target: Target, input: ChangeInput): Promise<void> {
  const { speech } = await lockForStep(trx, target, 'change')
  const change = {
    topic: input.topic,
    topic_en: input.topicEn,
    minutes: input.minutes,
    delivery: input.delivery,
    deadline_local: input.deadlineLocal,
    email: input.email,
    position: input.position,
  }
  await changeSpeech(trx, ctx, speech, change, { action: 'presentation.changed' })
}

/** Sends the request once more. @throws DomainError conflict (nobody is asked any more), invalid (no address) */
export async function resendRequest(trx: Trx, ctx: Context, target: Target): Promise<void> {
  const { speech } = await lockForStep(trx, target, 'withdraw')
  if (!(await mailRequest(trx, ctx, target.organizationId, target.id)))
    throw invalid({ field: 'email', code: 'required' })
  await changeSpeech(trx, ctx, speech, {}, { action: 'presentation.request_sent_again' })
}

async function mailRequest(trx: Trx, ctx: Context, organizationId: string, id: string): Promise<boolean> {
  const mail = await speechMail(trx, ctx, await getSpeech(trx, organizationId, id), 'speech_requested')
  if (mail) await enqueueMessages(trx, ctx, [mail])
  return mail !== null
}

/** Takes a request back: the link then shows that it no longer stands. Versions received are kept. */
export async function withdrawRequest(trx: Trx, ctx: Context, target: Target): Promise<void> {
  const { speech, state } = await lockForStep(trx, target, 'withdraw')
  await changeSpeech(
    trx,
    ctx,
    speech,
    { state, released_at: null, editing_version: null },
    { action: 'presentation.withdrawn' },
  )
}

/** Makes a new link; the old one ends, for a link that reached the wrong hands. */
export async function replaceLink(trx: Trx, ctx: Context, target: Target): Promise<void> {
  const { speech } = await lockForStep(trx, target, 'change')
  const generation = speech.generation + 1
  await revokeLinks(trx, 'presentation', speech.id, generation)
  await issueLinks(trx, ctx, [
    { purpose: 'presentation', organizationId: speech.organization_id, targetId: speech.id, generation },
  ])
  await changeSpeech(trx, ctx, speech, { generation }, { action: 'presentation.link_replaced' })
}
