import type { Page } from '../../../env.ts'
import { printedPositions } from '../../../features/invitations/emails/parts.ts'
import type { CallRow } from '../../../features/invitations/queries/calls.ts'
import type { EventRow } from '../../../features/invitations/queries/event.ts'
import { recordedOutcomes } from '../../../features/invitations/schema.ts'
import { relativeDays, shortDateTime, wallTime } from '../../../text/dates.ts'
import { dialled } from '../../../text/phones.ts'

export interface CardProps {
  page: Page
  row: CallRow
  /** The seminar's address in the console. */
  base: string
  event: EventRow
  words: string[]
  mayEdit: boolean
  /** Whether what to say and the answers stand open at once. */
  isFirst: boolean
  back: 'all' | 'seminar'
}

/** One person to telephone: who, the number to press, what to say, and how it went. */
export function CallCard(props: CardProps) {
  const { page, row, base, words } = props
  const { t, locale } = page
  const one = `${base}/invitations/${row.invitation_id}`
  return (
    <li class="call" id={`call-${row.id}`}>
      <header>
        <h3>
          <a href={one}>{row.name}</a>
        </h3>
        <p class="small muted">{printedPositions(row, locale)}</p>
        <p class="small">
          <strong>{row.reasons.map((reason) => t(`invitations:call.reason.${reason}`)).join('; ')}</strong>
          {row.is_open ? <span class="muted"> · {since(page, row)}</span> : null}
        </p>
      </header>
      <Dial {...props} one={one} />
      <Standing page={page} row={row} />
      {row.is_open || (props.mayEdit && mayRecord(row)) ? (
        <details class="talk" name="call" open={props.isFirst && row.is_open}>
          <summary>
            {t(
              !row.is_open
                ? 'invitations:call.fold.mend'
                : props.mayEdit
                  ? 'invitations:call.fold'
                  : 'invitations:call.fold.read',
            )}
            <span class="visually-hidden">: {row.name}</span>
          </summary>
          <div>
            {row.is_open ? <Say page={page} row={row} words={words} /> : <span />}
            {props.mayEdit ? <Record {...props} one={one} /> : null}
          </div>
        </details>
      ) : null}
    </li>
  )
}

/** What to say, in the language of whom it is for. */
function Say({ page, row, words }: Pick<CardProps, 'page' | 'row' | 'words'>) {
  return (
    <div class="say">
      {row.locale === page.locale ? null : <p class="small muted">{page.t('invitations:call.language')}</p>}
      <blockquote lang={row.locale}>
        {words.map((line) => (
          <p>{line}</p>
        ))}
      </blockquote>
    </div>
  )
}

/** An answer that came by itself is not changed here. */
const mayRecord = (row: CallRow) => !['answered', 'letter', 'moot'].includes(row.outcome ?? '')

function since(page: Page, row: CallRow): string {
  const when = relativeDays(wallTime(row.created_at, row.timezone), wallTime(page.now, row.timezone), page.locale)
  return page.t('invitations:call.since', { when })
}

/** The number, to be pressed; of a substitute their invitee's. Without one, the way to add it. */
function Dial({ page: { t }, row, one, mayEdit }: CardProps & { one: string }) {
  const number = dialled(row.phone)
  return (
    <p class="dial">
      {row.phone === null ? (
        mayEdit && row.status !== 'withdrawn' ? (
          <a class="btn" href={`${one}?edit#edit`}>
            {t('invitations:call.mend')}
          </a>
        ) : (
          <span class="muted">{t('invitations:call.noNumber')}</span>
        )
      ) : number ? (
        <a class="btn primary" href={`tel:${number}`}>
          {row.phone}
        </a>
      ) : (
        <strong>{row.phone}</strong>
      )}
      {row.substitution_id ? (
        <span class="small muted">{t('invitations:call.through', { invitee: row.invitee })}</span>
      ) : null}
    </p>
  )
}

/** How it went last, by whom. */
function Standing({ page, row }: { page: Page; row: CallRow }) {
  const { t, locale } = page
  if (row.outcome === null || row.recorded_at === null) return null
  const time = shortDateTime(wallTime(row.recorded_at, row.timezone), locale)
  return (
    <p class="small went">
      <span class={`state ${row.is_open ? 'late' : 'yes'}`}>
        {t(`invitations:call.outcome.${row.outcome}`, { count: row.tries })}
      </span>
      <span class="muted">{[time, row.recorded_by].filter(Boolean).join(' · ')}</span>
      {row.note ? <span class="note">{row.note}</span> : null}
    </p>
  )
}

/** How it went: what they answered, or how they were told. */
function Record({ page, row, base, event, back, one }: CardProps & { one: string }) {
  const { t } = page
  if (!mayRecord(row)) return null
  const answers =
    row.is_open && row.substitution_id === null && row.status === 'sent' && event.state === 'scheduled'
      ? (['attend', ...(event.online_offered ? (['attend_online'] as const) : []), 'decline'] as const)
      : []
  const button = (value: (typeof answers)[number] | (typeof recordedOutcomes)[number]) => (
    <button class="btn small" type="submit" name="do" value={value}>
      {t(`invitations:call.do.${value}`)}
    </button>
  )
  return (
    <form class="record no-print" method="post" action={`${base}/calls/${row.id}`}>
      <input type="hidden" name="version" value={row.version} />
      <input type="hidden" name="back" value={back} />
      <label class="small muted" for={`note-${row.id}`}>
        {t('invitations:call.note')}
      </label>
      <input id={`note-${row.id}`} type="text" name="note" maxlength={500} autocomplete="off" />
      <div class="actions">
        {answers.map(button)}
        {recordedOutcomes.filter((outcome) => row.is_open || outcome !== row.outcome).map(button)}
      </div>
      {answers.length && event.substitute_policy !== 'none' ? (
        <a class="small" href={`${one}?record#record`}>
          {t('invitations:call.do.substitute')}
        </a>
      ) : null}
    </form>
  )
}
