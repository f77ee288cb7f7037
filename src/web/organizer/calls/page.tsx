import type { Context } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { callWords } from '../../../features/invitations/emails/call.ts'
import { type CallRow, countCalls, listCalls } from '../../../features/invitations/queries/calls.ts'
import { type EventDetails, getEventDetails } from '../../../features/invitations/queries/event.ts'
import { type CallFilter, callFilter, callStates } from '../../../features/invitations/schema.ts'
import { type SeminarRow, seminarName } from '../../../features/seminars/queries.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { Pager } from '../../components/pager.tsx'
import { frame } from '../frame.ts'
import { answerPage, BackToList, mayEdit } from '../invitations/page.tsx'
import { seminarPath } from '../seminars/frame.tsx'
import { CallCard, type CardProps } from './card.tsx'

/** What was just done with a call, or that somebody else was first; then what was typed is told back. */
export interface Told {
  stale?: { note: string | null }
  status?: number
}

interface Listed {
  filter: CallFilter
  rows: CallRow[]
  next: string | undefined
  counts: Record<CallFilter['state'], number>
  details: Map<string, EventDetails>
}

async function read(c: Context<AppEnv>, seminarId: string | undefined): Promise<Listed> {
  const { db } = c.var.services
  const organizationId = c.var.member.organization.id
  const filter = callFilter.parse(c.req.query())
  const [page, open, done] = await Promise.all([
    listCalls(db, organizationId, { ...filter, seminarId }),
    ...callStates.map((state) => countCalls(db, organizationId, { state, seminarId })),
  ])
  const ids = [...new Set(page.items.map((row) => row.seminar_id))]
  const details = await transaction(db, async (trx) => {
    const found = new Map<string, EventDetails>()
    for (const id of ids) found.set(id, await getEventDetails(trx, organizationId, id))
    return found
  })
  return { filter, rows: page.items, next: page.next, counts: { open: open ?? 0, done: done ?? 0 }, details }
}

/** Whom to telephone about one seminar. */
export async function seminarCalls(c: Context<AppEnv>, seminar: SeminarRow, told: Told = {}): Promise<Response> {
  const { page, member } = c.var
  const listed = await read(c, seminar.id)
  const invitations = page.href(seminarPath(member, seminar.id, '/invitations'))
  return answerPage(c, seminar, {
    title: page.t('invitations:calls'),
    status: told.status,
    children: (
      <>
        <BackToList page={page} href={invitations}>
          {' · '}
          <a href={page.href(`/console/${member.organization.slug}/calls`)}>{page.t('invitations:calls.all')}</a>
        </BackToList>
        <h2>{page.t('invitations:calls')}</h2>
        <Calls c={c} listed={listed} told={told} at={page.href(seminarPath(member, seminar.id, '/calls'))} />
      </>
    ),
  })
}

/** Whom to telephone, over all seminars. */
export async function allCalls(c: Context<AppEnv>, told: Told = {}): Promise<Response> {
  const { page, member } = c.var
  const listed = await read(c, undefined)
  return c.html(
    <ConsoleLayout {...(await frame(c, 'today'))} title={page.t('invitations:calls')}>
      <h1 class="page-title">{page.t('invitations:calls')}</h1>
      <Calls c={c} listed={listed} told={told} at={page.href(`/console/${member.organization.slug}/calls`)} all />
    </ConsoleLayout>,
    (told.status ?? 200) as 200,
  )
}

function Calls({
  c,
  listed,
  told,
  at,
  all = false,
}: {
  c: Context<AppEnv>
  listed: Listed
  told: Told
  at: string
  all?: boolean
}) {
  const { page } = c.var
  const { t } = page
  const { filter, rows, counts } = listed
  return (
    <>
      <Notice page={page} told={told} />
      <p class="muted small no-print">{t('invitations:calls.text')}</p>
      <nav class="call-states no-print" aria-label={t('invitations:calls.show')}>
        {callStates.map((state) => (
          <a href={`${at}?state=${state}`} aria-current={state === filter.state ? 'page' : undefined}>
            {t(`invitations:calls.${state}`, { count: counts[state] })}
          </a>
        ))}
      </nav>
      {rows.length ? (
        <Groups c={c} listed={listed} all={all} />
      ) : (
        <p class="empty">{t(filter.state === 'open' ? 'invitations:calls.none' : 'invitations:calls.none.done')}</p>
      )}
      <Pager page={page} next={listed.next} />
    </>
  )
}

function Notice({ page, told: { stale } }: { page: Page; told: Told }) {
  const { t } = page
  const done = new URLSearchParams(page.path.split('?')[1] ?? '').get('call')
  if (stale)
    return (
      <p class="notice late" role="alert">
        {t('invitations:call.stale', { note: stale.note ?? 'none' })}
      </p>
    )
  return done === 'kept' || done === 'done' ? (
    <p class="notice yes" role="status">
      {t(`invitations:call.${done}`)}
    </p>
  ) : null
}

/** One list a seminar, and in it those with a number first. */
function Groups({ c, listed, all }: { c: Context<AppEnv>; listed: Listed; all: boolean }) {
  const { page, member } = c.var
  const bySeminar = Map.groupBy(listed.rows, (row) => row.seminar_id)
  return [...bySeminar].map(([seminarId, rows]) => {
    const details = listed.details.get(seminarId) as EventDetails
    const base = page.href(seminarPath(member, seminarId))
    const card = (row: CallRow): CardProps => ({
      page,
      row,
      base,
      event: details.event,
      words: callWords(details, row, page),
      mayEdit: mayEdit(c),
      isFirst: row.id === listed.rows[0]?.id,
      back: all ? 'all' : 'seminar',
    })
    const list = (of: CallRow[]) =>
      of.length ? (
        <ul class="calls">
          {of.map((row) => (
            <CallCard {...card(row)} />
          ))}
        </ul>
      ) : null
    const bare = listed.filter.state === 'open' ? rows.filter((row) => row.unreachable) : []
    return (
      <section class="call-group">
        {all ? (
          <h2>
            <a href={base}>{seminarName(details.event, page.locale)}</a>
          </h2>
        ) : null}
        {list(rows.filter((row) => !bare.includes(row)))}
        {bare.length ? (
          <>
            <h3 id="unreachable">{page.t('invitations:calls.unreachable')}</h3>
            <p class="muted small">{page.t('invitations:calls.unreachable.text')}</p>
            {list(bare)}
          </>
        ) : null}
      </section>
    )
  })
}
