import type { Page } from '../../../env.ts'
import type { InvitationListRow } from '../../../features/invitations/queries/list.ts'
import type { AnswerState, LetterState } from '../../../features/invitations/schema.ts'

const COLOUR: Record<AnswerState, string> = {
  accepted: 'yes',
  online: 'yes',
  substituted: 'soft',
  waitlisted: 'late',
  substitute_pending: 'late',
  declined: 'no',
}

const LETTER: Partial<Record<LetterState, string>> = { waiting: 'wait', bounced: 'bad', failed: 'bad', held: 'bad' }

type Shown = Pick<InvitationListRow, 'status' | 'answer' | 'waiting_no' | 'opened_at' | 'letter'>

/** Where one invitation stands: draft, withdrawn, sent, opened, or what was answered. Colour never stands alone. */
export function InvitationStateMark({ page: { t }, invitation }: { page: Page; invitation: Shown }) {
  const { status, answer, opened_at, waiting_no, letter } = invitation
  if (status !== 'sent')
    return (
      <span class={`state ${status === 'withdrawn' ? 'bad' : ''}`}>
        {t(`invitations:status.${status as 'draft' | 'withdrawn'}`)}
      </span>
    )
  if (answer === null) {
    if (opened_at) return <span class="state">{t('invitations:status.opened')}</span>
    return (
      <span class={`state ${(letter && LETTER[letter]) ?? ''}`}>{t(`invitations:status.${letter ?? 'sent'}`)}</span>
    )
  }
  const state = answer as AnswerState
  return (
    <span class={`state ${COLOUR[state]}`}>
      {t(`invitations:answer.${state}`)}
      {state === 'waitlisted' && waiting_no ? ` (${waiting_no})` : ''}
    </span>
  )
}
