import { Kysely } from 'kysely'
import postgres from 'postgres'
import type { DB } from '../db/types.ts'
import { createPool, type PoolOptions } from './connection-pool.ts'
import { createDialect } from './dialect.ts'
import { createSockets, type Sockets } from './sockets.ts'

const asIs = (x: string) => x

export interface ConnectionOptions {
  max?: number
  /**
   * The address is a pooler's that lends a connection for one transaction (PgBouncer): no prepared statement outlives its query and
   * no setting is asked for that a session would keep.
   */
  pooled?: boolean
  /** How long a query waits for a free connection, in milliseconds; without it, as long as it takes. */
  waitMs?: number
  /** After this long, in milliseconds, Postgres ends a statement, and a session that idles in a transaction. Not where `pooled`. */
  statementMs?: number
  /** Told of each statement of `db` when it begins; what it returns, when it ended. */
  watch?: PoolOptions['watch']
  /** After this long, in milliseconds, a query of `db` is given up here and its connection closed; by default `statementMs` and a little. */
  queryMs?: number
  /** After this long without a byte either way, in milliseconds, a connection of `sql` is closed. */
  silenceMs?: number
}

/** Where none is given. */
const STATEMENT_MS = 30_000
/** An end that Postgres itself makes of a statement arrives before ours. */
const A_LITTLE_MS = 5_000
/** A migration or a copy may take long, but not say nothing for as long as this. */
const SILENCE_MS = 30 * 60_000
/** There the driver brings a socket of its own, which lives no longer than its request. */
const onWorkers = globalThis.navigator?.userAgent === 'Cloudflare-Workers'

/**
 * Opens a pool. OIDs 1114 (`timestamp`), 1082 (`date`) and 1083 (`time`) stay strings: as `Date` they would be read in the
 * process's zone and corrupt wall time. A `timestamp` is written with T: `2026-12-15T14:00:00`. int8 becomes a number.
 */
export function connectPostgres(url: string, given: ConnectionOptions = {}) {
  const max = given.max ?? 10
  const options = clientOptions(given)
  const sql = postgres(url, { ...options, ...by(createSockets(given.silenceMs ?? SILENCE_MS)), max, idle_timeout: 60 })
  // Idle ones are closed by the pool, which lends none that is about to close.
  const open = (closed: () => void) => {
    const sockets = createSockets()
    const own = { max: 1, idle_timeout: 0, max_lifetime: 0, onclose: closed }
    return { sql: postgres(url, { ...options, ...by(sockets), ...own }), cut: sockets.cut }
  }
  const queryMs = given.queryMs ?? (given.statementMs ?? STATEMENT_MS) + A_LITTLE_MS
  const pool = createPool({ max, waitMs: given.waitMs, queryMs, watch: given.watch, open })
  const db = new Kysely<DB>({ dialect: createDialect(pool) })
  return {
    /** For what Kysely does not say: migrations, tests. */
    sql,
    db,
    /** How the pool of `db` stands. */
    load: pool.load,
    /** See the pool's: sessions of `db` begin anew. */
    renew: pool.renew,
    close: async () => void (await Promise.all([pool.end(), sql.end({ timeout: 5 })])),
  }
}
export type Connection = ReturnType<typeof connectPostgres>

const by = (sockets: Sockets) => (onWorkers ? {} : { socket: sockets.open as never })

/** What every connection asks for. PgBouncer passes these two settings on; it refuses others at the start. */
export function clientOptions({ pooled = false, statementMs }: ConnectionOptions) {
  const limits =
    statementMs === undefined || pooled
      ? {}
      : { statement_timeout: statementMs, idle_in_transaction_session_timeout: statementMs }
  return {
    prepare: !pooled,
    connect_timeout: 5,
    onnotice() {},
    connection: { application_name: 'hoithao', TimeZone: 'UTC', ...limits },
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
  }
}
