import type { Db } from '../../../db/transaction.ts'
import { wallTime } from '../../../text/dates.ts'
import { selectPositions } from '../../directory/queries/positions.ts'
import type { Selector } from '../../directory/schema.ts'
import type { SeminarRow } from '../queries.ts'

/** Seats are positions; someone who holds two has two seats and is one person. */
export interface SeatCount {
  seats: number
  people: number
}

export interface DelegationSeats extends SeatCount {
  byId: Map<string, SeatCount>
}

/** The day a selector is read on: the seminar's, or today while it has no date. */
export function selectorDay(seminar: Pick<SeminarRow, 'starts_local' | 'timezone'>, now: Date): string {
  return (seminar.starts_local ?? wallTime(now, seminar.timezone)).slice(0, 10)
}

/** How many seats and people a selector means on a day (`2026-12-15`). */
export async function countSeats(db: Db, organizationId: string, selector: Selector, day: string): Promise<SeatCount> {
  return countOf(await selectPositions(db, organizationId, selector, day))
}

/** The seats of each delegation that has a selector, and of all together: each person once. */
export async function countDelegationSeats(
  db: Db,
  seminar: SeminarRow,
  delegations: readonly { id: string; selector: Selector | null }[],
  now: Date,
): Promise<DelegationSeats> {
  const day = selectorDay(seminar, now)
  const byId = new Map<string, SeatCount>()
  const all: Selected = []
  for (const { id, selector } of delegations) {
    if (selector === null) continue
    const positions = await selectPositions(db, seminar.organization_id, selector, day)
    byId.set(id, countOf(positions))
    all.push(...positions)
  }
  return { byId, ...countOf(all) }
}

type Selected = Awaited<ReturnType<typeof selectPositions>>

// A position that two selectors mean is one seat.
function countOf(positions: Selected): SeatCount {
  const seats = new Set(positions.map((position) => position.id)).size
  return { seats, people: new Set(positions.map((position) => position.person.id)).size }
}
