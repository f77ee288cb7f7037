import { type RawBuilder, sql } from 'kysely'
import type { Context } from '../../../context.ts'
import { jsonb } from '../../../db/expressions.ts'
import { thenCommit } from '../../../db/then-commit.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError, invalid } from '../../../errors.ts'
import { auditRow } from '../../audit/commands.ts'
import { enqueueMessages } from '../../mail/commands.ts'
import { answerReceivedMail } from '../emails/answers.ts'
import { isMailable } from '../emails/invitation.ts'
import { type EventRow, getEvent } from '../queries/event.ts'
import {
  type AnswerFacts,
  type AnswerOutcome,
  type AnswerPlan,
  type AnswerRefusal,
  planAnswer,
  settleAnswer,
} from '../rules.ts'
import type { AnswerInput, AnswerState, AnswerVia } from '../schema.ts'
import { nobody, sumTold, type Told } from './announce.ts'
import { answeredCall } from './calls.ts'
import { type LockedInvitation, lockWithSeminar, type OpenSubstitution, type SeminarFacts } from './lock.ts'
import { freePlaces, noPlaceAsked, takePlace } from './places.ts'
import { endSubstitutions, inviteSubstitutes } from './substitutes.ts'

export interface AnswerResult {
  state: AnswerState
  /** The number handed out in the waiting line, while waiting. */
  waitingNo: number | null
  /** False where the same answer stood already: nothing was written, nobody was told. */
  changed: boolean
  /** How others are told of what followed: who got a place, a substitute. */
  told: Told
}

/**
 * Writes an invitee's answer, whoever brings it (their link, an organizer, their calendar, the API). Takes or gives back a
 * place, hands a place given back to the first in line, tells those concerned. The database's clock decides on deadlines.
 * @throws DomainError not_found; closed (deadline, postponed, cancelled, over; detail says which); conflict; invalid
 */
export async function answerInvitation(
  trx: Trx,
  ctx: Context,
  {
    organizationId,
    invitationId,
    input,
    via,
    alone = false,
  }: {
    organizationId: string
    invitationId: string
    input: AnswerInput
    via: AnswerVia
    /** Nothing follows in this transaction: where the answer is one statement, the commit goes with it. */
    alone?: boolean
  },
): Promise<AnswerResult> {
  const { invitation, seminar } = await lockWithSeminar(trx, organizationId, invitationId)
  const { open } = seminar
  const { seminar_id: seminarId } = invitation
  const plan = planAnswer(toFacts(invitation, seminar, via), input, invitation.db_now)
  if ('refused' in plan) throw refusal(plan.refused)
  if (saysTheSame(invitation, open, plan, input)) {
    await answeredCall(trx, ctx, organizationId, invitationId).execute()
    return { state: invitation.answer as AnswerState, waitingNo: invitation.waiting_no, changed: false, told: nobody }
  }
  // Read before the counter's row is locked, so that nobody waits for it.
  const event = isMailable(invitation.email) ? await getEvent(trx, organizationId, seminarId) : undefined
  const last = alone && !event && !open && plan.substitution === null && !plan.freesPlace
  const { outcome, waitingNo } = await writeAnswer(trx, ctx, invitation, { input, plan, via, last })
  const ended = await writeSubstitution(trx, ctx, invitation, { input, open, substitution: outcome.substitution })
  const placed = outcome.freesPlace ? await freePlaces(trx, ctx, organizationId, seminarId, 1) : nobody
  const invited =
    outcome.state === 'substituted'
      ? await inviteSubstitutes(trx, ctx, organizationId, seminarId, [invitation.id])
      : nobody
  if (event) await sendReceipt(trx, ctx, event, invitation, { state: outcome.state, input })
  return { state: outcome.state, waitingNo, changed: true, told: sumTold(ended, placed, invited) }
}

function toFacts(invitation: LockedInvitation, seminar: SeminarFacts, via: AnswerVia): AnswerFacts {
  return {
    capacity: seminar.capacity,
    seminarState: seminar.state,
    startsAt: seminar.starts_at,
    deadline: seminar.answer_deadline_at,
    onlineOffered: seminar.online_offered,
    substitutePolicy: seminar.substitute_policy,
    via,
    invitationWithdrawn: invitation.status !== 'sent',
    current: {
      state: invitation.answer as AnswerState | null,
      place: invitation.holds_place,
      substitute: seminar.open,
    },
  }
}

/** A refused answer as an error: a reason at its field, all others with a text of their own. */
function refusal(refused: AnswerRefusal): DomainError {
  if (refused === 'reason_required') return invalid({ field: 'reason', code: 'required' })
  if (refused === 'online_not_offered' || refused === 'substitute_not_allowed')
    return invalid({ field: 'answer', code: 'invalid' })
  return new DomainError('closed', { detail: refused })
}

function saysTheSame(
  invitation: LockedInvitation,
  open: OpenSubstitution | null,
  plan: AnswerPlan,
  input: AnswerInput,
): boolean {
  const state = plan.keepsLine ? 'waitlisted' : plan.wanted
  if (invitation.answer !== state || plan.takesPlace || plan.freesPlace) return false
  if (invitation.note !== (input.note ?? null) || invitation.reason !== reasonOf(input)) return false
  return plan.substitution === null ? open === null : open !== null && isSame(open, input)
}

