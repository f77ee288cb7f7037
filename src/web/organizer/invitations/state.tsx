import type { Page } from '../../../env.ts'
import type { InvitationListRow } from '../../../features/invitations/queries/list.ts'
import type { AnswerState } from '../../../features/invitations/schema.ts'

const COLOUR: Record<AnswerState, string> = {
  accepted: 'yes',
  online: 'yes',
  substituted: 'soft',
  waitlisted: 'late',
  substitute_pending: 'late',
  declined: 'no',
}

type Shown = Pick<InvitationListRow, 'status' | 'answer' | 'waiting_no' | 'opened_at' | 'telling'>

/**
 * Where one invitation stands: draft, withdrawn, how they were told, opened, or what was answered; and whether there is a call
 * to make. Colour never stands alone.
 */
export function InvitationStateMark({ page: { t }, invitation }: { page: Page; invitation: Shown }) {
  const { status, answer, opened_at, waiting_no, telling } = invitation
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
  if (answer === null)
    return call ?? <span class="state">{t(`invitations:status.${opened_at ? 'opened' : toldBy(telling)}`)}</span>
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

const toldBy = (telling: Shown['telling']) =>
  telling === 'letter' ? 'sent' : telling === 'called' ? 'called' : 'untold'
