import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { removeDrafts } from '../../../features/invitations/commands/edit.ts'
import { resendInvitations, sendInvitations } from '../../../features/invitations/commands/send.ts'
import { withdrawInvitations } from '../../../features/invitations/commands/withdraw.ts'
import { listNames } from '../../../features/invitations/queries/list.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { answerPage, BackToList, invitationsHref, seminarOf, toldQuery } from './page.tsx'

const bulkInput = z.object({ do: z.enum(['send', 'resend', 'withdraw', 'remove']), confirmed: z.string().optional() })
const ids = z.array(z.uuid()).max(500)

/** What is done with the invitations that were chosen in the list. */
export const bulkPages = new Hono<AppEnv>().post('/bulk', async (c) => {
  const { values, all } = await readForm(c)
  const seminar = await seminarOf(c)
  const input = bulkInput.safeParse(values)
  const chosen = ids.safeParse(all.getAll('id'))
  if (!input.success || !chosen.success) throw new DomainError('bad_request')
  if (!chosen.data.length) return c.redirect(invitationsHref(c, seminar, '?done=nothing'), 303)
  if (input.data.do === 'withdraw' && input.data.confirmed !== 'yes') return confirmPage(c, seminar, chosen.data)
  return c.redirect(invitationsHref(c, seminar, await carryOut(c, seminar, input.data.do, chosen.data)), 303)
})

/** Does it. @returns the query that tells what was done */
function carryOut(
  c: Context<AppEnv>,
  { organization_id: organizationId, id }: SeminarRow,
  what: 'send' | 'resend' | 'withdraw' | 'remove',
  chosen: string[],
): Promise<string> {
  const ctx = memberContext(c)
  return transaction(c.var.services.db, async (trx) => {
    if (what === 'send') {
      return toldQuery('sent', await sendInvitations(trx, ctx, organizationId, id, { ids: chosen }))
    }
    if (what === 'resend') return toldQuery('resent', await resendInvitations(trx, ctx, organizationId, id, chosen))
    if (what === 'remove') return `?done=removed&n=${await removeDrafts(trx, ctx, organizationId, id, chosen)}`
    const { withdrawn, ...told } = await withdrawInvitations(trx, ctx, organizationId, id, chosen)
    return toldQuery('withdrawn', told, `&k=${withdrawn}`)
  })
}

/** A withdrawal is told to people: it is asked once more, with their names. */
export async function confirmPage(c: Context<AppEnv>, seminar: SeminarRow, chosen: string[]): Promise<Response> {
  const { page, services } = c.var
  const { t } = page
  const names = await listNames(services.db, seminar.organization_id, seminar.id, chosen, 'sent')
  const back = invitationsHref(c, seminar)
  if (!names.length) return c.redirect(`${back}?done=withdrawn&k=0`, 303)
  return answerPage(c, seminar, {
    title: t('invitations:withdraw.title'),
    children: (
      <form class="form" method="post" action={`${back}/bulk`}>
        <BackToList page={page} href={back} />
        <h2>{t('invitations:withdraw.ask', { count: names.length })}</h2>
        <p>{t('invitations:withdraw.text')}</p>
        <ul class="names">
          {names.map((row) => (
            <li>{row.name}</li>
          ))}
        </ul>
        {names.map((row) => (
          <input type="hidden" name="id" value={row.id} />
        ))}
        <input type="hidden" name="do" value="withdraw" />
        <input type="hidden" name="confirmed" value="yes" />
        <div class="actions">
          <button class="btn primary" type="submit">
            {t('invitations:withdraw.do', { count: names.length })}
          </button>
          <a class="btn" href={back}>
            {t('common:cancel')}
          </a>
        </div>
      </form>
    ),
  })
}
