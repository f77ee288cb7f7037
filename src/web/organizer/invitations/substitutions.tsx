import { Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { decideSubstitution } from '../../../features/invitations/commands/consent.ts'
import { printedPositions } from '../../../features/invitations/emails/parts.ts'
import {
  getInvitation,
  listPendingSubstitutions,
  type PendingSubstitution,
} from '../../../features/invitations/queries/one.ts'
import { decisionInput } from '../../../features/invitations/schema.ts'
import { shortDateTime, wallTime } from '../../../text/dates.ts'
import { parseForm, readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { answerPage, BackToList, invitationsHref, mayEdit, seminarOf, toldQuery } from './page.tsx'

/** Substitutions that wait for the chair's word. */
export const substitutionPages = new Hono<AppEnv>()
  .get('/substitutions', async (c) => {
    const { page } = c.var
    const seminar = await seminarOf(c)
    const pending = await listPendingSubstitutions(c.var.services.db, seminar.organization_id, seminar.id)
    const base = invitationsHref(c, seminar)
    return answerPage(c, seminar, {
      title: page.t('invitations:substitutions'),
      children: (
        <>
          <BackToList page={page} href={base} />
          <h2>{page.t('invitations:substitutions')}</h2>
          <p class="muted small">{page.t('invitations:substitutions.text')}</p>
          {pending.length ? (
            <ul class="decisions">
              {pending.map((row) => (
                <Pending page={page} row={row} base={base} timezone={seminar.timezone} mayEdit={mayEdit(c)} />
              ))}
            </ul>
          ) : (
            <p class="empty">{page.t('invitations:substitutions.none')}</p>
          )}
        </>
      ),
    })
  })
  .post('/:invitation/substitutions/:substitution', async (c) => {
    const { values } = await readForm(c)
    const seminar = await seminarOf(c)
    const parsed = parseForm(decisionInput, values)
    if ('form' in parsed) throw new DomainError('invalid')
    const target = {
      organizationId: seminar.organization_id,
      invitationId: c.req.param('invitation'),
      substitutionId: c.req.param('substitution'),
    }
    await getInvitation(c.var.services.db, seminar.organization_id, seminar.id, target.invitationId)
    const told = await transaction(c.var.services.db, (trx) =>
      decideSubstitution(trx, memberContext(c), { ...target, ...parsed.input }),
    )
    const back = values.back === 'one' ? `/${target.invitationId}` : '/substitutions'
    return c.redirect(
      invitationsHref(
        c,
        seminar,
        `${back}${toldQuery(parsed.input.decision === 'agree' ? 'agreed' : 'refused', told)}`,
      ),
      303,
    )
  })

function Pending({
  page,
  row,
  base,
  timezone,
  mayEdit: edits,
}: {
  page: Page
  row: PendingSubstitution
  base: string
  timezone: string
  mayEdit: boolean
}) {
  const { t, locale } = page
  return (
    <li>
      <div>
        <strong>{row.name}</strong>, {row.position}
        <span class="sub">{row.email ?? t('invitations:address.none')}</span>
        <p class="small">
          {t('invitations:substitutions.for')} <a href={`${base}/${row.invitation_id}`}>{row.invitee}</a>,{' '}
          {printedPositions(row, locale)}
        </p>
        {row.note ? <p class="small">{row.note}</p> : null}
        <p class="muted small">
          {t('invitations:substitutions.since', { time: shortDateTime(wallTime(row.created_at, timezone), locale) })}
        </p>
      </div>
      {edits ? (
        <DecisionForm page={page} action={`${base}/${row.invitation_id}/substitutions/${row.id}`} id={row.id} />
      ) : null}
    </li>
  )
}

/** The chair's word: agreed or not, with a note that the invitee is sent. */
export function DecisionForm({
  page: { t },
  action,
  id,
  back,
}: {
  page: Page
  action: string
  id: string
  back?: 'one'
}) {
  return (
    <form class="decision" method="post" action={action}>
      {back ? <input type="hidden" name="back" value={back} /> : null}
      <label class="small" for={`note-${id}`}>
        {t('invitations:decision.note')}
      </label>
      <input id={`note-${id}`} type="text" name="note" maxlength={500} autocomplete="off" />
      <div class="actions">
        <button class="btn" type="submit" name="decision" value="agree">
          {t('invitations:decision.agree')}
        </button>
        <button class="btn" type="submit" name="decision" value="refuse">
          {t('invitations:decision.refuse')}
        </button>
      </div>
    </form>
  )
}
