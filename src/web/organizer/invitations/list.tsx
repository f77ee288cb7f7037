import { type Context, Hono } from 'hono'
import type { AppEnv, Page } from '../../../env.ts'
import {
  countByState,
  countInvitations,
  type DelegationWithCount,
  type InvitationCounts,
  listDelegationsWithCounts,
  listInvitations,
} from '../../../features/invitations/queries/list.ts'
import {
  answerFilters,
  callStates,
  type InvitationFilter,
  invitationFilter,
  statusFilters,
} from '../../../features/invitations/schema.ts'
import { formatNumber } from '../../../text/numbers.ts'
import { Pager } from '../../components/pager.tsx'
import { seminarPath } from '../seminars/frame.tsx'
import { answerPage, invitationsHref, mayEdit, seminarOf } from './page.tsx'
import { InvitationTable } from './table.tsx'

export const listPages = new Hono<AppEnv>().get('/', async (c) => {
  const { db } = c.var.services
  const { page } = c.var
  const seminar = await seminarOf(c)
  const { organization_id: organizationId, id } = seminar
  const filter = invitationFilter.parse(c.req.query())
  const [counts, delegations, list, found] = await Promise.all([
    countByState(db, organizationId, id),
    listDelegationsWithCounts(db, organizationId, id),
    listInvitations(db, organizationId, id, filter),
    countInvitations(db, organizationId, id, filter),
  ])
  const empty = counts.draft + counts.sent + counts.withdrawn === 0
  return answerPage(c, seminar, {
    title: page.t('invitations:title'),
    islands: mayEdit(c) ? ['choose'] : [],
    action: mayEdit(c) ? (
      <NextStep c={c} counts={counts} href={(rest) => invitationsHref(c, seminar, rest)} />
    ) : undefined,
    children: empty ? (
      <div class="empty">
        <strong>{page.t('invitations:empty')}</strong>
        {page.t('invitations:empty.text')}
      </div>
    ) : (
      <>
        <Figures
          page={page}
          counts={counts}
          pendingHref={invitationsHref(c, seminar, '/substitutions')}
          calls={page.href(seminarPath(c.var.member, id, '/calls'))}
        />
        <Filters page={page} filter={filter} delegations={delegations} action={invitationsHref(c, seminar)} />
        <p class="muted small found">{page.t('invitations:found', { count: found })}</p>
        <InvitationTable
          page={page}
          rows={list.items}
          filter={filter}
          base={invitationsHref(c, seminar)}
          delegations={delegations}
          mayEdit={mayEdit(c)}
          timezone={seminar.timezone}
        />
        <Pager page={page} next={list.next} />
      </>
    ),
  })
})

function NextStep({
  c,
  counts,
  href,
}: {
  c: Context<AppEnv>
  counts: InvitationCounts
  href: (rest: string) => string
}) {
  const { t } = c.var.page
  if (counts.draft === 0) {
    return (
      <a class="btn primary" href={href('/add')}>
        {t('invitations:add')}
      </a>
    )
  }
  return (
    <>
      <a class="btn" href={href('/add')}>
        {t('invitations:add')}
      </a>
      <a class="btn primary" href={href('/review')}>
        {t('invitations:review.open', { count: counts.draft })}
      </a>
    </>
  )
}

