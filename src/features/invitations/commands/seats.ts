import { sql } from 'kysely'
import type { Trx } from '../../../db/transaction.ts'

interface SeatRow {
  id: string
  invitation_id: string
  delegation_id: string | null
  text: string
  text_en: string | null
}

/**
 * Prints the positions of new seats on their invitations: in order of the delegations, then of precedence. What an
 * organizer wrote by hand stays as it is, and what is new stands after it.
 */
export async function printSeats(trx: Trx, organizationId: string, newSeatIds: string[]): Promise<void> {
  if (!newSeatIds.length) return
  const isNew = new Set(newSeatIds)
  const seats = await listSeatsInOrder(trx, organizationId, newSeatIds)
  const invitations = await trx
    .selectFrom('invitations')
    .select(['id', 'positions', 'positions_en', 'delegation_id'])
    .where('organization_id', '=', organizationId)
    .where('id', 'in', [...new Set(seats.map((seat) => seat.invitation_id))])
    .execute()
  const byInvitation = Map.groupBy(seats, (seat) => seat.invitation_id)
  const printed = invitations.map((invitation) => {
    const own = byInvitation.get(invitation.id) ?? []
    const before = textsOf(own.filter((seat) => !isNew.has(seat.id)))
    const written = invitation.positions.join('\n') !== before.vi.join('\n')
    const all = textsOf(own)
    const fresh = textsOf(own.filter((seat) => isNew.has(seat.id)))
    const added = fresh.vi
      .map((text, i) => ({ text, en: fresh.en[i] as string }))
      .filter(({ text }) => !invitation.positions.includes(text))
    return {
      id: invitation.id,
      positions: written ? [...invitation.positions, ...added.map(({ text }) => text)] : all.vi,
      positions_en: written ? [...invitation.positions_en, ...added.map(({ en }) => en)] : all.en,
      delegation_id: own.find((seat) => seat.delegation_id !== null)?.delegation_id ?? invitation.delegation_id,
    }
  })
  await sql`
    update invitations i set positions = v.positions, positions_en = v.positions_en, delegation_id = v.delegation_id,
      version = i.version + 1, updated_at = now()
    from jsonb_to_recordset(${JSON.stringify(printed)}::text::jsonb)
      as v(id uuid, positions text[], positions_en text[], delegation_id uuid)
    where i.organization_id = ${organizationId} and i.id = v.id`.execute(trx)
}

/** All seats of the invitations that these seats belong to. */
async function listSeatsInOrder(trx: Trx, organizationId: string, seatIds: string[]): Promise<SeatRow[]> {
  return trx
    .selectFrom('invitation_seats as t')
    .leftJoin('delegations as d', (j) =>
      j.onRef('d.organization_id', '=', 't.organization_id').onRef('d.id', '=', 't.delegation_id'),
    )
    .leftJoin('positions as p', (j) =>
      j.onRef('p.organization_id', '=', 't.organization_id').onRef('p.id', '=', 't.position_id'),
    )
    .leftJoin('units as u', (j) =>
      j.onRef('u.organization_id', '=', 'p.organization_id').onRef('u.id', '=', 'p.unit_id'),
    )
    .select(['t.id', 't.invitation_id', 't.delegation_id', 't.text', 't.text_en'])
    .where('t.organization_id', '=', organizationId)
    .where('t.invitation_id', 'in', (eb) =>
      eb
        .selectFrom('invitation_seats as n')
        .select('n.invitation_id')
        .where('n.organization_id', '=', organizationId)
        .where('n.id', 'in', seatIds),
    )
    .orderBy('d.ordinal', (o) => o.asc().nullsLast())
    .orderBy('u.tree_path', (o) => o.asc().nullsLast())
    .orderBy('p.rank')
    .orderBy('t.id')
    .execute()
}

function textsOf(seats: SeatRow[]): { vi: string[]; en: string[] } {
  const unique = seats.filter((seat, i) => seats.findIndex((other) => other.text === seat.text) === i)
  return { vi: unique.map((seat) => seat.text), en: unique.map((seat) => seat.text_en ?? seat.text) }
}
