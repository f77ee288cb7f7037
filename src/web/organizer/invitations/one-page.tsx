import type { Page } from '../../../env.ts'
import { printedPositions } from '../../../features/invitations/emails/parts.ts'
import type { CallRow } from '../../../features/invitations/queries/calls.ts'
import type { DelegationWithCount } from '../../../features/invitations/queries/list.ts'
import type {
  InvitationRow,
  listAnswers,
  listInvitationMail,
  SubstitutionRow,
} from '../../../features/invitations/queries/one.ts'
import type { LetterState, SubstitutePolicy } from '../../../features/invitations/schema.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { AnswerFields } from '../../components/answer-fields.tsx'
import { ErrorSummary, type FormState } from '../../components/form.tsx'
import { InviteeFields, inviteeLabels } from './invitee-fields.tsx'
import { LinkBox, Steps } from './one-actions.tsx'
import { CallHistory, ToCall } from './one-calls.tsx'
import { AnswerHistory, MailHistory, Standing } from './one-history.tsx'
import { BackToList } from './page.tsx'
import { DecisionForm } from './substitutions.tsx'

export interface InvitationDetailProps {
  page: Page
  seminar: SeminarRow
  invitation: InvitationRow
  substitution: SubstitutionRow | undefined
  lineNo: number | null
  answers: Awaited<ReturnType<typeof listAnswers>>
  mails: Awaited<ReturnType<typeof listInvitationMail>>
  letter: LetterState | null
  /** The server said that its address does not exist. */
  deadAddress: boolean
  delegations: DelegationWithCount[]
  calls: CallRow[]
  /** The seminar's list of calls. */
  callList: string
  /** The list's address, under which this invitation lies. */
  list: string
  /** The console's list of messages. */
  mail: string
  link: string | null
  sms: string | null
  mayEdit: boolean
  edit: FormState
  editOpen: boolean
  recordOpen: boolean
  stale: boolean
  record: FormState
}

/** One invitation on one page. */
export function InvitationDetail(props: InvitationDetailProps) {
  const { page, invitation, list, mayEdit } = props
  return (
    <>
      <BackToList page={page} href={list} />
      <div class="cols invitation">
        <div class="stack">
          <header>
            <h2>{invitation.name}</h2>
            <p class="muted">{printedPositions(invitation, page.locale)}</p>
          </header>
          <Standing {...props} />
          <Consent {...props} />
          <ToCall {...props} />
          {mayEdit ? <Record {...props} /> : null}
          <AnswerHistory {...props} />
          <MailHistory {...props} />
          <CallHistory {...props} />
        </div>
        <aside class="stack">
          {mayEdit ? <Steps {...props} /> : null}
          <LinkBox {...props} />
          {mayEdit && invitation.status !== 'withdrawn' ? <Edit {...props} /> : null}
        </aside>
      </div>
    </>
  )
}

/** A substitution that waits is decided here as well. */
function Consent({ page, invitation, substitution, list, mayEdit }: InvitationDetailProps) {
  const { t } = page
  const waits = invitation.answer === 'substitute_pending' || invitation.answer === 'waitlisted'
  if (substitution?.state !== 'pending' || !waits || invitation.status !== 'sent') return null
  return (
    <section class="notice late">
      <p>
        <strong>{t('invitations:consent', { name: substitution.name })}</strong>
      </p>
      <p>{[substitution.position, substitution.email].filter(Boolean).join(' · ')}</p>
      {mayEdit ? (
        <DecisionForm
          page={page}
          action={`${list}/${invitation.id}/substitutions/${substitution.id}`}
          id={substitution.id}
          back="one"
        />
      ) : null}
    </section>
  )
}

/** An answer that came by telephone: also after the deadline, until the seminar is held. */
function Record({ page, seminar, invitation, list, record, recordOpen }: InvitationDetailProps) {
  const { t } = page
  if (invitation.status !== 'sent' || seminar.state !== 'scheduled') return null
  const choices = {
    online: seminar.online_offered,
    substitute: seminar.substitute_policy as SubstitutePolicy,
    reasonRequired: false,
  }
  return (
    <details class="panel" id="record" open={recordOpen || record.errors.length > 0}>
      <summary>{t('invitations:record')}</summary>
      <form class="form" method="post" action={`${list}/${invitation.id}/answer`} data-guard>
        <AnswerFields
          page={page}
          form={record}
          choices={choices}
          legend={t('invitations:record.lead')}
          voice="organizer"
        />
        <div class="actions">
          <button class="btn" type="submit">
            {t('invitations:record.do')}
          </button>
        </div>
      </form>
    </details>
  )
}

function Edit({ page, invitation, list, delegations, edit, editOpen, stale }: InvitationDetailProps) {
  const { t } = page
  return (
    <details class="panel" id="edit" open={editOpen}>
      <summary>{t('invitations:edit')}</summary>
      {stale ? (
        <p class="notice bad" role="alert">
          {t('errors:text.stale_version')} <a href={`${list}/${invitation.id}`}>{t('invitations:reload')}</a>
        </p>
      ) : null}
      <form class="form" method="post" action={`${list}/${invitation.id}`} data-guard>
        <input type="hidden" name="version" value={edit.values.version ?? String(invitation.version)} />
        <ErrorSummary t={t} form={edit} labels={inviteeLabels(page)} />
        <InviteeFields page={page} form={edit} delegations={delegations} />
        {invitation.status === 'sent' ? <p class="muted small">{t('invitations:edit.sent')}</p> : null}
        <div class="actions">
          <button class="btn" type="submit">
            {t('common:save')}
          </button>
        </div>
      </form>
    </details>
  )
}