/** Where the whole list stands, in one line of figures. */
function Figures({
  page,
  counts,
  pendingHref,
  calls,
}: {
  page: Page
  counts: InvitationCounts
  pendingHref: string
  /** The list of calls to make. */
  calls: string
}) {
  const { t, locale } = page
  const n = (value: number) => formatNumber(value, locale)
  const { answers, places } = counts
  const coming = (answers.accepted ?? 0) + (answers.substituted ?? 0)
  const figures: [string, string][] = [
    [t('invitations:figure.people'), n(counts.draft + counts.sent)],
    [t('invitations:figure.seats'), n(counts.seats)],
    [t('invitations:figure.sent'), n(Math.max(0, counts.sent - counts.waiting - counts.uncalled - counts.called))],
    ...(counts.waiting ? ([[t('invitations:figure.letters'), n(counts.waiting)]] as [string, string][]) : []),
    ...(counts.toCall ? ([[t('invitations:figure.toCall'), n(counts.toCall)]] as [string, string][]) : []),
    ...(counts.called ? ([[t('invitations:figure.called'), n(counts.called)]] as [string, string][]) : []),
    [t('invitations:figure.opened'), n(counts.opened)],
    [t('invitations:figure.coming'), n(coming)],
    ...(answers.online ? ([[t('invitations:figure.online'), n(answers.online)]] as [string, string][]) : []),
    [t('invitations:figure.declined'), n(answers.declined ?? 0)],
    [t('invitations:figure.unanswered'), n(counts.unanswered)],
    ...(places.capacity === null
      ? []
      : ([[t('invitations:figure.places'), `${n(places.taken)}/${n(places.capacity)}`]] as [string, string][])),
    ...(answers.waitlisted ? ([[t('invitations:figure.waiting'), n(answers.waitlisted)]] as [string, string][]) : []),
  ]
  return (
    <>
      <dl class="figures">
        {figures.map(([label, value]) => (
          <div>
            <dt>{label}</dt>
            <dd class="num">{value}</dd>
          </div>
        ))}
      </dl>
      {counts.toCall ? (
        <p class="notice late">
          {t('invitations:calls.waiting', { count: counts.toCall })} <a href={calls}>{t('invitations:done.toCall')}</a>
        </p>
      ) : null}
      {counts.substitutionsPending ? (
        <p class="notice late">
          {t('invitations:substitutions.waiting', { count: counts.substitutionsPending })}{' '}
          <a href={pendingHref}>{t('invitations:substitutions.see')}</a>
        </p>
      ) : null}
    </>
  )
}

interface FiltersProps {
  page: Page
  filter: InvitationFilter
  delegations: DelegationWithCount[]
  action: string
}

function Filters({ page, filter, delegations, action }: FiltersProps) {
  const { t, locale } = page
  const select = (
    name: 'delegation' | 'status' | 'answer' | 'address' | 'call' | 'sort',
    label: string,
    options: [string, string][],
  ) => (
    <label>
      <span class="visually-hidden">{label}</span>
      <select name={name}>
        {options.map(([value, text]) => (
          <option value={value} selected={(filter[name] ?? '') === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <form class="filters no-print" method="get" action={action} role="search" aria-label={t('invitations:filter')}>
      <input
        type="search"
        name="q"
        value={filter.q}
        placeholder={t('invitations:filter.q')}
        aria-label={t('invitations:filter.q')}
      />
      {delegations.length
        ? select('delegation', t('invitations:column.delegation'), [
            ['', t('invitations:filter.delegation')],
            ...delegations.map((d): [string, string] => [
              d.id,
              `${(locale === 'en' && d.text_en) || d.text} (${d.people})`,
            ]),
          ])
        : null}
      {select('status', t('invitations:column.status'), [
        ['', t('invitations:filter.status')],
        ...statusFilters.map((s): [string, string] => [
          s,
          t(s === 'sent' ? 'invitations:filter.issued' : `invitations:status.${s}`),
        ]),
      ])}
      {select('answer', t('invitations:column.answer'), [
        ['', t('invitations:filter.answer')],
        ...answerFilters.map((a): [string, string] => [a, t(`invitations:answer.${a}`)]),
      ])}
      {select('address', t('invitations:column.address'), [
        ['', t('invitations:filter.address')],
        ['with', t('invitations:filter.address.with')],
        ['without', t('invitations:filter.address.without')],
      ])}
      {select('call', t('invitations:filter.call'), [
        ['', t('invitations:filter.call')],
        ...callStates.map((s): [string, string] => [s, t(`invitations:filter.call.${s}`)]),
      ])}
      {select('sort', t('invitations:sort'), [
        ['name', t('invitations:sort.name')],
        ['answered', t('invitations:sort.answered')],
      ])}
      <button class="btn" type="submit">
        {t('common:filter')}
      </button>
    </form>
  )
}
