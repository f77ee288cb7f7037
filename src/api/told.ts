import type { Context as HonoContext } from 'hono'
import type { Db } from '../db/transaction.ts'
import { findMailStop } from '../features/mail/queries/line.ts'
import type { ApiEnv } from './router.ts'

/** How many of the letters that were just put in the outbox wait because mail stands still: all, or none while it flows. */
export async function waitingOf(
  c: HonoContext<ApiEnv>,
  db: Db,
  organizationId: string,
  mailed: number,
): Promise<number> {
  if (mailed === 0) return 0
  const stands = c.var.services.mailer.kind === 'none' || (await findMailStop(db, organizationId)) !== undefined
  return stands ? mailed : 0
}

/** How those concerned are told, as the API says it. */
export async function toTold(
  c: HonoContext<ApiEnv>,
  db: Db,
  organizationId: string,
  { mailed, toCall }: { mailed: number; toCall: number },
) {
  return { mailed, waiting: await waitingOf(c, db, organizationId, mailed), toCall }
}
