import { type Context, Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { proofOf } from '../features/identity/queries.ts'
import { findDatabaseHealth } from '../features/tasks/queries.ts'
import { version } from '../version.ts'
import { LATE, withinLimit } from '../watchdog.ts'

/** So long a part has to answer: who watches must be told whatever hangs. */
const LIMIT_SECONDS = 3

/**
 * `/healthz`: the process answers, its version, and to a `nonce` what only this deployment can (the command doctor asks). `/readyz`: whether to send it requests. 503 only for what keeps this process from answering
 * anything: it stops, the database is away, or lacks a migration of this build (those of a newer one that starts beside it may
 * be there). What is ill besides stands under `warnings` with 200, since it ails every instance alike and pages can
 * still be read; `?strict` answers 503 for those too, for a monitor that looks at the status alone.
 */
export const health = new Hono<AppEnv>()
  .get('/healthz', (c) => {
    const { linkKey } = c.var.services.config
    const nonce = /^[0-9a-f]{32}$/.exec(c.req.query('nonce') ?? '')?.[0]
    return c.json({ status: 'ok', version, ...(nonce && linkKey ? { proof: proofOf(linkKey, nonce) } : {}) })
  })
  .get('/readyz', async (c) => {
    const { db, migrations, stopping, vitals, log } = c.var.services
    if (stopping?.aborted) return c.json({ status: 'stopping' }, 503)
    let said: Record<string, string> | undefined
    const found = await withinLimit('database', LIMIT_SECONDS, undefined, async () => findDatabaseHealth(db)).catch(
      (error: Error & { code?: string }) => {
        log.error('failed', { id: c.var.requestId, code: 'unavailable', error: error.message })
        if (error.code === LATE) said = { database: `did not answer within ${LIMIT_SECONDS} s` }
        return undefined
      },
    )
    if (!found) return ill(c, ['database'], said)
    if (found.migrations < migrations) return ill(c, ['migrations'])
    const warnings = [
      ...new Set([
        // Asked just now: what the last sign of life met is older.
        ...(vitals?.ailments() ?? []).filter((ailment) => ailment !== 'database'),
        ...(found.readOnly ? ['database_read_only'] : []),
        ...(found.outboxLate ? ['outbox'] : []),
        ...(found.scannerSilent ? ['scanner'] : []),
        ...found.failing.map((task) => `task:${task}`),
      ]),
    ]
    if (warnings.length && c.req.query('strict') !== undefined) return ill(c, warnings)
    return c.json({
      status: 'ready',
      migrations: found.migrations,
      outbox: { finishedAt: found.outboxFinishedAt?.toISOString() ?? null },
      warnings,
    })
  })

function ill(c: Context<AppEnv>, parts: string[], said?: Record<string, string>): Response {
  c.header('Retry-After', '5')
  return c.json({ status: 'unavailable', ill: parts, ...(said ? { said } : {}) }, 503)
}
