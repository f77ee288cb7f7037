import { Hono } from 'hono'
import { sql } from 'kysely'
import type { AppEnv } from '../env.ts'
import { DomainError } from '../errors.ts'
import { version } from '../version.ts'

/**
 * `/healthz`: the process answers, and its version. `/readyz`: the database does too, with every migration of this build (and perhaps those of a newer
 * one that starts beside it); a balancer sends nothing more from the moment it says 503.
 */
export const health = new Hono<AppEnv>()
  .get('/healthz', (c) => c.json({ status: 'ok', version }))
  .get('/readyz', async (c) => {
    const { db, migrations, stopping } = c.var.services
    if (stopping?.aborted) return c.json({ status: 'stopping' }, 503)
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from schema_migrations`.execute(db)
    if ((rows[0]?.n ?? 0) < migrations) throw new DomainError('unavailable')
    return c.json({ status: 'ready', migrations })
  })
