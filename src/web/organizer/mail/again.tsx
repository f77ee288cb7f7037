import { Hono } from 'hono'
import { z } from 'zod'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { sendBouncedAgain } from '../../../features/mail/commands/again.ts'
import { planAgain } from '../../../features/mail/queries/again.ts'
import { getSeminar, seminarName } from '../../../features/seminars/queries.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { frame } from '../frame.ts'

const scope = z.object({ seminar: z.uuid().optional().catch(undefined) })
const left = ['replaced', 'link', 'over'] as const

/** Everything that did not arrive is sent again in one act, after what that means is shown. */
export const againPages = new Hono<AppEnv>()
  .get('/again', async (c) => {
    const { page, member, services } = c.var
    const { t, href } = page
    const { id: organizationId, slug } = member.organization
    const { seminar: seminarId } = scope.parse(c.req.query())
    const seminar = seminarId ? await getSeminar(services.db, organizationId, seminarId) : undefined
    const [framed, plan] = await Promise.all([
      frame(c, 'mail'),
      planAgain(services.db, organizationId, seminarId ?? null),
    ])
    const stop = framed.counts.mailStop
    return c.html(
      <ConsoleLayout {...framed} title={t('mail:again.title')}>
        <header class="head">
          <div>
            <p class="small">
              <a href={href(`/console/${slug}/mail`)}>{t('mail:back')}</a>
            </p>
            <h1>{t('mail:again.title')}</h1>
            <p class="muted">
              {seminar ? t('mail:again.of', { seminar: seminarName(seminar, page.locale) }) : t('mail:again.all')}
            </p>
          </div>
        </header>
        <form class="form" method="post" action={href(`/console/${slug}/mail/again`)}>
          {seminarId ? <input type="hidden" name="seminar" value={seminarId} /> : null}
          <p>
            <strong>{t(stop ? 'mail:again.stopped' : 'mail:again.ready', { count: plan.ready })}</strong>
          </p>
          {plan.dead ? (
            <>
              <p>
                {t('mail:again.dead', { count: plan.dead })}{' '}
                <a href={href(`/console/${slug}/mail?state=bounced${seminarId ? `&seminar=${seminarId}` : ''}`)}>
                  {t('mail:again.dead.see')}
                </a>
              </p>
              <label class="check">
                <input type="checkbox" name="dead" value="yes" /> {t('mail:again.dead.too', { count: plan.dead })}
              </label>
            </>
          ) : null}
          {left.some((why) => plan[why]) ? (
            <ul class="muted">
              {left.map((why) => (plan[why] ? <li>{t(`mail:again.${why}`, { count: plan[why] })}</li> : null))}
            </ul>
          ) : null}
          {member.role !== 'viewer' && plan.ready + plan.dead > 0 ? (
            <div class="actions">
              <button class="btn primary" type="submit">
                {t('mail:again.do')}
              </button>
              <a class="btn" href={href(`/console/${slug}/mail`)}>
                {t('common:cancel')}
              </a>
            </div>
          ) : null}
        </form>
      </ConsoleLayout>,
    )
  })
  .post('/again', async (c) => {
    const { values } = await readForm(c)
    const { member, services, page } = c.var
    const { seminar } = scope.parse(values)
    const sent = await transaction(services.db, (trx) =>
      sendBouncedAgain(trx, memberContext(c), member.organization.id, {
        seminarId: seminar ?? null,
        deadToo: values.dead === 'yes',
      }),
    )
    const query = seminar ? `?seminar=${seminar}&again=${sent}` : `?again=${sent}`
    return c.redirect(page.href(`/console/${member.organization.slug}/mail${query}`), 303)
  })
