import type { Page } from '../../env.ts'
import { answerUntil, printedPositions } from '../../features/invitations/emails/parts.ts'
import { contactOf, type EventDetails, hostPhrase, organizationName } from '../../features/invitations/queries/event.ts'
import type { SubstitutePolicy } from '../../features/invitations/schema.ts'
import { seminarTitle, seminarVenue } from '../../features/seminars/queries.ts'
import { clock, shortDateTime, timeRange, zoneInWords } from '../../text/dates.ts'
import { AnswerFields } from '../components/answer-fields.tsx'
import { DelegateLayout } from '../layout.tsx'
import { type InvitationPageProps, wordsOf } from './invitation-props.ts'
import { InvitationState } from './invitation-state.tsx'

/** Who is invited to what, by whom, when, where; one question; then what was answered. Fits one phone screen. */
export function InvitationPage(props: InvitationPageProps) {
  const { page, view, base } = props
  const { t, locale } = page
  const { event } = view.details
  const title = seminarTitle(event, locale)
  const over = view.closed === 'invitation_withdrawn'
  return (
    <DelegateLayout
      page={page}
      name={organizationName(event, locale)}
      hue={event.org_accent_hue}
      title={t('delegate:title', { title })}
      islands={['opened']}
    >
      <div data-opened={over ? undefined : `${base}/opened`}>
        <Salutation {...props} />
        <h1>{title}</h1>
        {over ? null : <Facts page={page} details={view.details} />}
        <InvitationState {...props} />
        <Question {...props} />
        <Notes {...props} />
      </div>
    </DelegateLayout>
  )
}

function Salutation({ page, view }: InvitationPageProps) {
  const { t, locale } = page
  const { invitation, details } = view
  const words = wordsOf({ page, view })
  const positions = printedPositions(invitation, locale)
  const asks =
    view.closed !== 'invitation_withdrawn' && view.closed !== 'seminar_cancelled' && view.closed !== 'seminar_postponed'
  return (
    <>
      <p class="to">
        <span class="muted">{t('delegate:to', words)}</span> <strong>{invitation.name}</strong>
        {positions ? <span class="muted positions">{positions}</span> : null}
      </p>
      {asks ? <p class="ask">{t('delegate:invites', { ...words, host: hostPhrase(details.event, locale) })}</p> : null}
    </>
  )
}

function Facts({ page, details }: { page: Page; details: EventDetails }) {
  const { t, locale } = page
  const { event, chairs, receptionLocal } = details
  const venue = seminarVenue(event, locale)
  const aside = [
    receptionLocal ? t('delegate:reception', { time: clock(receptionLocal, locale) }) : '',
    event.starts_local ? zoneInWords(event.timezone, event.starts_local, locale) : '',
  ].filter(Boolean)
  return (
    <dl class="facts">
      <dt>{t('delegate:time')}</dt>
      <dd>
        {event.starts_local && event.ends_local ? (
          <>
            <strong>
              {isLong(event.starts_local, event.ends_local)
                ? timeRange(event.starts_local, event.ends_local, locale)
                : shortDateTime(event.starts_local, locale)}
            </strong>
            <span class="muted small sub">{aside.join(' · ')}</span>
          </>
        ) : (
          t('delegate:time.open')
        )}
      </dd>
      {venue ? (
        <>
          <dt>{t('delegate:venue')}</dt>
          <dd>{venue}</dd>
        </>
      ) : null}
      {chairs.length ? (
        <>
          <dt>{t('delegate:chairs')}</dt>
          <dd>{chairs.map((chair) => chair.name).join(', ')}</dd>
        </>
      ) : null}
    </dl>
  )
}

/** Over more than one day the end is said too. */
function isLong(starts: string, ends: string): boolean {
  return starts.slice(0, 10) !== ends.slice(0, 10)
}

function Question(props: InvitationPageProps) {
  const { page, view, form, closedForm } = { ...props, closedForm: props.view.closed !== null }
  if (closedForm) return null
  const { t } = page
  if (view.invitation.answer === null)
    return <AnswerForm {...props} legend={t('delegate:rsvp.lead', wordsOf(props))} primary />
  return (
    <details class="change" open={form.errors.length > 0}>
      <summary>{t('delegate:change')}</summary>
      <AnswerForm {...props} legend={t('delegate:rsvp.lead', wordsOf(props))} primary={false} />
    </details>
  )
}

function AnswerForm({
  page,
  view,
  linkRef,
  base,
  form,
  legend,
  primary,
}: InvitationPageProps & { legend: string; primary: boolean }) {
  const { event } = view.details
  const choices = {
    online: event.online_offered,
    substitute: event.substitute_policy as SubstitutePolicy,
    reasonRequired: true,
  }
  return (
    <form method="post" action={base}>
      <input type="hidden" name="ref" value={linkRef} />
      <AnswerFields page={page} form={form} choices={choices} legend={legend} voice="delegate" />
      <button class={primary ? 'btn primary send' : 'btn send'} type="submit">
        {page.t('delegate:rsvp.submit')}
      </button>
    </form>
  )
}

function Notes(props: InvitationPageProps) {
  const { page, view } = props
  const { t, href, locale, now } = page
  const { event } = view.details
  const until = view.closed === null ? answerUntil(event, now, locale) : null
  const contact = contactOf(event)
  return (
    <footer class="small muted notes">
      <p>
        {until ? <span>{t('delegate:changeUntil', { deadline: until })} </span> : null}
        {contact ? <span>{t('delegate:contact', { contact })}</span> : null}
      </p>
      <p>
        {t('delegate:privacy', { ...wordsOf(props), controller: organizationName(event, locale) })}{' '}
        <a href={href('/privacy')}>{t('common:nav.privacy')}</a>
      </p>
    </footer>
  )
}
