import { Hono } from 'hono'
import type { AppEnv, Member, Page } from '../../env.ts'
import { listMembers } from '../../features/accounts/queries.ts'
import { type AuditFilter, type AuditRow, auditFilterSchema, listAuditEvents } from '../../features/audit/queries.ts'
import { hasText, type TextKey } from '../../i18n.ts'
import { date, hourMinute, wallTime, weekday } from '../../text/dates.ts'
import { upperFirst } from '../../text/fold.ts'
import { ConsoleLayout } from '../components/console-layout.tsx'
import { Pager } from '../components/pager.tsx'
import { frame } from './frame.ts'

/** What was done, by whom. */
export const logPages = new Hono<AppEnv>().get('/', async (c) => {
  const { page, member, services } = c.var
  const filter = auditFilterSchema.parse(c.req.query())
  const [events, members, base] = await Promise.all([
    listAuditEvents(services.db, member.organization.id, filter),
    listMembers(services.db, member.organization.id),
    frame(c, 'log'),
  ])
  return c.html(
    <ConsoleLayout {...base} title={`${page.t('console:nav.log')} – ${member.organization.name}`}>
      <header class="head">
        <div>
          <h1>{page.t('console:nav.log')}</h1>
          <p class="meta">{page.t('organizations:log.lead')}</p>
        </div>
      </header>
      <LogFilters page={page} filter={filter} members={members} />
      {events.items.length ? (
        <Days page={page} member={member} events={events.items} />
      ) : (
        <div class="empty">
          <strong>{page.t('organizations:log.empty')}</strong>
          {page.t('organizations:log.empty.text')}
        </div>
      )}
      <Pager page={page} next={events.next} />
    </ConsoleLayout>,
  )
})

const KINDS = ['user', 'key', 'link', 'mail', 'system'] as const

function LogFilters({
  page,
  filter,
  members,
}: {
  page: Page
  filter: AuditFilter
  members: { user_id: string; name: string }[]
}) {
  const { t } = page
  return (
    <form class="filters" method="get">
      {filter.seminar ? <input type="hidden" name="seminar" value={filter.seminar} /> : null}
      {filter.subject ? <input type="hidden" name="subject" value={filter.subject} /> : null}
      <label class="visually-hidden" for="log-actor">
        {t('organizations:log.actor')}
      </label>
      <select id="log-actor" name="actor">
        <option value="">{t('organizations:log.actor.all')}</option>
        {members.map((m) => (
          <option value={m.user_id} selected={filter.actor === m.user_id}>
            {m.name}
          </option>
        ))}
      </select>
      <label class="visually-hidden" for="log-kind">
        {t('organizations:log.via')}
      </label>
      <select id="log-kind" name="kind">
        <option value="">{t('organizations:log.via.all')}</option>
        {KINDS.map((kind) => (
          <option value={kind} selected={filter.kind === kind}>
            {t(`organizations:log.via.${kind}`)}
          </option>
        ))}
      </select>
      <button class="btn" type="submit">
        {t('common:filter')}
      </button>
      {filter.actor || filter.kind || filter.seminar || filter.subject ? (
        <a class="btn quiet" href="?">
          {t('organizations:filter.clear')}
        </a>
      ) : null}
    </form>
  )
}

function Days({ page, member, events }: { page: Page; member: Member; events: AuditRow[] }) {
  const days = new Map<string, { wall: string; rows: { row: AuditRow; time: string }[] }>()
  for (const row of events) {
    const wall = wallTime(row.at, member.organization.timezone)
    const day = days.get(wall.slice(0, 10)) ?? { wall, rows: [] }
    day.rows.push({ row, time: hourMinute(wall) })
    days.set(wall.slice(0, 10), day)
  }
  return (
    <>
      {[...days.values()].map(({ wall, rows }) => (
        <section class="log">
          <h2>{`${upperFirst(weekday(wall, page.locale), page.locale)}, ${date(wall, page.locale)}`}</h2>
          <ol>
            {rows.map(({ row, time }) => (
              <Event page={page} member={member} row={row} time={time} />
            ))}
          </ol>
        </section>
      ))}
    </>
  )
}

function Event({ page, member, row, time }: { page: Page; member: Member; row: AuditRow; time: string }) {
  const { t, href } = page
  const base = `/console/${member.organization.slug}`
  const details = (row.details ?? {}) as Record<string, unknown>
  const object =
    text(details.name) ?? text(details.topic) ?? text(details.text) ?? text(details.title) ?? text(details.email)
  const path = subjectPath(row)
  const key = `organizations:audit.${row.action}`
  const theme = row.theme ? (page.locale === 'en' && row.theme_en) || row.theme : null
  const notes = [position(details), changes(page, row.subject_kind, details)].filter(Boolean)
  return (
    <li>
      <time datetime={row.at.toISOString()}>{time}</time>
      <div>
        <p>
          {hasText(key) ? t(key) : t('organizations:audit.other', { action: row.action })}
          {object ? (
            <>
              {': '}
              {path ? <a href={href(base + path)}>{object}</a> : <strong>{object}</strong>}
            </>
          ) : null}
        </p>
        {notes.map((note) => (
          <p class="muted small">{note}</p>
        ))}
        {theme ? (
          <p class="muted small">
            <a href={href(`${base}/seminars/${row.seminar_id}`)}>{theme}</a>
          </p>
        ) : null}
      </div>
      <span class="muted small who">{who(page, row)}</span>
    </li>
  )
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function subjectPath(row: AuditRow): string | undefined {
  if (row.subject_id === null) return undefined
  if (row.subject_kind === 'unit') return `/directory/units/${row.subject_id}`
  if (row.subject_kind === 'person') return `/directory/people/${row.subject_id}`
  if (row.subject_kind === 'invitation' && row.seminar_id)
    return `/seminars/${row.seminar_id}/invitations/${row.subject_id}`
  if (row.subject_kind === 'presentation' && row.seminar_id)
    return `/seminars/${row.seminar_id}/presentations/${row.subject_id}`
  return undefined
}

function position(details: Record<string, unknown>): string | undefined {
  return text(details.unit) && text(details.title) ? `${details.title}, ${details.unit}` : undefined
}

/** The names of the fields that an edit touched. */
function changes(page: Page, kind: string, details: Record<string, unknown>): string | undefined {
  if (!Array.isArray(details.changed)) return undefined
  const names = details.changed.map((field) => {
    const area = { organization: 'organizations:field', seminar: 'seminars:field' }[kind] ?? `directory:${kind}`
    const key = `${area}.${field}`
    return hasText(key) ? page.t(key as TextKey) : undefined
  })
  const known = names.filter((name) => name !== undefined)
  return known.length ? page.t('organizations:log.changed', { fields: known.join(', ') }) : undefined
}

function who(page: Page, row: AuditRow): string {
  const name = row.actor_name ?? ''
  if (row.actor_kind === 'system') return page.t('organizations:log.system')
  if (row.actor_kind === 'user') return name
  return page.t(`organizations:log.by.${row.actor_kind as 'key' | 'link' | 'mail'}`, { name })
}
