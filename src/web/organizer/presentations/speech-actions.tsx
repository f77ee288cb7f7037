import type { Child } from 'hono/jsx'
import { mayTake } from '../../../features/presentations/rules.ts'
import type { PresentationState } from '../../../features/presentations/schema.ts'
import { hourMinute } from '../../../text/dates.ts'
import { TextArea } from '../../components/form.tsx'
import { timeText } from '../../components/versions.tsx'
import { speechIsLate } from './marks.tsx'
import type { SpeechDetailProps } from './speech-detail.tsx'

/** What an organizer may do with a speech now, the usual first. */
export function SpeechActions(props: SpeechDetailProps) {
  const { page, speech, own, link, log } = props
  const { t } = page
  const state = speech.state as PresentationState
  return (
    <aside>
      {state === 'received' || state === 'editing' || state === 'returned' ? <Judge {...props} /> : null}
      {mayTake('remind', state) ? <Remind {...props} /> : null}
      {state === 'approved' ? (
        <div class="box">
          {speech.released_at ? <p class="state yes">{t('presentations:one.released')}</p> : null}
          <Step {...props} name={speech.released_at ? 'unrelease' : 'release'}>
            <button class={speech.released_at ? 'btn' : 'btn primary'} type="submit">
              {speech.released_at ? t('presentations:one.unrelease') : t('presentations:one.release')}
            </button>
          </Step>
        </div>
      ) : null}
      {mayTake('change', state) ? <Place {...props} /> : null}
      {link && mayTake('change', state) ? (
        <div class="box">
          <h3>{t('presentations:one.link')}</h3>
          <p class="copyline">{link}</p>
          <button class="btn small" type="button" data-copy={link} data-copied={t('common:copied')}>
            {t('common:copy')}
          </button>
          <p class="muted small">{t('presentations:one.link.hint')}</p>
        </div>
      ) : null}
      <details class="fold">
        <summary>{t('presentations:more')}</summary>
        <div class="stack">
          {mayTake('change', state) ? (
            <a class="btn" href={`${own}/edit`}>
              {t('presentations:one.edit')}
            </a>
          ) : null}
          {speech.email && mayTake('withdraw', state) ? (
            <Step {...props} name="resend">
              <button class="btn" type="submit">
                {t('presentations:one.resend')}
              </button>
            </Step>
          ) : null}
          {mayTake('change', state) ? (
            <Step {...props} name="link">
              <button class="btn" type="submit">
                {t('presentations:one.link.replace')}
              </button>
            </Step>
          ) : null}
          {mayTake('put_down', state) ? (
            <Step {...props} name="put-down" hint={t('presentations:one.put_down.hint')}>
              <button class="btn" type="submit">
                {t('presentations:one.put_down')}
              </button>
            </Step>
          ) : null}
          {mayTake('reopen', state) ? (
            <Step {...props} name="reopen" hint={t('presentations:one.reopen.hint')}>
              <button class="btn" type="submit">
                {t('presentations:one.reopen')}
              </button>
            </Step>
          ) : null}
          {mayTake('withdraw', state) ? (
            <Step {...props} name="withdraw" hint={t('presentations:one.withdraw.hint')}>
              <button class="btn" type="submit">
                {t('presentations:one.withdraw')}
              </button>
            </Step>
          ) : null}
          <a href={log}>{t('presentations:one.log')}</a>
        </div>
      </details>
    </aside>
  )
}

