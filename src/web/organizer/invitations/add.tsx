import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import {
  type Added,
  inviteByHand,
  inviteDelegations,
  invitePeople,
} from '../../../features/invitations/commands/add.ts'
import { listDelegationsWithCounts } from '../../../features/invitations/queries/list.ts'
import { searchPeopleToInvite } from '../../../features/invitations/queries/search.ts'
import { inviteeInput } from '../../../features/invitations/schema.ts'
import { listDelegations } from '../../../features/seminars/queries/detail.ts'
import { countDelegationSeats } from '../../../features/seminars/queries/seats.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { ErrorSummary, emptyForm, type FormState } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { ByDelegation, FromDirectory } from './add-from.tsx'
import { InviteeFields, inviteeLabels } from './invitee-fields.tsx'
import { answerPage, BackToList, invitationsHref, seminarOf } from './page.tsx'

const ids = z.array(z.uuid()).max(500)

/** Three ways onto the list: by a delegation's selector, from the directory, by hand. */
export const addPages = new Hono<AppEnv>()
  .get('/add', requireRole('organizer'), async (c) => addPage(c, await seminarOf(c), emptyForm))
  .post('/delegations', async (c) => {
    const { all } = await readForm(c)
    const seminar = await seminarOf(c)
    const chosen = ids.safeParse(all.getAll('delegation'))
    if (!chosen.success) throw new DomainError('bad_request')
    const added = await transaction(c.var.services.db, (trx) =>
      inviteDelegations(
        trx,
        memberContext(c),
        seminar.organization_id,
        seminar.id,
        all.get('all') ? undefined : chosen.data,
      ),
    )
    return c.redirect(invitationsHref(c, seminar, addedQuery(added)), 303)
  })
  .post('/people', async (c) => {
    const { values, all } = await readForm(c)
    const seminar = await seminarOf(c)
    const chosen = ids.safeParse(all.getAll('person'))
    const delegation = z.uuid().safeParse(values.delegation_id)
    if (!chosen.success) throw new DomainError('bad_request')
    const added = await transaction(c.var.services.db, (trx) =>
      invitePeople(trx, memberContext(c), seminar.organization_id, seminar.id, {
        personIds: chosen.data,
        delegationId: delegation.success ? delegation.data : null,
      }),
    )
    return c.redirect(invitationsHref(c, seminar, addedQuery(added)), 303)
  })
  .post('/by-hand', async (c) => {
    const { values } = await readForm(c)
    const seminar = await seminarOf(c)
    const parsed = parseForm(inviteeInput, values)
    if ('form' in parsed) return addPage(c, seminar, parsed.form, 422)
    try {
      const id = await transaction(c.var.services.db, (trx) =>
        inviteByHand(trx, memberContext(c), seminar.organization_id, seminar.id, parsed.input),
      )
      return c.redirect(invitationsHref(c, seminar, `/${id}?done=byHand`), 303)
    } catch (error) {
      return addPage(c, seminar, formRefused(error, values), 422)
    }
  })

function addedQuery({ added, seats, already }: Added): string {
  return `?done=added&n=${added}&m=${seats}&k=${already}`
}

async function addPage(c: Context<AppEnv>, seminar: SeminarRow, form: FormState, status = 200): Promise<Response> {
  const { page, services } = c.var
  const { db } = services
  const { t } = page
  const { organization_id: organizationId, id } = seminar
  const q = c.req.query('q') ?? ''
  const [delegations, invited, found] = await Promise.all([
    listDelegations(db, organizationId, id),
    listDelegationsWithCounts(db, organizationId, id),
    searchPeopleToInvite(db, organizationId, id, q, page.now),
  ])
  const seats = await countDelegationSeats(db, seminar, delegations, page.now)
  const base = invitationsHref(c, seminar)
  return answerPage(c, seminar, {
    title: t('invitations:add'),
    status,
    children: (
      <>
        <BackToList page={page} href={base} />
        <div class="ways stack">
          <ByDelegation
            page={page}
            delegations={invited}
            seats={seats}
            base={base}
            people={page.href(`/console/${c.var.member.organization.slug}/seminars/${id}/people`)}
            primary={!q && form === emptyForm}
          />
          <FromDirectory page={page} q={q} found={found} delegations={invited} base={base} />
          <section id="by-hand">
            <h2>{t('invitations:add.byHand')}</h2>
            <p class="muted small">{t('invitations:add.byHand.text')}</p>
            <form class="form" method="post" action={`${base}/by-hand`} data-guard>
              <ErrorSummary t={t} form={form} labels={inviteeLabels(page)} />
              <InviteeFields page={page} form={form} delegations={invited} />
              <div class="actions">
                <button class="btn" type="submit">
                  {t('invitations:add.byHand.do')}
                </button>
              </div>
            </form>
          </section>
        </div>
      </>
    ),
  })
}
