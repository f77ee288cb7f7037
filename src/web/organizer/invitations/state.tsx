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

type Shown = Pick<InvitationListRow, 'status' | 'answer' | 'waiting_no' | 'opened_at'>

/** Where one invitation stands: draft, withdrawn, sent, opened, or what was answered. Colour never stands alone. */
export function InvitationStateMark({ page: { t }, invitation }: { page: Page; invitation: Shown }) {
  const { status, answer, opened_at, waiting_no } = invitation
  if (status !== 'sent')
    return (
      <span class={`state ${status === 'withdrawn' ? 'bad' : ''}`}>
        {t(`invitations:status.${status as 'draft' | 'withdrawn'}`)}
      </span>
    )
  if (answer === null)
    return <span class="state">{t(opened_at ? 'invitations:status.opened' : 'invitations:status.sent')}</span>
  const state = answer as AnswerState
  return (
    <span class={`state ${COLOUR[state]}`}>
      {t(`invitations:answer.${state}`)}
      {state === 'waitlisted' && waiting_no ? ` (${waiting_no})` : ''}
    </span>
  )
}
