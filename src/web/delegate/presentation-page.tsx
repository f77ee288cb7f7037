import type { Child } from 'hono/jsx'
import type { Page } from '../../env.ts'
import { contactOf, type EventRow, organizationName } from '../../features/invitations/queries/event.ts'
import { deliveryText, speechTopic } from '../../features/presentations/emails.ts'
import type { UploadRow } from '../../features/presentations/queries/uploads.ts'
import type { SpeechRow, VersionRow } from '../../features/presentations/queries.ts'
import { isLate, mayTake } from '../../features/presentations/rules.ts'
import type { PresentationState } from '../../features/presentations/schema.ts'
import { seminarTitle } from '../../features/seminars/queries.ts'
import { clock, date, deadline, shortDateTime, wallTime } from '../../text/dates.ts'
import { upperFirst } from '../../text/fold.ts'
import { honorific } from '../../text/honorifics.ts'
import { quoted } from '../../text/numbers.ts'
import { type FormState, TextArea, TextField } from '../components/form.tsx'
import { UnfinishedUploads } from '../components/unfinished-uploads.tsx'
import { type RefusedFile, RefusedFiles, UploadForm } from '../components/upload-form.tsx'
import { Versions } from '../components/versions.tsx'
import { DelegateLayout } from '../layout.tsx'

export interface SpeechPageProps {
  page: Page
  speech: SpeechRow
  event: EventRow
  versions: VersionRow[]
  /** What this speaker has on its way. */
  uploads: UploadRow[]
  base: string
  maxBytes: number
  form: FormState
  refused: RefusedFile[]
  accepted: number
  moved: boolean
  justReceived: boolean
}

/** What is asked of a speaker, where it stands, and the one thing to do next. */
export function SpeechPage(props: SpeechPageProps) {
  const { page, speech, event, refused, accepted, moved } = props
  const { t, locale } = page
  const hon = honorific(event.org_honorific, speech.gender, locale)
  const topic = speechTopic(speech, locale)
  return (
    <DelegateLayout
      page={page}
      name={organizationName(event, locale)}
      hue={event.org_accent_hue}
      title={t('presentations:page.title', { topic })}
      islands={['upload']}
    >
      <p class="muted">{t('presentations:page.to', { hon })}</p>
      <p class="to">
        <strong>{speech.name}</strong>
        {speech.position ? (
          <>
            <br />
            <span class="muted">{speech.position}</span>
          </>
        ) : null}
      </p>
      <p class="ask">{t('presentations:page.ask', { hon })}</p>
      <h1>{quoted(topic)}</h1>
      <Facts page={page} speech={speech} event={event} />
      {moved ? (
        <p class="notice late" role="alert">
          {t('presentations:step.refused')}
        </p>
      ) : null}
      {refused.length ? <RefusedFiles page={page} refused={refused} accepted={accepted} /> : null}
      <Where {...props} hon={hon} />
      {mayTake('submit', speech.state as PresentationState) ? (
        <UnfinishedUploads
          page={page}
          uploads={props.uploads}
          timezone={speech.timezone}
          base={props.base}
          side="speaker"
        />
      ) : null}
      <Next {...props} hon={hon} />
      {props.versions.length ? (
        <section class="sent">
          <h2>{t('presentations:versions')}</h2>
          <Versions
            page={page}
            versions={props.versions}
            timezone={speech.timezone}
            base={`${props.base}/files`}
            view={false}
          />
        </section>
      ) : null}
    </DelegateLayout>
  )
}

function Facts({ page, speech, event }: Pick<SpeechPageProps, 'page' | 'speech' | 'event'>) {
  const { t, locale, now } = page
  const contact = contactOf(event)
  const due = speech.deadline_local && deadline(speech.deadline_local, wallTime(now, speech.timezone), locale)
  return (
    <dl class="facts pairs">
      {due ? (
        <>
          <dt>{t('presentations:fact.deadline')}</dt>
          <dd>
            <strong>{due}</strong>
          </dd>
        </>
      ) : null}
      <dt>{t('presentations:fact.delivery')}</dt>
      <dd>{deliveryText(speech, locale)}</dd>
      <dt>{t('presentations:fact.seminar')}</dt>
      <dd>
        {seminarTitle(event, locale)}
        {event.starts_local ? <span class="sub">{shortDateTime(event.starts_local, locale)}</span> : null}
      </dd>
      {contact ? (
        <>
          <dt>{t('presentations:fact.contact')}</dt>
          <dd>{contact}</dd>
        </>
      ) : null}
      {speech.reader_name ? (
        <>
          <dt>{t('presentations:fact.reader')}</dt>
          <dd>{speech.reader_name}</dd>
        </>
      ) : null}
    </dl>
  )
}

