import { addToCalendarLinks } from '../../features/calendar/links.ts'
import { isMailable } from '../../features/invitations/emails/invitation.ts'
import type { AnswerState } from '../../features/invitations/schema.ts'
import { shortDateTime, wallTime } from '../../text/dates.ts'
import { upperFirst } from '../../text/fold.ts'
import { type InvitationPageProps, wordsOf } from './invitation-props.ts'

const COLOUR: Record<AnswerState, string> = {
  accepted: 'yes',
  online: 'yes',
  substituted: 'yes',
  waitlisted: 'late',
  substitute_pending: 'late',
  declined: 'no',
}

/** Where things stand: why no answer is taken any more, what was answered, what comes next. */
export function InvitationState(props: InvitationPageProps) {
  const { view, refused, page } = props
  return (
    <>
      {refused ? (
        <p class="notice bad" role="alert">
          {page.t('delegate:refused')}
        </p>
      ) : null}
      {view.closed ? <Closed {...props} /> : null}
      {view.closed === 'invitation_withdrawn' ? null : <Answered {...props} />}
    </>
  )
}

function Closed(props: InvitationPageProps) {
  const { page, view } = props
  const { t, href } = page
  const { event } = view.details
  const note = view.closed === 'seminar_postponed' || view.closed === 'seminar_cancelled' ? event.postponed_note : null
  const leadsOn =
    (view.closed === 'seminar_over' || view.closed === 'seminar_postponed') && event.visibility !== 'private'
  return (
    <div
      class={`notice ${view.closed === 'seminar_cancelled' || view.closed === 'invitation_withdrawn' ? 'bad' : 'late'}`}
    >
      <p>
        <strong>{t(`delegate:closed.${view.closed as NonNullable<typeof view.closed>}`, wordsOf(props))}</strong>
      </p>
      <p>{t(`delegate:closed.${view.closed as NonNullable<typeof view.closed>}.text`, wordsOf(props))}</p>
      {note ? <p>{note}</p> : null}
      {leadsOn ? (
        <p>
          <a href={href(`/s/${event.slug}`)}>{t('delegate:page', wordsOf(props))}</a>
        </p>
      ) : null}
    </div>
  )
}

function Answered(props: InvitationPageProps) {
  const { page, view } = props
  const { t } = page
  const { invitation, substitution, details } = view
  const words = wordsOf(props)
  if (invitation.answer === null) {
    return substitution?.state === 'declined' ? (
      <div class="notice late">
        <p>
          <strong>{t('delegate:substitute.refused', { ...words, name: substitution.name })}</strong>
        </p>
        {substitution.decision_note ? <p>{substitution.decision_note}</p> : null}
      </div>
    ) : null
  }
  const state = invitation.answer as AnswerState
  return (
    <section class={`notice answered ${COLOUR[state]}`}>
      <p>
        <strong>{upperFirst(saidText(props, state))}</strong>
      </p>
      {state === 'online' && details.event.online_url ? (
        <p>
          <a href={details.event.online_url}>{details.event.online_url}</a>
        </p>
      ) : null}
      {invitation.reason ? <p>{t('delegate:said.reason', { reason: invitation.reason })}</p> : null}
      {invitation.note ? <p>{t('delegate:said.note', { note: invitation.note })}</p> : null}
      <p class="small muted">
        {t('delegate:said.at', {
          time: shortDateTime(wallTime(invitation.answered_at as Date, details.event.timezone), page.locale),
        })}
      </p>
      <Calendar {...props} state={state} />
    </section>
  )
}

function saidText({ page, view, ...rest }: InvitationPageProps, state: AnswerState): string {
  const { t } = page
  const words = { ...wordsOf({ page, view, ...rest }), name: view.substitution?.name ?? '', n: view.lineNo ?? 0 }
  if (state === 'substituted')
    return t(
      view.details.event.substitute_policy === 'consent'
        ? 'delegate:said.substituted.agreed'
        : 'delegate:said.substituted',
      words,
    )
  if (state === 'waitlisted')
    return `${t('delegate:said.waitlisted', words)} ${t(`delegate:told.${toldBy(view)}`, words)}`
  return t(`delegate:said.${state}`, words)
}

/** How they will be told: nobody is promised a letter where none can go. */
function toldBy({ invitation }: InvitationPageProps['view']): 'letter' | 'telephone' | 'page' {
  if (isMailable(invitation.email)) return 'letter'
  return invitation.phone ? 'telephone' : 'page'
}

/** Offered to those who come; the file is public where the seminar is, else it lies behind the link. */
function Calendar({ page, view, base, calendar, state }: InvitationPageProps & { state: AnswerState }) {
  const comes = state === 'accepted' || state === 'online' || state === 'waitlisted'
  if (
    !comes ||
    !calendar ||
    view.closed === 'seminar_cancelled' ||
    view.closed === 'seminar_postponed' ||
    view.closed === 'seminar_over'
  )
    return null
  const { event } = view.details
  const own = base.includes('/i/') ? `${base}/event.ics?cookie=none` : `${base}/event.ics`
  const links = addToCalendarLinks(
    calendar,
    event.visibility === 'private' ? `${page.origin}${own}` : `${page.origin}/s/${event.slug}/event.ics`,
  )
  const { t } = page
  return (
    <p class="calendar">
      <span class="small muted">{t('delegate:calendar')}</span>
      <a class="btn small" href={links.google} rel="noopener noreferrer" target="_blank">
        Google
      </a>
      <a class="btn small" href={links.outlook} rel="noopener noreferrer" target="_blank">
        Outlook
      </a>
      <a class="btn small" href={links.apple}>
        Apple
      </a>
      <a class="btn small" href={links.file} download>
        {t('delegate:calendar.file')}
      </a>
    </p>
  )
}
