import type { Page } from '../../env.ts'
import type { CalendarEvent } from '../../features/calendar/schema.ts'
import type { DelegateView } from '../../features/invitations/queries/delegate.ts'
import { honorific } from '../../text/honorifics.ts'
import { kindWord, type SeminarKind } from '../../text/kinds.ts'
import type { FormState } from '../components/form.tsx'

export interface InvitationPageProps {
  page: Page
  view: DelegateView
  linkRef: string
  /** The address that this visitor's forms go to. */
  base: string
  form: FormState
  refused: boolean
  calendar: CalendarEvent | undefined
}

/** Words that every text of the page may need. */
export function wordsOf({ page, view }: Pick<InvitationPageProps, 'page' | 'view'>) {
  const { event } = view.details
  return {
    hon: honorific(event.org_honorific, view.invitation.gender, page.locale),
    kind: kindWord(event.kind as SeminarKind, page.locale),
  }
}
