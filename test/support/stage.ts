import { transaction } from '../../src/db/transaction.ts'
import { inviteDelegations } from '../../src/features/invitations/commands/add.ts'
import { sendInvitations } from '../../src/features/invitations/commands/send.ts'
import { requestSpeech } from '../../src/features/presentations/commands/request.ts'
import { requestInput } from '../../src/features/presentations/schema.ts'
import { scheduleSeminar } from '../../src/features/seminars/commands.ts'
import { getSeminar } from '../../src/features/seminars/queries.ts'
import { createSummary } from '../../src/features/summaries/commands/editing.ts'
import { systemContext } from '../../src/node/greeting.ts'
import type { Services } from '../../src/services.ts'

/** The demo one step on: date settled, 238 invited and mailed, a speech asked for, a summary begun. Ids of one of each. */
export async function stageDemo(services: Services) {
  const { db } = services
  const ctx = systemContext(services)
  const org = await db.selectFrom('organizations').selectAll().where('slug', '=', 'minh-ha').executeTakeFirstOrThrow()
  const seminar = await db
    .selectFrom('seminars')
    .selectAll()
    .where('organization_id', '=', org.id)
    .where('state', '=', 'draft')
    .executeTakeFirstOrThrow()
  await transaction(db, (trx) => scheduleSeminar(trx, ctx, org.id, seminar.id, null))
  await transaction(db, (trx) => inviteDelegations(trx, ctx, org.id, seminar.id))
  await transaction(db, (trx) => sendInvitations(trx, ctx, org.id, seminar.id, 'all'))
  const person = await db
    .selectFrom('people')
    .selectAll()
    .where('organization_id', '=', org.id)
    .where('code', '=', 'P0033')
    .executeTakeFirstOrThrow()
  const invitation = await db
    .selectFrom('invitations')
    .selectAll()
    .where('organization_id', '=', org.id)
    .where('person_id', '=', person.id)
    .executeTakeFirstOrThrow()
  const input = requestInput.parse({
    invitationId: invitation.id,
    topic: 'Kinh nghiệm nâng cao chất lượng sinh hoạt chi bộ ở phường',
    minutes: '10',
    delivery: 'read',
    locale: 'vi',
    deadlineLocal: '',
  })
  const speech = await transaction(db, (trx) => requestSpeech(trx, ctx, org.id, seminar.id, input))
  const now = await getSeminar(db, org.id, seminar.id)
  await transaction(db, (trx) => createSummary(trx, ctx, now, 'vi'))
  const first = async (table: 'units' | 'positions' | 'agenda_items' | 'chairs' | 'delegations' | 'messages') =>
    (
      await db
        .selectFrom(table)
        .select('id')
        .where('organization_id', '=', org.id)
        .orderBy('id')
        .limit(1)
        .executeTakeFirstOrThrow()
    ).id
  return {
    org,
    seminar: now,
    person,
    position: (
      await db
        .selectFrom('positions')
        .select('id')
        .where('organization_id', '=', org.id)
        .where('person_id', '=', person.id)
        .executeTakeFirstOrThrow()
    ).id,
    invitation,
    speech,
    unit: await first('units'),
    item: await first('agenda_items'),
    chair: await first('chairs'),
    delegation: await first('delegations'),
    message: await first('messages'),
  }
}
