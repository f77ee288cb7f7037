import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { replaceMarks } from '../../../features/mail/rules.ts'
import { remindLate } from '../../../features/presentations/commands/remind.ts'
import { speechMail, speechTopic } from '../../../features/presentations/emails.ts'
import { listLate } from '../../../features/presentations/queries/reminders.ts'
import { getSeminarSpeech, type SpeechRow } from '../../../features/presentations/queries.ts'
import { getSeminar, seminarName } from '../../../features/seminars/queries.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { answerMailHtml, MailFrame } from '../../components/mail-view.tsx'
import { timeText } from '../../components/versions.tsx'
import { readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { SeminarFrame, seminarPath } from '../seminars/frame.tsx'
import { seminarId } from './board.tsx'
import { LateMark } from './marks.tsx'

/** All late speakers at once: whom it would reach, the letter as they get it, then one button sends it. */
export const remindPages = new Hono<AppEnv>()
  .get('/remind', requireRole('organizer'), (c) => review(c))
  .post('/remind', async (c) => {
    const { all } = await readForm(c)
    const { organization } = c.var.member
    const sent = await transaction(c.var.services.db, (trx) =>
      remindLate(trx, memberContext(c), organization.id, seminarId(c), all.getAll('speech')),
    )
    return c.redirect(`${base(c)}?reminded=${sent}`, 303)
  })
  .get('/:speech/reminder', requireRole('organizer'), async (c) => {
    const { db } = c.var.services
    const speech = await getSeminarSpeech(db, c.var.member.organization.id, seminarId(c), c.req.param('speech'))
    const mail = await speechMail(db, memberContext(c), speech, 'speech_overdue')
    if (!mail) throw new DomainError('not_found')
    return answerMailHtml(
      c,
      replaceMarks(mail.html, () => '#'),
      false,
    )
  })

function base(c: Context<AppEnv>): string {
  return c.var.page.href(seminarPath(c.var.member, seminarId(c), '/presentations'))
}

async function review(c: Context<AppEnv>) {
  const { page, member, services } = c.var
  const { db } = services
  const { t } = page
  const seminar = await getSeminar(db, member.organization.id, seminarId(c))
  const { mailed, left } = await listLate(db, member.organization.id, seminar.id)
  const [first] = mailed
  const letter = first ? await speechMail(db, memberContext(c), first, 'speech_overdue') : null
  const open = seminar.state !== 'cancelled'
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      title={`${t('presentations:remind.title')} · ${seminarName(seminar, page.locale)}`}
    >
      <SeminarFrame page={page} member={member} seminar={seminar} tab="presentations">
        <p class="small crumbs">
          <a href={base(c)}>{t('presentations:remind.back')}</a>
        </p>
        <h2 class="page-title">{t('presentations:remind.title')}</h2>
        {open ? null : <p class="notice late">{t('presentations:remind.cancelled')}</p>}
        {first && letter && open ? (
          <div class="review">
            <section>
              <h3>{t('presentations:remind.count', { count: mailed.length })}</h3>
              <p class="muted">{t('presentations:remind.text')}</p>
              <LateList page={page} base={base(c)} rows={mailed} />
              <form method="post" action={`${base(c)}/remind`} class="actions">
                {mailed.map((row) => (
                  <input type="hidden" name="speech" value={row.id} />
                ))}
                <button class="btn primary" type="submit">
                  {t('presentations:remind.send', { count: mailed.length })}
                </button>
                <a class="btn quiet" href={base(c)}>
                  {t('common:cancel')}
                </a>
              </form>
              <Left page={page} base={base(c)} rows={left} />
            </section>
            <section class="as-seen">
              <h3>{t('presentations:remind.preview')}</h3>
              <p class="muted small">{t('presentations:remind.subject', { subject: letter.subject })}</p>
              <MailFrame page={page} src={`${base(c)}/${first.id}/reminder`} subject={letter.subject} links={false} />
            </section>
          </div>
        ) : (
          <>
            {open ? (
              <div class="empty">
                <strong>{t('presentations:remind.none')}</strong>
                {t('presentations:remind.none.text')}
              </div>
            ) : null}
            <Left page={page} base={base(c)} rows={left} />
          </>
        )}
      </SeminarFrame>
    </ConsoleLayout>,
  )
}

function LateList({ page, base, rows }: { page: Page; base: string; rows: SpeechRow[] }) {
  return (
    <ul class="late-list">
      {rows.map((row) => (
        <li>
          <a href={`${base}/${row.id}`}>{row.name}</a>
          <LateMark page={page} speech={row} />
          <span class="sub">{speechTopic(row, page.locale)}</span>
          <span class="sub">{row.email}</span>
        </li>
      ))}
    </ul>
  )
}

/** Late ones whom no letter reaches now, and why. */
function Left({ page, base, rows }: { page: Page; base: string; rows: SpeechRow[] }) {
  const { t } = page
  if (!rows.length) return null
  return (
    <section class="bare">
      <h3>{t('presentations:remind.left', { count: rows.length })}</h3>
      <ul class="late-list">
        {rows.map((row) => (
          <li>
            <a href={`${base}/${row.id}`}>{row.name}</a>
            <LateMark page={page} speech={row} />
            <span class="sub">
              {row.email !== null && row.reminded_at
                ? t('presentations:remind.left.recent', { time: timeText(page, row.reminded_at, row.timezone) })
                : t('presentations:remind.left.noEmail')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
