import { type Context, Hono } from 'hono'
import type { AppEnv, Page } from '../../../env.ts'
import { sendTestLetter, type Tested } from '../../../features/mail/commands/test-letter.ts'
import { findRefusedTest } from '../../../features/mail/queries/line.ts'
import { senderOf } from '../../../features/mail/rules.ts'
import { getOrganization } from '../../../features/organizations/queries.ts'
import { type ConsoleCounts, ConsoleLayout } from '../../components/console-layout.tsx'
import { stopText } from '../../components/mail-stop.tsx'
import { readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { moment } from '../mail/state.tsx'
import { SettingsHead, settingsPath } from './settings-head.tsx'

/** Whether letters leave, and a test of it: the server's own words at once. */
export const mailPages = new Hono<AppEnv>()
  .get('/mail', (c) => mailPage(c))
  .post('/mail/test', async (c) => {
    await readForm(c)
    const { member, services } = c.var
    const organization = await getOrganization(services.db, member.organization.id)
    const to = { name: member.name, address: member.email }
    return mailPage(c, await sendTestLetter(services, memberContext(c), organization, to))
  })

async function mailPage(c: Context<AppEnv>, tested?: Tested) {
  const { page, member, services } = c.var
  const { t } = page
  const [framed, organization, refused] = await Promise.all([
    frame(c, 'settings'),
    getOrganization(services.db, member.organization.id),
    services.mailer.kind === 'smtp' ? findRefusedTest(services.db, member.organization.id) : undefined,
  ])
  const { mailStop: stop, mailWaiting: waiting } = framed.counts
  const from = senderOf(organization, services.config.mailFrom)
  return c.html(
    <ConsoleLayout
      {...framed}
      counts={unalarmed(framed.counts)}
      title={`${t('mail:way.title')} – ${organization.name}`}
    >
      <SettingsHead page={page} member={member} tab="mail" />
      {tested ? <Result page={page} tested={tested} /> : null}
      <dl class="facts roomy after-tabs">
        <dt>{t('mail:way.state')}</dt>
        <dd>
          {stop ? (
            <>
              <strong>{stopText({ page, member, stop, waiting })}</strong>
              <p>{t(stop.stage === 'none' ? 'mail:way.none.text' : 'mail:way.stopped.text')}</p>
              {stop.stage === 'none' ? null : (
                <p class="muted">
                  {t(`mail:way.stage.${stop.stage}`)}.{' '}
                  {t('mail:way.next', { time: moment(page, member.organization.timezone, stop.nextProbeAt) })}
                </p>
              )}
            </>
          ) : refused ? (
            <>
              <strong>
                {t('mail:way.doubt', { time: moment(page, member.organization.timezone, refused.at), to: refused.to })}
              </strong>
              {tested ? null : (
                <p>
                  <q class="reply">{refused.reply}</q>
                </p>
              )}
              <p class="muted">{t('mail:way.doubt.text')}</p>
            </>
          ) : (
            t(services.mailer.kind === 'mailbox' ? 'mail:way.mailbox' : 'mail:way.flows')
          )}
        </dd>
        <dt>{t('mail:way.from')}</dt>
        <dd>
          {from.name} <span class="muted">{from.address}</span>
        </dd>
        <dt>{t('mail:way.waiting')}</dt>
        <dd>
          <a href={page.href(`/console/${member.organization.slug}/mail?state=queued`)}>
            {t('mail:way.waiting.count', { count: waiting })}
          </a>
        </dd>
      </dl>
      {member.role === 'viewer' ? null : (
        <form class="form after" method="post" action={page.href(settingsPath(member, 'mail', '/test'))}>
          <h2>{t('mail:way.test')}</h2>
          <p>{t('mail:way.test.text', { address: member.email })}</p>
          <div class="actions">
            <button class="btn" type="submit">
              {t('mail:way.test.do')}
            </button>
          </div>
        </form>
      )}
    </ConsoleLayout>,
  )
}

/** The alarm at the top of every page would say here what stands below it. */
const unalarmed = (counts: ConsoleCounts): ConsoleCounts =>
  counts.mailStop ? { ...counts, mailStop: undefined, mailStuck: false } : counts

/** How a test went, in the server's own words. */
function Result({ page: { t }, tested }: { page: Page; tested: Tested }) {
  if (tested.outcome === 'no_way')
    return (
      <div class="notice bad after-tabs" role="alert">
        <p>{t('mail:way.test.none')}</p>
      </div>
    )
  const sent = tested.outcome === 'sent'
  const silent = /^EABORT|^ETIMEDOUT|aborted/.test(tested.reply)
  return (
    <div class={`notice after-tabs ${sent ? 'yes' : 'bad'}`} role={sent ? 'status' : 'alert'}>
      <p>
        <strong>{t(sent ? 'mail:way.test.sent' : 'mail:way.test.refused', { address: tested.to })}</strong>
      </p>
      <p>
        {sent ? '' : `${silent ? t('mail:way.silent') : t(`mail:way.stage.${tested.stage}`)}: `}
        <q class="reply">{tested.reply}</q>
      </p>
    </div>
  )
}
