import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { sendInvitations } from '../../../features/invitations/commands/send.ts'
import { invitationMail, isMailable, openBatch } from '../../../features/invitations/emails/invitation.ts'
import { printedPositions } from '../../../features/invitations/emails/parts.ts'
import { getEventDetails } from '../../../features/invitations/queries/event.ts'
import { countByState } from '../../../features/invitations/queries/list.ts'
import { getInvitation, listDrafts, listDraftsWithoutAddress } from '../../../features/invitations/queries/one.ts'
import { replaceMarks } from '../../../features/mail/rules.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { answerMailHtml, MailFrame } from '../../components/mail-view.tsx'
import { readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { seminarPath } from '../seminars/frame.tsx'
import { answerPage, BackToList, invitationsHref, mayEdit, seminarOf, toldQuery } from './page.tsx'

/** What will be sent, as the recipient will see it; then one button sends it. */
export const reviewPages = new Hono<AppEnv>()
  .get('/review', async (c) => reviewPage(c, await seminarOf(c)))
  .get('/:invitation/preview', async (c) => {
    const mail = await renderFor(c, await seminarOf(c), c.req.param('invitation'))
    return answerMailHtml(
      c,
      replaceMarks(mail.html, () => '#'),
      false,
    )
  })
  .post('/send', async (c) => {
    await readForm(c)
    const seminar = await seminarOf(c)
    const sent = await transaction(c.var.services.db, (trx) =>
      sendInvitations(trx, memberContext(c), seminar.organization_id, seminar.id, 'all'),
    )
    return c.redirect(invitationsHref(c, seminar, toldQuery('sent', sent)), 303)
  })

/** The invitation's mail as it would go out now. Without an address it is shown all the same: the letter says the same. */
async function renderFor(c: Context<AppEnv>, seminar: SeminarRow, id: string) {
  const { db } = c.var.services
  const invitation = await getInvitation(db, seminar.organization_id, seminar.id, id)
  const batch = openBatch(await getEventDetails(db, seminar.organization_id, seminar.id), memberContext(c))
  const email = isMailable(invitation.email) ? invitation.email : 'nobody@example.invalid'
  return invitationMail(batch, { ...invitation, email }, seminar.sequence)
}

async function reviewPage(c: Context<AppEnv>, seminar: SeminarRow): Promise<Response> {
  const { page, services } = c.var
  const { db } = services
  const { t } = page
  const { organization_id: organizationId, id } = seminar
  const [counts, bare, drafts] = await Promise.all([
    countByState(db, organizationId, id),
    listDraftsWithoutAddress(db, organizationId, id),
    listDrafts(db, organizationId, id),
  ])
  const shown =
    drafts.find((draft) => draft.id === c.req.query('as')) ?? drafts.find((draft) => draft.email !== null) ?? drafts[0]
  const base = invitationsHref(c, seminar)
  const mailed = counts.draft - bare.total
  const open = seminar.state === 'scheduled' && (seminar.starts_at === null || seminar.starts_at > page.now)
  const subject = shown ? (await renderFor(c, seminar, shown.id)).subject : ''
  return answerPage(c, seminar, {
    title: t('invitations:review'),
    children: (
      <>
        <BackToList page={page} href={base} />
        {shown ? (
          <div class="review">
            <section>
              <h2>{t('invitations:review.ready', { count: counts.draft })}</h2>
              <p>{t('invitations:review.mailed', { count: mailed })}</p>
              {open && mayEdit(c) ? (
                <form method="post" action={`${base}/send`} class="actions">
                  <button class="btn primary" type="submit">
                    {t('invitations:review.send', { count: counts.draft })}
                  </button>
                </form>
              ) : (
                <NotOpen
                  page={page}
                  seminar={seminar}
                  schedule={page.href(seminarPath(c.var.member, seminar.id, '/schedule'))}
                />
              )}
              <WithoutAddress page={page} bare={bare} base={base} />
            </section>
            <section class="as-seen">
              <h2>{t('invitations:review.preview')}</h2>
              <ShownAs page={page} drafts={drafts} shown={shown.id} more={counts.draft > drafts.length} />
              <p class="muted small">{t('invitations:review.subject', { subject })}</p>
              <MailFrame page={page} src={`${base}/${shown.id}/preview`} subject={subject} links={false} />
            </section>
          </div>
        ) : (
          <div class="empty">
            <strong>{t('invitations:review.none')}</strong>
            {t('invitations:review.none.text')}
          </div>
        )}
      </>
    ),
  })
}

function NotOpen({ page: { t }, seminar, schedule }: { page: Page; seminar: SeminarRow; schedule: string }) {
  const draft = seminar.state === 'draft' || seminar.state === 'postponed'
  return (
    <div class="notice late">
      <p>{t(draft ? 'invitations:review.draft' : 'invitations:review.over')}</p>
      {draft ? (
        <p class="actions">
          <a class="btn primary" href={schedule}>
            {t('invitations:review.schedule')}
          </a>
        </p>
      ) : null}
    </div>
  )
}

/** Those mail cannot reach: their link is opened with the others, to be printed or copied. */
function WithoutAddress({
  page,
  bare,
  base,
}: {
  page: Page
  bare: Awaited<ReturnType<typeof listDraftsWithoutAddress>>
  base: string
}) {
  const { t, locale } = page
  if (!bare.total) return null
  return (
    <section class="bare">
      <h3>{t('invitations:review.bare', { count: bare.total })}</h3>
      <p class="muted small">{t('invitations:review.bare.text')}</p>
      <ul class="names">
        {bare.rows.map((row) => (
          <li>
            <a href={`${base}/${row.id}`}>{row.name}</a>
            <span class="sub">{[printedPositions(row, locale), row.phone].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
      {bare.total > bare.rows.length ? (
        <p class="small">{t('invitations:review.bare.more', { count: bare.total - bare.rows.length })}</p>
      ) : null}
    </section>
  )
}

function ShownAs({
  page,
  drafts,
  shown,
  more,
}: {
  page: Page
  drafts: Awaited<ReturnType<typeof listDrafts>>
  shown: string
  more: boolean
}) {
  const { t } = page
  return (
    <form class="filters" method="get">
      <label>
        <span class="visually-hidden">{t('invitations:review.as')}</span>
        <select name="as">
          {drafts.map((draft) => (
            <option value={draft.id} selected={draft.id === shown}>
              {draft.name}
              {draft.email ? '' : ` – ${t('invitations:address.none')}`}
            </option>
          ))}
          {more ? <option disabled>…</option> : null}
        </select>
      </label>
      <button class="btn" type="submit">
        {t('invitations:review.as.show')}
      </button>
    </form>
  )
}
