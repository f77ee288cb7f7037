import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import type { AppEnv, Page } from '../../../env.ts'
import type { Told } from '../../../features/invitations/commands/announce.ts'
import { getSeminar, type SeminarRow, seminarName } from '../../../features/seminars/queries.ts'
import { hasText } from '../../../i18n.ts'
import { type ConsoleCounts, ConsoleLayout } from '../../components/console-layout.tsx'
import { waitText } from '../../components/mail-stop.tsx'
import { frame } from '../frame.ts'
import { toldNow } from '../seminars/change.tsx'
import { SeminarFrame, seminarPath } from '../seminars/frame.tsx'

/** The seminar of the address. @throws DomainError not_found, also for another organisation's */
export function seminarOf(c: Context<AppEnv>): Promise<SeminarRow> {
  return getSeminar(c.var.services.db, c.var.member.organization.id, c.req.param('id') ?? '')
}

/** An address under a seminar's invitations, in the page's language. */
export function invitationsHref(c: Context<AppEnv>, seminar: SeminarRow, rest = ''): string {
  return c.var.page.href(seminarPath(c.var.member, seminar.id, `/invitations${rest}`))
}

/** Whether the visitor may change anything here. */
export function mayEdit(c: Context<AppEnv>): boolean {
  return c.var.member.role !== 'viewer'
}

/** Answers with a page under the seminar's tab “Đại biểu”. */
export async function answerPage(
  c: Context<AppEnv>,
  seminar: SeminarRow,
  {
    title,
    action,
    status = 200,
    islands,
    children,
  }: { title: string; action?: Child; status?: number; islands?: string[]; children: Child },
): Promise<Response> {
  const { page, member } = c.var
  const [framed, told] = await Promise.all([frame(c, 'seminars'), toldNow(c.var.services.db, page, seminar)])
  return c.html(
    <ConsoleLayout {...framed} title={`${title} · ${seminarName(seminar, page.locale)}`} islands={islands}>
      <SeminarFrame page={page} member={member} seminar={seminar} tab="invitations" action={action}>
        <Done
          page={page}
          counts={framed.counts}
          told={told}
          calls={page.href(seminarPath(member, seminar.id, '/calls'))}
        />
        {children}
      </SeminarFrame>
    </ConsoleLayout>,
    status as 200,
  )
}

/** Acts that people are told of: `n` by a letter, `m` by telephone. */
const telling = ['sent', 'resent', 'withdrawn', 'recorded', 'agreed', 'refused']
/** What puts letters in the queue. */
const MAILED = [...telling, 'newLink']

/** What is told after such an act. */
export function toldQuery(done: string, { mailed, toCall }: Told, more = ''): string {
  return `?done=${done}&n=${mailed}&m=${toCall}${more}`
}

interface DoneProps {
  page: Page
  counts: ConsoleCounts
  told: Told
  calls: string
}

/** What was just done, told once by the address that the form led to. */
function Done({ page, counts, told, calls }: DoneProps) {
  const query = new URLSearchParams(page.path.split('?')[1] ?? '')
  const key = `invitations:done.${query.get('done')}`
  if (!query.has('done') || !hasText(key)) return null
  const number = (name: string) => Math.max(0, Math.trunc(Number(query.get(name)) || 0))
  const tells = telling.includes(query.get('done') ?? '')
  const waits = counts.mailStop !== undefined && MAILED.includes(query.get('done') ?? '')
  return (
    <p class={waits ? 'notice late' : 'notice yes'} role="status">
      {page.t(key, { n: number('n'), m: tells ? told.toCall : number('m'), k: number('k') })}
      {waits && counts.mailStop ? ` ${waitText(page, counts.mailStop, counts.mailWaiting)}` : ''}
      {tells && told.toCall ? (
        <>
          {' '}
          <a href={calls}>{page.t('invitations:done.toCall')}</a>
        </>
      ) : null}
    </p>
  )
}

/** The way back to the list. */
export function BackToList({ page, href, children }: { page: Page; href: string; children?: Child }) {
  return (
    <p class="small back no-print">
      <a href={href}>{page.t('invitations:back')}</a>
      {children}
    </p>
  )
}
