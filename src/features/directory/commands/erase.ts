import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { recordAudit } from '../../audit/commands.ts'
import { revokeLinks } from '../../links/commands.ts'

/** What an address was taken out of. */
export interface Erased {
  people: number
  invitations: number
  speeches: number
  letters: number
}

/** Where an address stood: reserved for what does not exist (RFC 2606). */
const NOWHERE = 'erased@invalid'

/**
 * Erases what serves to reach one person of an organisation, and what they wrote beside their answers: addresses, telephone
 * numbers, notes, reasons, personal links, and the letters they were sent. Their name, positions and answers stay: they are
 * the record of the seminar, kept for as long as archives demand.
 */
export async function eraseContacts(trx: Trx, ctx: Context, organizationId: string, address: string): Promise<Erased> {
  const email = address.toLowerCase()
  const has = sql<boolean>`lower(email) = ${email}`
  const people = await trx
    .updateTable('people')
    .set((eb) => ({ email: null, phone: null, note: null, version: eb('version', '+', 1) }))
    .where('organization_id', '=', organizationId)
    .where(has)
    .returning('id')
    .execute()
  const personIds = people.map((person) => person.id)
  const elsewhere = await listOtherAddresses(trx, organizationId, personIds)
  const invitations = await trx
    .updateTable('invitations')
    .set((eb) => ({ email: null, phone: null, note: null, reason: null, version: eb('version', '+', 1) }))
    .where('organization_id', '=', organizationId)
    .where((eb) => (personIds.length ? eb.or([has, eb('person_id', 'in', personIds)]) : has))
    .returning('id')
    .execute()
  const invitationIds = invitations.map((invitation) => invitation.id)
  if (invitationIds.length)
    await trx
      .updateTable('answers')
      .set({ reason: null, note: null })
      .where('organization_id', '=', organizationId)
      .where('invitation_id', 'in', invitationIds)
      .execute()
  if (invitationIds.length)
    await trx
      .updateTable('calls')
      .set({ note: null })
      .where('organization_id', '=', organizationId)
      .where('invitation_id', 'in', invitationIds)
      .execute()
  const speeches = await trx
    .updateTable('presentations')
    .set((eb) => ({ email: null, decline_reason: null, version: eb('version', '+', 1) }))
    .where('organization_id', '=', organizationId)
    .where((eb) => (personIds.length ? eb.or([has, eb('person_id', 'in', personIds)]) : has))
    .returning('id')
    .execute()
  await trx
    .updateTable('substitutions')
    .set({ email: null })
    .where('organization_id', '=', organizationId)
    .where(has)
    .execute()
  await trx
    .deleteFrom('dead_addresses')
    .where('organization_id', '=', organizationId)
    .where('address', '=', email)
    .execute()
  const letters = await eraseLetters(trx, organizationId, email, elsewhere)
  await revokeLinks(trx, 'person-feed', personIds)
  await revokeLinks(trx, 'invitation', invitationIds)
  await revokeLinks(
    trx,
    'presentation',
    speeches.map((speech) => speech.id),
  )
  for (const id of personIds.length ? personIds : [null])
    await recordAudit(trx, ctx, {
      organizationId,
      action: 'person.contacts_erased',
      subjectKind: 'person',
      subjectId: id,
    })
  return {
    people: people.length,
    invitations: invitations.length,
    speeches: speeches.length,
    letters,
  }
}

/** Where a person's invitations were sent when that was not their own address: it may be an office's, with letters to others. */
async function listOtherAddresses(trx: Trx, organizationId: string, personIds: string[]) {
  if (!personIds.length) return []
  const found = await trx
    .selectFrom('invitations')
    .select(['id', 'email'])
    .where('organization_id', '=', organizationId)
    .where('person_id', 'in', personIds)
    .where('email', 'is not', null)
    .execute()
  return found.map(({ id, email }) => ({ id, email: (email as string).toLowerCase() }))
}

/** The letters to an address, and of some invitations those to the address named beside: those that wait are not sent, and of the others nothing is left but that they were. */
async function eraseLetters(
  trx: Trx,
  organizationId: string,
  email: string,
  elsewhere: { id: string; email: string }[],
): Promise<number> {
  const to = sql<string>`lower(to_address)`
  const letters = await trx
    .updateTable('messages')
    .set({
      to_address: NOWHERE,
      to_name: null,
      subject: '',
      text: '',
      html: '',
      calendar: null,
      calendar_method: null,
      last_reply: null,
      state: sql`case when state in ('queued', 'sending') then 'cancelled' else state end`,
    })
    .where('organization_id', '=', organizationId)
    .where((eb) =>
      eb.or([
        eb(to, '=', email),
        ...elsewhere.map((one) => eb.and([eb('invitation_id', '=', one.id), eb(to, '=', one.email)])),
      ]),
    )
    .returning('message_id')
    .execute()
  if (letters.length)
    await trx
      .deleteFrom('mailbox_messages')
      .where(
        'message_id',
        'in',
        letters.map((letter) => letter.message_id),
      )
      .execute()
  return letters.length
}