function isSame(open: OpenSubstitution, input: AnswerInput): boolean {
  if (input.answer !== 'substitute') return false
  const { name, position, email } = input.substitute
  return open.name === name && open.position === position && open.email === email
}

function reasonOf(input: AnswerInput): string | null {
  return input.answer === 'decline' ? input.reason : null
}

/**
 * One statement asks the counter for a place, where one is wanted, and writes the answer, the audit and the invitation by
 * what it says: its row is locked until the commit, and all who answer wait for it.
 */
async function writeAnswer(
  trx: Trx,
  ctx: Context,
  invitation: LockedInvitation,
  { input, plan, via, last }: { input: AnswerInput; plan: AnswerPlan; via: AnswerVia; last: boolean },
): Promise<{ outcome: AnswerOutcome; waitingNo: number | null }> {
  const { organization_id: organizationId, id, seminar_id: seminarId } = invitation
  // The counter has the last word, also where the limit was set after it was read.
  const seated = settleAnswer({ ...plan, unlimited: false }, true)
  const waiting = settleAnswer({ ...plan, unlimited: false }, false)
  const either = <T>(of: (outcome: AnswerOutcome) => RawBuilder<T>) =>
    sql<T>`case when granted then ${of(seated)} else ${of(waiting)} end`
  const decided = <T>(column: 'state' | 'place' | 'waiting_no' | 'details') =>
    sql<T>`(select ${sql.ref(column)} from outcome)`
  const numberIn = ({ line }: AnswerOutcome) =>
    line === 'join' ? sql<number>`waiting_last` : sql<number>`${line === 'keep' ? invitation.waiting_no : null}::int`
  const details = ({ state }: AnswerOutcome) => jsonb({ name: invitation.name, answer: input.answer, state, via })
  const subject = { organizationId, action: 'invitation.answered', subjectKind: 'invitation', subjectId: id, seminarId }
  const said = { reason: reasonOf(input), note: input.note ?? null }
  const { granted, waiting_no } = await trx
    .with('place', () => (plan.takesPlace ? takePlace(organizationId, seminarId) : noPlaceAsked))
    .with('outcome', (db) =>
      db
        .selectFrom('place')
        .select([
          'granted',
          either(({ state }) => sql<string>`${state}::text`).as('state'),
          either(({ place }) => sql<boolean>`${place}::boolean`).as('place'),
          either(numberIn).as('waiting_no'),
          either(details).as('details'),
        ]),
    )
    .with('answer', (db) =>
      db.insertInto('answers').values({
        organization_id: organizationId,
        invitation_id: id,
        via,
        asked: input.answer,
        result: decided<string>('state'),
        actor_name: ctx.actor.name,
        ...said,
      }),
    )
    .with('call', (db) => answeredCall(db, ctx, organizationId, id))
    .with('audit', (db) =>
      db.insertInto('audit_events').values({ ...auditRow(ctx, subject), details: decided<never>('details') }),
    )
    .updateTable('invitations')
    .set((eb) => ({
      answer: decided<string>('state'),
      answered_at: sql<Date>`now()`,
      answered_via: via,
      holds_place: decided<boolean>('place'),
      waiting_no: decided<number | null>('waiting_no'),
      version: eb('version', '+', 1),
      updated_at: sql<Date>`now()`,
      ...said,
    }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .returning(['waiting_no', sql<boolean>`(select granted from outcome)`.as('granted')])
    .$if(last, (query) => query.modifyEnd(thenCommit))
    .executeTakeFirstOrThrow()
  return { outcome: granted ? seated : waiting, waitingNo: waiting_no }
}

async function writeSubstitution(
  trx: Trx,
  ctx: Context,
  invitation: LockedInvitation,
  {
    input,
    open,
    substitution,
  }: { input: AnswerInput; open: OpenSubstitution | null; substitution: 'pending' | 'approved' | null },
): Promise<Told> {
  if (open && isSame(open, input) && open.state === substitution) return nobody
  const { organization_id: organizationId, seminar_id: seminarId } = invitation
  const ended = open ? await endSubstitutions(trx, ctx, organizationId, seminarId, [invitation.id]) : nobody
  if (substitution === null || input.answer !== 'substitute') return ended
  await trx
    .insertInto('substitutions')
    .values({
      organization_id: organizationId,
      invitation_id: invitation.id,
      ...input.substitute,
      state: substitution,
    })
    .execute()
  return ended
}

async function sendReceipt(
  trx: Trx,
  ctx: Context,
  event: EventRow,
  invitation: LockedInvitation,
  { state, input }: { state: AnswerState; input: AnswerInput },
): Promise<void> {
  if (!isMailable(invitation.email)) return
  const substitute = input.answer === 'substitute' ? `${input.substitute.name}, ${input.substitute.position}` : null
  const mail = answerReceivedMail(event, ctx, { ...invitation, email: invitation.email }, { state, substitute })
  await enqueueMessages(trx, ctx, [mail])
}
