import { type Expression, sql } from 'kysely'
import { fold } from '../text/fold.ts'

/** `column like '%…%'` over a folded search column, every word of the query, in any order; LIKE's own signs are escaped. */
export function matchesSearch(column: Expression<string>, query: string) {
  const words = fold(query).split(/\s+/).filter(Boolean).slice(0, 8)
  if (!words.length) return sql<boolean>`true`
  const tests = words.map((word) => sql<boolean>`${column} like ${`%${word.replace(/[\\%_]/g, (c) => `\\${c}`)}%`}`)
  return sql<boolean>`(${sql.join(tests, sql` and `)})`
}

/** The database's clock: instances' clocks may be an hour apart. */
export const dbNow = sql<Date>`now()`

/** Writes a value as jsonb. postgres.js sends the parameter as text, so it is stringified once, here. */
export function jsonb(value: unknown) {
  return sql<never>`${JSON.stringify(value)}::text::jsonb`
}