/** Taking a paper up, approving it, giving it back: the next of these is the page's one primary button. */
function Judge(props: SpeechDetailProps) {
  const { page, speech, form, userId } = props
  const { t } = page
  const state = speech.state as PresentationState
  if (speech.latest_number === null) return null
  const byAnother = state === 'editing' && speech.editor_id !== userId
  return (
    <div class="box">
      {state === 'received' ? (
        <Step {...props} name="take-up">
          <button class="btn primary" type="submit">
            {t('presentations:one.take_up')}
          </button>
        </Step>
      ) : null}
      {speech.latest_scan === 'waiting' ? null : (
        <Step {...props} name="approve">
          <button class={state === 'editing' ? 'btn primary' : 'btn'} type="submit">
            {t('presentations:one.approve')}
          </button>
        </Step>
      )}
      {byAnother ? (
        <Step
          {...props}
          name="take-up"
          hint={t('presentations:one.take_over.hint', { name: speech.editor_name ?? '' })}
        >
          <button class="btn" type="submit">
            {t('presentations:one.take_over')}
          </button>
        </Step>
      ) : null}
      {mayTake('return', state) ? (
        <details class="fold" open={form.values.comment !== undefined}>
          <summary>{t('presentations:one.return')}</summary>
          <Step {...props} name="return">
            <TextArea
              t={t}
              form={form}
              name="comment"
              label={t('presentations:one.return.comment')}
              rows={5}
              maxlength={4000}
              required
            />
            <button class="btn" type="submit">
              {t('presentations:one.return')}
            </button>
          </Step>
        </details>
      ) : null}
    </div>
  )
}

/** A reminder by hand while the speaker is waited for; not twice within twelve hours. */
function Remind(props: SpeechDetailProps) {
  const { page, speech, seminarState } = props
  const { t } = page
  if (!speech.email || seminarState === 'cancelled') return null
  const goesByItself = seminarState === 'scheduled' || seminarState === 'held'
  return (
    <div class="box">
      {speech.reminded_recently && speech.reminded_at ? (
        <p class="small">
          {t('presentations:one.remind.later', { time: timeText(page, speech.reminded_at, speech.timezone) })}
        </p>
      ) : (
        <Step {...props} name="remind">
          <button class={speechIsLate(page, speech) ? 'btn primary' : 'btn'} type="submit">
            {t('presentations:one.remind')}
          </button>
        </Step>
      )}
      {speech.deadline_local !== null ? (
        <p class="muted small">
          {t(goesByItself ? 'presentations:one.remind.auto' : 'presentations:one.remind.quiet')}
        </p>
      ) : null}
    </div>
  )
}

function Step({
  own,
  speech,
  name,
  hint,
  children,
}: SpeechDetailProps & { name: string; hint?: string; children: Child }) {
  return (
    <form class="form" method="post" action={`${own}/${name}`}>
      <input type="hidden" name="version" value={String(speech.version)} />
      {hint ? <p class="muted small">{hint}</p> : null}
      {children}
    </form>
  )
}

/** Under which item of the agenda the speech is read, with the minutes placed there so far. */
function Place(props: SpeechDetailProps) {
  const { page, speech, agenda } = props
  const { t, locale } = page
  if (!agenda.length) return null
  const here = agenda.find((item) => item.id === speech.agenda_item_id)
  return (
    <div class="box">
      <Step {...props} name="agenda">
        <div class="field">
          <label for="f-agendaItemId">{t('presentations:one.agenda')}</label>
          <select id="f-agendaItemId" name="agendaItemId">
            <option value="" selected={speech.agenda_item_id === null}>
              {t('presentations:one.agenda.none')}
            </option>
            {agenda.map((item) => (
              <option value={item.id} selected={item.id === speech.agenda_item_id}>
                {t('presentations:one.agenda.item', {
                  time: item.startsLocal ? hourMinute(item.startsLocal) : '',
                  title: (locale === 'en' && item.title_en) || item.title,
                  placed: item.placed,
                  minutes: item.minutes,
                }).trim()}
              </option>
            ))}
          </select>
        </div>
        {here && here.placed > here.minutes ? (
          <span class="state late">{t('presentations:board.minutes.over', { count: here.placed - here.minutes })}</span>
        ) : null}
        <button class="btn small" type="submit">
          {t('common:save')}
        </button>
      </Step>
    </div>
  )
}
