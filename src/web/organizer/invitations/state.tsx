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

type Shown = Pick<InvitationListRow, 'status' | 'answer' | 'waiting_no' | 'opened_at' | 'letter' | 'telling'>

/**
 * Where one invitation stands: draft, withdrawn, how they were told, opened, or what was answered; and whether there is a call
 * to make. Colour never stands alone.
 */
export function InvitationStateMark({ page: { t }, invitation }: { page: Page; invitation: Shown }) {
  const { status, answer, opened_at, waiting_no, letter, telling } = invitation
  const call = telling === 'to_call' ? <span class="state late">{t('invitations:status.to_call')}</span> : null
  if (status !== 'sent')
    return (
      <>
        <span class={`state ${status === 'withdrawn' ? 'bad' : ''}`}>
          {t(`invitations:status.${status as 'draft' | 'withdrawn'}`)}
        </span>{' '}
        {call}
      </>
    )
  if (answer === null) {
    if (call) return call
    if (opened_at) return <span class="state">{t('invitations:status.opened')}</span>
    if (telling !== 'letter') return <span class="state">{t(`invitations:status.${telling ?? 'untold'}`)}</span>
    return (
      <span class={`state ${(letter && LETTER[letter]) ?? ''}`}>{t(`invitations:status.${letter ?? 'sent'}`)}</span>
    )
  }
  const state = answer as AnswerState
  return (
    <>
      <span class={`state ${COLOUR[state]}`}>
        {t(`invitations:answer.${state}`)}
        {state === 'waitlisted' && waiting_no ? ` (${waiting_no})` : ''}
      </span>{' '}
      {call}
    </>
  )
}
