import type { Page } from '../../../env.ts'
import type { SpeechRow } from '../../../features/presentations/queries.ts'
import { isLate, whoseTurn } from '../../../features/presentations/rules.ts'
import type { PresentationState } from '../../../features/presentations/schema.ts'
import { daysUntil, wallTime } from '../../../text/dates.ts'

const COLOUR: Record<PresentationState, string> = {
  requested: '',
  accepted: 'soft',
  declined: 'no',
  received: 'late',
  editing: 'half',
  returned: '',
  approved: 'yes',
  withdrawn: 'no',
}

/** A speech's state, as a coloured dot and words. */
export function StateMark({ page, state }: { page: Page; state: PresentationState }) {
  return <span class={`state ${COLOUR[state]}`}>{page.t(`presentations:state.${state}`)}</span>
}

/** Who waits for whom and since when: `Chờ tác giả gửi bài, đã 5 ngày`; `Lê Văn Mẫu đang biên tập, từ hôm qua`. */
export function turnText(page: Page, speech: SpeechRow): string {
  const { t, now } = page
  const turn = whoseTurn(speech.state as PresentationState)
  if (turn === 'nobody') return t('presentations:turn.nobody')
  const since = wallTime(speech.state_since, speech.timezone)
  const days = Math.max(0, -daysUntil(since, wallTime(now, speech.timezone)))
  const what = t(`presentations:turn.${turn}`, { name: speech.editor_name ?? '' })
  return `${what}, ${t('presentations:turn.since', { days })}`
}

/** `Quá hạn 3 ngày`, where the speaker is late. */
export function LateMark({ page, speech }: { page: Page; speech: SpeechRow }) {
  const { t, now } = page
  if (!speechIsLate(page, speech) || speech.deadline_local === null) return null
  const days = Math.max(0, -daysUntil(speech.deadline_local, wallTime(now, speech.timezone)))
  return <span class="state late">{t('presentations:late.days', { days })}</span>
}

export function speechIsLate(page: Page, speech: SpeechRow): boolean {
  return isLate({ state: speech.state as PresentationState, deadlineAt: speech.deadline_at }, page.now)
}

/** The version that came in while an older one was being edited, with both numbers. */
export function interruption(speech: SpeechRow): { name: string; n: number; edited: number } | undefined {
  const { state, editing_version: edited, latest_number: n, editor_name: name } = speech
  return state === 'received' && edited !== null && n !== null && n > edited
    ? { name: name ?? '', n, edited }
    : undefined
}
