import { Hono } from 'hono'
import { z } from 'zod'
import type { Context } from '../../../context.ts'
import { type Trx, transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { answerCall } from '../../../features/invitations/commands/answer-call.ts'
import { recordCall } from '../../../features/invitations/commands/calls.ts'
import { getCall } from '../../../features/invitations/queries/calls.ts'
import { answerInput, callInput, recordedOutcomes } from '../../../features/invitations/schema.ts'
import { versionInput } from '../../../features/seminars/schema.ts'
import { readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { seminarOf } from '../invitations/page.tsx'
import { seminarPath } from '../seminars/frame.tsx'
import { allCalls, seminarCalls } from './page.tsx'

/** How a call went is said by one button: what was answered, or how they were told. */
const went = z.object({ do: z.enum(['attend', 'attend_online', 'decline', ...recordedOutcomes]) })

/** Whom to telephone about a seminar. */
export const callPages = new Hono<AppEnv>()
  .get('/', async (c) => seminarCalls(c, await seminarOf(c)))
  .post('/:call', async (c) => {
    const { values } = await readForm(c)
    const seminar = await seminarOf(c)
    const call = await getCall(c.var.services.db, seminar.organization_id, c.req.param('call'))
    if (call.seminar_id !== seminar.id) throw new DomainError('not_found')
    const all = values.back === 'all'
    const chosen = went.safeParse(values)
    const version = versionInput.safeParse(values.version)
    if (!chosen.success || !version.success) throw new DomainError('bad_request')
    try {
      await transaction(c.var.services.db, (trx) =>
        write(trx, memberContext(c), call, chosen.data.do, version.data, values.note),
      )
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'stale_version') throw error
      const told = { stale: { note: values.note?.trim() || null }, status: 412 }
      return all ? allCalls(c, told) : seminarCalls(c, seminar, told)
    }
    const done = chosen.data.do === 'not_reached' ? 'kept' : 'done'
    const at = all
      ? `/console/${c.var.member.organization.slug}/calls`
      : seminarPath(c.var.member, seminar.id, '/calls')
    return c.redirect(c.var.page.href(`${at}?call=${done}`), 303)
  })

/** Whom to telephone, over all seminars. */
export const allCallPages = new Hono<AppEnv>().get('/', (c) => allCalls(c))

async function write(
  trx: Trx,
  ctx: Context,
  { organization_id: organizationId, id }: { organization_id: string; id: string },
  done: z.infer<typeof went>['do'],
  version: number,
  note = '',
): Promise<void> {
  if (done === 'attend' || done === 'attend_online' || done === 'decline') {
    const input = answerInput.safeParse({ answer: done, [done === 'decline' ? 'reason' : 'note']: note })
    if (!input.success) throw new DomainError('invalid')
    await answerCall(trx, ctx, { organizationId, id, version, input: input.data })
    return
  }
  const input = callInput.safeParse({ outcome: done, note })
  if (!input.success) throw new DomainError('invalid')
  await recordCall(trx, ctx, { organizationId, id, version, ...input.data })
}
