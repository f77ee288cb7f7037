import { type Context, Hono } from 'hono'
import type { AppEnv, Member, Page } from '../../env.ts'
import { listPeople } from '../../features/directory/queries/people.ts'
import { listPositionsOf, type SelectedPosition } from '../../features/directory/queries/positions.ts'
import { findUnitsByText } from '../../features/directory/queries/units.ts'
import { describePosition, isValidOn } from '../../features/directory/rules.ts'
import { peopleFilterSchema } from '../../features/directory/schema.ts'
import { listSeminars, type SeminarListItem } from '../../features/seminars/queries/list.ts'
import { seminarName } from '../../features/seminars/queries.ts'
import { seminarFilter } from '../../features/seminars/schema.ts'
import { wallTime } from '../../text/dates.ts'
import { ConsoleLayout } from '../components/console-layout.tsx'
import { frame } from './frame.ts'
import { SeminarStateMark, seminarPath, seminarWhen } from './seminars/frame.tsx'

const SHOWN = 10
const SUGGESTED = 8

interface FoundPerson {
  id: string
  name: string
  gender: string | null
  positions: string[]
  positionsEn: string[]
}
interface FoundUnit {
  id: string
  name: string
  parent: string | null
}

/** One search over seminars, people, units, without diacritics; and what the pickers of forms ask. */
export const searchPages = new Hono<AppEnv>()
  .get('/search', async (c) => {
    const { page, member } = c.var
    const { t } = page
    const q = (c.req.query('q') ?? '').trim().slice(0, 200)
    const [seminars, people, units] =
      q === '' ? [[], [], []] : await Promise.all([findSeminars(c, q), findPeople(c, q, SHOWN), findUnits(c, q, SHOWN)])
    const nothing = seminars.length + people.length + units.length === 0
    return c.html(
      <ConsoleLayout
        {...(await frame(c, 'today'))}
        title={q === '' ? t('console:search.title') : `${q} · ${t('console:search.title')}`}
      >
        <h1 class="page-title">{t('console:search.title')}</h1>
        <form class="filters" method="get">
          <input
            type="search"
            name="q"
            value={q}
            aria-label={t('console:nav.find')}
            placeholder={t('console:search.placeholder')}
            autofocus={q === ''}
          />
          <button class="btn" type="submit">
            {t('common:search')}
          </button>
        </form>
        {q === '' ? <p class="muted calm">{t('console:search.hint')}</p> : null}
        {q !== '' && nothing ? (
          <div class="empty">
            <strong>{t('console:search.none', { q })}</strong>
            {t('console:search.none.text')}
          </div>
        ) : null}
        <SeminarResults page={page} member={member} seminars={seminars} />
        <PeopleResults page={page} member={member} people={people} />
        <UnitResults page={page} member={member} units={units} />
        {nothing ? null : <MoreResults page={page} member={member} q={q} />}
      </ConsoleLayout>,
    )
  })
  .get('/search/people.json', async (c) =>
    c.json(await findPeople(c, (c.req.query('q') ?? '').slice(0, 200), SUGGESTED)),
  )
  .get('/search/units.json', async (c) => c.json(await findUnits(c, (c.req.query('q') ?? '').slice(0, 200), SUGGESTED)))

async function findSeminars(c: Context<AppEnv>, q: string): Promise<SeminarListItem[]> {
  const page = await listSeminars(c.var.services.db, c.var.member.organization.id, seminarFilter.parse({ q }), SHOWN)
  return page.items
}

async function findPeople(c: Context<AppEnv>, q: string, limit: number): Promise<FoundPerson[]> {
  if (q.trim() === '') return []
  const { db } = c.var.services
  const { id, timezone } = c.var.member.organization
  const today = wallTime(c.var.page.now, timezone).slice(0, 10)
  const { items } = await listPeople(db, id, peopleFilterSchema.parse({ q }), today, limit)
  const positions = await listPositionsOf(
    db,
    id,
    items.map((person) => person.id),
  )
  const printed = (position: SelectedPosition, locale: 'vi' | 'en') => describePosition(position.unit, position, locale)
  return items.map(({ id, name, gender }) => {
    const held = positions.filter((position) => position.person.id === id && isValidOn(position, today))
    return {
      id,
      name,
      gender,
      positions: held.map((p) => printed(p, 'vi')),
      positionsEn: held.map((p) => printed(p, 'en')),
    }
  })
}

async function findUnits(c: Context<AppEnv>, q: string, limit: number): Promise<FoundUnit[]> {
  if (q.trim() === '') return []
  const units = await findUnitsByText(c.var.services.db, c.var.member.organization.id, q, limit)
  return units.map(({ id, name, parent_name: parent }) => ({ id, name, parent }))
}

function SeminarResults({ page, member, seminars }: { page: Page; member: Member; seminars: SeminarListItem[] }) {
  if (!seminars.length) return null
  return (
    <section class="part results">
      <h2>{page.t('console:search.seminars')}</h2>
      <ul class="plain">
        {seminars.map((seminar) => (
          <li>
            <a href={page.href(seminarPath(member, seminar.id))}>{seminarName(seminar, page.locale)}</a>
            <span class="muted small detail facts-line">
              <SeminarStateMark page={page} seminar={seminar} />
              <span>{seminarWhen(page, seminar)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function PeopleResults({ page, member, people }: { page: Page; member: Member; people: FoundPerson[] }) {
  if (!people.length) return null
  return (
    <section class="part results">
      <h2>{page.t('console:search.people')}</h2>
      <ul class="plain">
        {people.map((person) => (
          <li>
            <a href={page.href(`/console/${member.organization.slug}/directory/people/${person.id}`)}>{person.name}</a>
            <span class="muted small detail">
              {(page.locale === 'en' ? person.positionsEn : person.positions).join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function UnitResults({ page, member, units }: { page: Page; member: Member; units: FoundUnit[] }) {
  if (!units.length) return null
  return (
    <section class="part results">
      <h2>{page.t('console:search.units')}</h2>
      <ul class="plain">
        {units.map((unit) => (
          <li>
            <a href={page.href(`/console/${member.organization.slug}/directory/units/${unit.id}`)}>{unit.name}</a>
            {unit.parent ? <span class="muted small detail">{unit.parent}</span> : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Each list shows its first ten: the sections' own lists have the rest. */
function MoreResults({ page, member, q }: { page: Page; member: Member; q: string }) {
  const { t, href } = page
  const base = `/console/${member.organization.slug}`
  const query = `?q=${encodeURIComponent(q)}`
  return (
    <p class="muted small">
      {t('console:search.more')} <a href={href(`${base}/seminars${query}`)}>{t('console:search.seminars')}</a>,{' '}
      <a href={href(`${base}/directory/people${query}`)}>{t('console:search.people')}</a>,{' '}
      <a href={href(`${base}/directory/units${query}`)}>{t('console:search.units')}</a>
    </p>
  )
}
