import type { Db } from '../../../db/transaction.ts'
import { listPeople } from '../../directory/queries/people.ts'
import { listPositionsOf } from '../../directory/queries/positions.ts'
import { describePosition, isValidOn } from '../../directory/rules.ts'
import { peopleFilterSchema } from '../../directory/schema.ts'

export interface PersonToInvite {
  id: string
  name: string
  positions: string[]
  /** On this seminar's list already. */
  invited: boolean
}

/** People of the directory by a piece of their name, address or position, at most 30, with what they would be invited as. */
export async function searchPeopleToInvite(
  db: Db,
  organizationId: string,
  seminarId: string,
  query: string,
  now: Date,
): Promise<PersonToInvite[]> {
  if (query.trim() === '') return []
  const day = now.toISOString().slice(0, 10)
  const { items } = await listPeople(db, organizationId, peopleFilterSchema.parse({ q: query }), day, 30)
  const ids = items.map((person) => person.id)
  if (!ids.length) return []
  const positions = (await listPositionsOf(db, organizationId, ids)).filter((position) => isValidOn(position, day))
  const invited = await db
    .selectFrom('invitations')
    .select('person_id')
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('person_id', 'in', ids)
    .where('status', '<>', 'withdrawn')
    .execute()
  const on = new Set(invited.map((row) => row.person_id))
  return items.map(({ id, name }) => ({
    id,
    name,
    positions: positions
      .filter((position) => position.person.id === id)
      .map((position) => describePosition(position.unit, position, 'vi')),
    invited: on.has(id),
  }))
}
