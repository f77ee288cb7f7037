import type { Page } from '../../../env.ts'
import { deliveryText, speechTopic } from '../../../features/presentations/emails.ts'
import type { SpeechRow, VersionRow } from '../../../features/presentations/queries.ts'
import { isLate, mayTake, whoseTurn } from '../../../features/presentations/rules.ts'
import type { PresentationState } from '../../../features/presentations/schema.ts'
import type { AgendaItemRow } from '../../../features/seminars/queries/detail.ts'
import { shortDateTime } from '../../../text/dates.ts'
import type { FormState } from '../../components/form.tsx'
import { type RefusedFile, RefusedFiles, UploadForm } from '../../components/upload-form.tsx'
import { timeText, Versions } from '../../components/versions.tsx'
import { StateMark } from './board.tsx'
import { SpeechActions } from './speech-actions.tsx'

export interface SpeechDetailProps {
  page: Page
  speech: SpeechRow
  versions: VersionRow[]
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
  moved: boolean
  done: 'asked' | 'saved' | 'resent' | 'received' | undefined
}

/** One speech: what was asked, what came, what to do with it. */
export function SpeechDetail(props: SpeechDetailProps) {
  const { page, speech, versions, refused, accepted, moved, done, own, canChange, maxBytes } = props
  const { t, locale, now } = page
  const state = speech.state as PresentationState
  const late = isLate({ state, deadlineAt: speech.deadline_at }, now)
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
        {moved ? (
          <p class="notice late" role="alert">
            {t('presentations:step.refused')}
          </p>
        ) : null}
        {refused.length ? <RefusedFiles page={page} refused={refused} accepted={accepted} /> : null}
        <h2 class="topic">{speechTopic(speech, locale)}</h2>
        <p class="meta">
          <StateMark page={page} state={state} />
          <span class={late ? 'state late' : undefined}>
            {late ? t('presentations:late') : t(`presentations:turn.${whoseTurn(state)}`)}
          </span>
        </p>
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
        {canChange && mayTake('submit', state) ? (
          <details class="fold" open={refused.length > 0}>
            <summary>{t('presentations:one.upload')}</summary>
            <p class="muted small">{t('presentations:one.upload.hint')}</p>
            <UploadForm
              page={page}
              action={`${own}/files`}
              done={`${own}?received`}
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
    </dl>
  )
}
