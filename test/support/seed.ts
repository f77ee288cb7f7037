import { readFileSync } from 'node:fs'
import type { Insertable } from 'kysely'
import type { Db } from '../../src/db/transaction.ts'
import type { Seminars } from '../../src/db/types.ts'
import { createSeminar } from './factories.ts'

/** The workshop of 16/11/2023 as its portal told it. */
export const seed: {
  theme: string
  themeEn: string
  host: string
  hostEn: string
  byline: string
  chairs: { name: string; positions: string[] }[]
  delegations: { text: string; separator?: string }[]
  agenda: { kind: string }[]
  directives: string[]
  conclusionsBy: string
  lead: string[]
  body: string[]
} = JSON.parse(readFileSync(new URL('../../demo/uong-bi.json', import.meta.url), 'utf8'))

/** That workshop in the database: held, public, with its chairs and groups in order. */
export async function createSeedSeminar(db: Db, organizationId: string, overrides: Partial<Insertable<Seminars>> = {}) {
  const seminar = await createSeminar(db, organizationId, {
    state: 'held',
    theme: seed.theme,
    theme_en: null,
    host: seed.host,
    venue: 'Hội trường Trung tâm Chính trị thành phố',
    starts_local: '2023-11-16T14:00:00',
    ends_local: '2023-11-16T17:00:00',
    ...overrides,
  })
  const of = { organization_id: organizationId, seminar_id: seminar.id }
  await db
    .insertInto('chairs')
    .values(seed.chairs.map(({ name, positions }, i) => ({ ...of, ordinal: i + 1, name, positions })))
    .execute()
  await db
    .insertInto('delegations')
    .values(seed.delegations.map(({ text, separator }, i) => ({ ...of, ordinal: i + 1, text, separator })))
    .execute()
  return seminar
}
