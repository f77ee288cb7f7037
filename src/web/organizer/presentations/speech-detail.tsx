import type { Page } from '../../../env.ts'
import { deliveryText, speechTopic } from '../../../features/presentations/emails.ts'
import type { UploadRow } from '../../../features/presentations/queries/uploads.ts'
import type { SpeechRow, VersionRow } from '../../../features/presentations/queries.ts'
import { mayTake, whoseTurn } from '../../../features/presentations/rules.ts'
import type { PresentationState } from '../../../features/presentations/schema.ts'
import type { AgendaItemRow } from '../../../features/seminars/queries/detail.ts'
import { hasText } from '../../../i18n.ts'
import { shortDateTime } from '../../../text/dates.ts'
import type { FormState } from '../../components/form.tsx'
import { UnfinishedUploads } from '../../components/unfinished-uploads.tsx'
import { type RefusedFile, RefusedFiles, UploadForm } from '../../components/upload-form.tsx'
import { timeText, Versions } from '../../components/versions.tsx'
import { FileNotices } from './file-notices.tsx'
import { interruption, LateMark, StateMark, turnText } from './marks.tsx'
import { SpeechActions } from './speech-actions.tsx'

export interface SpeechDetailProps {
  page: Page
  speech: SpeechRow
  seminarState: string
  /** Who looks at it: an editor does not take over from themselves. */
  userId: string
  /** Where everything done to it is listed. */
  log: string
  versions: VersionRow[]
  /** What is on its way, from either side. */
  uploads: UploadRow[]
  agenda: (AgendaItemRow & { placed: number })[]
  /** The address of this page. */
  own: string
  /** The speaker's link; null for those who may only look. */
  link: string | null
  canChange: boolean
  maxBytes: number
  form: FormState
  refused: RefusedFile[]
  accepted: number
  /** Why a step was refused, as a code. */
  refusal: string | undefined
  done: 'asked' | 'saved' | 'resent' | 'reminded' | 'received' | undefined
}

/** One speech: what was asked, what came, what to do with it. */
export function SpeechDetail(props: SpeechDetailProps) {
  const { page, speech, versions, refused, accepted, refusal, done, own, canChange, maxBytes } = props
  const { t, locale } = page
  const state = speech.state as PresentationState
  const cut = interruption(speech)
  return (
    <div class="cols speech">
      <div>
        {done && done !== 'received' ? (
          <p class="notice yes" role="status">
            {t(`presentations:one.${done}`)}
          </p>
        ) : null}
        {done === 'received' ? (
          <p class="notice yes" role="status">
            {t('presentations:upload.done.short')}
          </p>
        ) : null}
        {refusal ? (
          <p class="notice late" role="alert">
            {refusalText(props, refusal)}
          </p>
        ) : null}
        {refused.length ? <RefusedFiles page={page} refused={refused} accepted={accepted} /> : null}
        <h2 class="topic">{speechTopic(speech, locale)}</h2>
        <p class="meta">
          <StateMark page={page} state={state} />
          <span>{whoseTurn(state) === 'nobody' ? t('presentations:turn.nobody') : turnText(page, speech)}</span>
          <LateMark page={page} speech={speech} />
        </p>
        {cut ? <p class="notice late">{t('presentations:one.interrupted', cut)}</p> : null}
        {state === 'editing' && speech.editing_version !== null ? (
          <p class="notice">{t('presentations:one.editing', { n: speech.editing_version })}</p>
        ) : null}
        <FileNotices page={page} speech={speech} versions={versions} />
        <Facts {...props} />
        {state === 'declined' && speech.decline_reason ? (
          <div class="notice comment">
            <strong>{t('presentations:one.reason')}</strong>
            <p>{speech.decline_reason}</p>
          </div>
        ) : null}
        {speech.comment && state !== 'approved' ? (
          <div class="notice late comment">
            <strong>{t('presentations:comment')}</strong>
            <p>{speech.comment}</p>
          </div>
        ) : null}
        <section class="sent">
          <h2>{t('presentations:versions')}</h2>
          <Versions page={page} versions={versions} timezone={speech.timezone} base={`${own}/files`} view />
        </section>
        {mayTake('submit', state) ? (
          <UnfinishedUploads
            page={page}
            uploads={props.uploads}
            timezone={speech.timezone}
            base={own}
            side={canChange ? 'organizer' : undefined}
          />
        ) : null}
        {canChange && mayTake('submit', state) ? (
          <details class="fold" open={refused.length > 0}>
            <summary>{t('presentations:one.upload')}</summary>
            <p class="muted small">{t('presentations:one.upload.hint')}</p>
            <UploadForm
              page={page}
              base={own}
              maxBytes={maxBytes}
              primary={false}
              label={t('presentations:one.upload')}
            />
          </details>
        ) : null}
      </div>
      {canChange ? <SpeechActions {...props} /> : null}
    </div>
  )
}

/** A refusal of its own words, or that the speech has moved on. */
function refusalText({ page, speech }: SpeechDetailProps, refusal: string): string {
  const key = `presentations:step.${refusal}`
  const time = speech.reminded_at ? timeText(page, speech.reminded_at, speech.timezone) : ''
  return hasText(key) ? page.t(key, { time }) : page.t('presentations:step.refused')
}

function Facts({ page, speech, agenda }: SpeechDetailProps) {
  const { t, locale } = page
  const item = agenda.find((i) => i.id === speech.agenda_item_id)
  return (
    <dl class="facts pairs">
      <dt>{t('presentations:fact.speaker')}</dt>
      <dd>
        <strong>{speech.name}</strong>
        {speech.position ? <span class="sub">{speech.position}</span> : null}
        {speech.email ? <span class="sub">{speech.email}</span> : null}
      </dd>
      {speech.reader_name ? (
        <>
          <dt>{t('presentations:fact.reader')}</dt>
          <dd>{speech.reader_name}</dd>
        </>
      ) : null}
      <dt>{t('presentations:fact.delivery')}</dt>
      <dd>{deliveryText(speech, locale)}</dd>
      <dt>{t('presentations:fact.deadline')}</dt>
      <dd>
        {speech.deadline_local ? shortDateTime(speech.deadline_local, locale) : t('presentations:board.noDeadline')}
      </dd>
      {item ? (
        <>
          <dt>{t('presentations:fact.agenda')}</dt>
          <dd>{(locale === 'en' && item.title_en) || item.title}</dd>
        </>
      ) : null}
      <dt>{t('presentations:state.requested')}</dt>
      <dd>{timeText(page, speech.requested_at, speech.timezone)}</dd>
      {speech.editor_name ? (
        <>
          <dt>{t('presentations:fact.editor')}</dt>
          <dd>
            {speech.editor_name}
            {speech.state === 'editing' ? (
              <span class="sub">{timeText(page, speech.state_since, speech.timezone)}</span>
            ) : null}
          </dd>
        </>
      ) : null}
      {speech.reminded_at ? (
        <>
          <dt>{t('presentations:fact.reminded')}</dt>
          <dd>{timeText(page, speech.reminded_at, speech.timezone)}</dd>
        </>
      ) : null}
    </dl>
  )
}
