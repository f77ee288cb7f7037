import { Kysely } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import postgres from 'postgres'
import type { DB } from '../db/types.ts'

const asIs = (x: string) => x

/**
 * Opens a pool. OIDs 1114 (`timestamp`), 1082 (`date`) and 1083 (`time`) stay strings: as `Date` they would be read in the
 * process's zone and corrupt wall time. A `timestamp` is written with T: `2026-12-15T14:00:00`. int8 becomes a number.
 */
export function connectPostgres(url: string, options: { max?: number; prepare?: boolean } = {}) {
  const sql = postgres(url, {
    max: options.max ?? 10,
    prepare: options.prepare ?? true,
    idle_timeout: 60,
    connect_timeout: 5,
    onnotice() {},
    connection: { application_name: 'hoithao', TimeZone: 'UTC' },
    types: {
      bigint: { to: 20, from: [20], serialize: String, parse: Number },
      date: { to: 1082, from: [1082], serialize: asIs, parse: asIs },
      time: { to: 1083, from: [1083], serialize: asIs, parse: (x: string) => x.slice(0, 5) },
      timestamp: { to: 1114, from: [1114], serialize: asIs, parse: (x: string) => x.replace(' ', 'T') },
      timestamptz: {
        to: 1184,
        from: [1184],
        serialize: (x: Date | string) => (x instanceof Date ? x.toISOString() : x),
        parse: (x: string) => new Date(x),
      },
    } as never,
  })
  const db = new Kysely<DB>({ dialect: new PostgresJSDialect({ postgres: sql as never }) })
  return { sql, db, close: () => sql.end({ timeout: 5 }) }
}
export type Connection = ReturnType<typeof connectPostgres>
