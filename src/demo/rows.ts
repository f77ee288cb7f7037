import type { Insertable } from 'kysely'
import type { Trx } from '../db/transaction.ts'
import type { Organizations, Seminars } from '../db/types.ts'
import type { HeldSeminar } from './held.ts'
import type { MinhHa } from './minh-ha.ts'
import type { DemoSpeeches } from './speeches.ts'

/** The files of demo/, read by the entry. */
export interface DemoData {
  minhHa: MinhHa
  uongBi: HeldSeminar
  minhHaHeld: HeldSeminar[]
  speeches: DemoSpeeches
  photo(file: string): Promise<Uint8Array>
  /** A paper's file, by its name in demo/speeches/. */
  speech(file: string): Promise<Uint8Array>
}

export async function insertOrganization(trx: Trx, values: Insertable<Organizations>): Promise<string> {
  const { id } = await trx.insertInto('organizations').values(values).returning('id').executeTakeFirstOrThrow()
  await trx
    .insertInto('slugs')
    .values({ slug: values.slug, kind: 'organization', organization_id: id, target_id: id })
    .execute()
  return id
}

export async function createSeminarRow(
  trx: Trx,
  organizationId: string,
  values: Omit<Insertable<Seminars>, 'organization_id'>,
): Promise<string> {
  const { id } = await trx
    .insertInto('seminars')
    .values({ organization_id: organizationId, ...values })
    .returning('id')
    .executeTakeFirstOrThrow()
  await trx
    .insertInto('slugs')
    .values({ slug: values.slug, kind: 'seminar', organization_id: organizationId, target_id: id })
    .execute()
  await trx
    .insertInto('seminar_places')
    .values({ organization_id: organizationId, seminar_id: id, capacity: null })
    .execute()
  return id
}

/**
 * The day `days` after now in Vietnam, or before where negative; moved on to Monday when it falls on a weekend, and one in the
 * past back to Friday; `YYYY-MM-DD`.
 */
export function nextWorkday(now: Date, days: number): string {
  const day = new Date(now.getTime() + (days * 24 + 7) * 3_600_000)
  while (day.getUTCDay() === 0 || day.getUTCDay() === 6) day.setUTCDate(day.getUTCDate() + (days < 0 ? -1 : 1))
  return day.toISOString().slice(0, 10)
}
