import type { Db } from '../../../db/transaction.ts'
import type { Member, Page } from '../../../env.ts'
import type { Told } from '../../../features/invitations/commands/announce.ts'
import { countCalls } from '../../../features/invitations/queries/calls.ts'
import { countConcerned } from '../../../features/seminars/queries/figures.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { CheckField, type FormState } from '../../components/form.tsx'
import { seminarPath } from './frame.tsx'

/**
 * How many would be told if this seminar's time, place or state changed now: by a letter, and by telephone. `off`: it were
 * postponed or cancelled.
 */
export async function toldOnChange(db: Db, seminar: SeminarRow, { off = false } = {}): Promise<Told> {
  if (seminar.state !== 'scheduled' && seminar.state !== 'postponed') return { mailed: 0, toCall: 0 }
  return countConcerned(db, seminar.organization_id, seminar.id, { off })
}

/** What an act's address tells: letters that went in the queue, and the calls to make as their list has them now. */
export async function toldNow(db: Db, page: Page, seminar: Pick<SeminarRow, 'organization_id' | 'id'>): Promise<Told> {
  const query = new URLSearchParams(page.path.split('?')[1] ?? '')
  const [n, m] = ['n', 'm'].map((name) => Math.max(0, Math.trunc(Number(query.get(name)) || 0))) as [number, number]
  const scope = { state: 'open', seminarId: seminar.id } as const
  return { mailed: n, toCall: m ? await countCalls(db, seminar.organization_id, scope) : 0 }
}

/** Asks, before saving, whether those who were invited shall be told; yes unless someone says no. */
export function MailQuestion({ page, form, count, hint }: { page: Page; form: FormState; count: Told; hint?: string }) {
  const { mailed, toCall } = count
  if (mailed + toCall === 0) return null
  const words = toCall === 0 ? 'seminars:tell' : mailed === 0 ? 'seminars:tell.calls' : 'seminars:tell.both'
  const values = { ...form.values, tell: form.values.asked === 'on' ? form.values.tell : 'on' }
  return (
    <div class="tell">
      <input type="hidden" name="asked" value="on" />
      <CheckField
        form={{ ...form, values }}
        name="tell"
        label={page.t(words, { count: mailed || toCall, calls: toCall })}
        hint={hint}
      />
    </div>
  )
}

/** The address after a change was saved, with how those concerned are told. */
export function savedQuery({ mailed, toCall }: Told): string {
  return mailed + toCall ? `?saved&n=${mailed}&m=${toCall}` : '?saved'
}

interface SavedProps {
  page: Page
  member: Member
  seminarId: string
  told: Told
}

/** That a change was saved, and how those concerned are told of it. */
export function SavedNotice({ page, member, seminarId, told: { mailed: n, toCall: m } }: SavedProps) {
  if (!new URLSearchParams(page.path.split('?')[1] ?? '').has('saved')) return null
  return (
    <p class="notice yes saved" role="status">
      {page.t('common:saved')} {n + m ? page.t('seminars:told', { n, m }) : null}{' '}
      {m ? <a href={page.href(seminarPath(member, seminarId, '/calls'))}>{page.t('invitations:done.toCall')}</a> : null}
    </p>
  )
}