/** Where the paper stands, in words. */
function Where({ page, speech, hon, justReceived }: SpeechPageProps & { hon: string }) {
  const { t, locale, now } = page
  const state = speech.state as PresentationState
  const at = speech.latest_at && wallTime(speech.latest_at, speech.timezone)
  return (
    <>
      {justReceived && at && speech.latest_name !== null ? (
        <p class="notice yes" role="status">
          {t('presentations:upload.done', {
            file: speech.latest_name,
            time: clock(at, locale),
            date: date(at, locale),
          })}
        </p>
      ) : null}
      {state === 'requested' || state === 'returned' ? null : (
        <p class={state === 'approved' ? 'notice yes' : 'notice'}>{t(`presentations:page.${state}`, { hon })}</p>
      )}
      <ScanNotice page={page} speech={speech} hon={hon} />
      {state === 'returned' ? (
        <div class="notice late comment">
          <strong>{t('presentations:page.returned', { hon })}</strong>
          <p>{speech.comment}</p>
        </div>
      ) : null}
      {isLate({ state, deadlineAt: speech.deadline_at }, now) ? (
        <p class="notice late">{t('presentations:page.late')}</p>
      ) : null}
    </>
  )
}

/** A file that was locked away for a virus, with what to do; or one that waits for the scan. */
function ScanNotice({ page, speech, hon }: Pick<SpeechPageProps, 'page' | 'speech'> & { hon: string }) {
  const { t } = page
  const { locked_number: n, locked_name: file, locked_virus: virus, latest_number: kept } = speech
  if (n !== null && mayTake('submit', speech.state as PresentationState))
    return (
      <div class="notice late" role="alert">
        <p>{t('presentations:infected.page', { n, file: file ?? '', virus: virus ?? '' })}</p>
        <p>
          {t('presentations:infected.again', { hon })}
          {kept === null ? null : ` ${t('presentations:infected.kept', { n: kept })}`}
        </p>
      </div>
    )
  if (speech.latest_scan !== 'waiting') return null
  return <p class="notice">{upperFirst(t('presentations:scan.waiting.page', { hon }))}</p>
}

function Next(props: SpeechPageProps & { hon: string }) {
  const { page, speech, form, base, hon, maxBytes } = props
  const { t } = page
  const state = speech.state as PresentationState
  const asked = state === 'requested' || state === 'declined'
  const upload = (primary: boolean) => (
    <UploadForm
      page={page}
      base={base}
      maxBytes={maxBytes}
      primary={primary}
      label={speech.latest_number === null ? t('presentations:upload.title') : t('presentations:upload.again')}
    />
  )
  return (
    <>
      {asked ? (
        <form class="form" method="post" action={`${base}/accept`}>
          {state === 'requested' ? <p class="question">{t('presentations:page.question', { hon })}</p> : null}
          <button class="btn primary send" type="submit">
            {t('presentations:accept')}
          </button>
        </form>
      ) : null}
      {state === 'requested' ? (
        <Fold label={t('presentations:send.now')} open={props.uploads.length > 0}>
          {upload(false)}
        </Fold>
      ) : null}
      {state !== 'requested' && mayTake('submit', state) ? upload(state !== 'received' && state !== 'editing') : null}
      {state !== 'requested' && mayTake('submit', state) && speech.delivery === 'read' ? (
        <Fold label={t('presentations:page.reader')}>
          <form class="form" method="post" action={`${base}/reader`}>
            <Reader page={page} form={form} speech={speech} />
            <button class="btn" type="submit">
              {t('presentations:page.reader.save')}
            </button>
          </form>
        </Fold>
      ) : null}
      {state !== 'declined' && mayTake('decline', state) ? (
        <Fold label={t('presentations:decline.open')} open={form.errors.some((e) => e.field === 'reason')}>
          <form class="form" method="post" action={`${base}/decline`}>
            <TextArea
              t={t}
              form={form}
              name="reason"
              label={t('presentations:decline.reason')}
              rows={2}
              maxlength={500}
            />
            <button class="btn" type="submit">
              {t('presentations:decline')}
            </button>
          </form>
        </Fold>
      ) : null}
    </>
  )
}

function Reader({ page, form, speech }: Pick<SpeechPageProps, 'page' | 'form' | 'speech'>) {
  if (speech.delivery !== 'read') return null
  const shown =
    'readerName' in form.values ? form : { ...form, values: { ...form.values, readerName: speech.reader_name ?? '' } }
  const { t } = page
  return (
    <TextField
      t={t}
      form={shown}
      name="readerName"
      label={t('presentations:page.reader')}
      hint={t('presentations:page.reader.hint')}
      maxlength={120}
    />
  )
}

function Fold({ label, open, children }: { label: string; open?: boolean; children: Child }) {
  return (
    <details class="fold" open={open}>
      <summary>{label}</summary>
      {children}
    </details>
  )
}
