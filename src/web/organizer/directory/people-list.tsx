import { Hono } from 'hono'
import type { AppEnv, Member, Page } from '../../../env.ts'
import { countPeople, listPeople } from '../../../features/directory/queries/people.ts'
import { listPositionsOf, type SelectedPosition } from '../../../features/directory/queries/positions.ts'
import { listUnitNames } from '../../../features/directory/queries/units.ts'
import { type PeopleFilter, peopleFilterSchema } from '../../../features/directory/schema.ts'
import { Address } from '../../components/address.tsx'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { Pager } from '../../components/pager.tsx'
import { frame } from '../frame.ts'
import { DirectoryHead, directoryPath, heldPositions, mayEdit, todayOf } from './directory-head.tsx'

type PersonRow = Awaited<ReturnType<typeof listPeople>>['items'][number]

/** People by given name, with what they hold today. */
export const peopleListPages = new Hono<AppEnv>().get('/people', async (c) => {
  const { page, member, services } = c.var
  const { db } = services
  const organizationId = member.organization.id
  const filter = peopleFilterSchema.parse(c.req.query())
  const today = todayOf(page, member)
  const [people, total, [unit], base] = await Promise.all([
    listPeople(db, organizationId, filter, today),
    countPeople(db, organizationId, filter, today),
    listUnitNames(db, organizationId, filter.unit ? [filter.unit] : []),
    frame(c, 'directory'),
  ])
  const positions = await listPositionsOf(
    db,
    organizationId,
    people.items.map((p) => p.id),
  )
  const add = (
    <a class="btn primary" href={page.href(directoryPath(member, '/people/new'))}>
      {page.t('directory:person.new')}
    </a>
  )
  return c.html(
    <ConsoleLayout {...base} title={`${page.t('directory:tab.people')} – ${member.organization.name}`}>
      <DirectoryHead
        page={page}
        member={member}
        tab="people"
        meta={page.t('directory:people.total', { count: total })}
        action={mayEdit(member) ? add : null}
      />
      <PeopleFilters page={page} filter={filter} unitName={unit?.name} />
      {people.items.length ? (
        <PeopleTable page={page} member={member} people={people.items} positions={positions} today={today} />
      ) : (
        <NoPeople page={page} filter={filter} />
      )}
      <Pager page={page} next={people.next} />
    </ConsoleLayout>,
  )
})

function PeopleFilters({ page, filter, unitName }: { page: Page; filter: PeopleFilter; unitName: string | undefined }) {
  const { t } = page
  const filtered = filter.q || filter.address !== 'any' || filter.unit
  return (
    <form class="filters" method="get" role="search" aria-label={t('common:filter')}>
      <label class="visually-hidden" for="people-q">
        {t('directory:people.search')}
      </label>
      <input
        id="people-q"
        type="search"
        name="q"
        value={filter.q}
        placeholder={t('directory:people.search')}
        maxlength={200}
        autocomplete="off"
      />
      <label class="visually-hidden" for="people-address">
        {t('directory:people.address')}
      </label>
      <select id="people-address" name="address">
        {(['any', 'with', 'without', 'dead'] as const).map((value) => (
          <option value={value} selected={filter.address === value}>
            {t(`directory:people.address.${value}`)}
          </option>
        ))}
      </select>
      {filter.unit ? (
        <label class="pill">
          <input type="checkbox" name="unit" value={filter.unit} checked />
          <span>{unitName ?? t('directory:unit.gone')}</span>
        </label>
      ) : null}
      <button class="btn" type="submit">
        {t('common:filter')}
      </button>
      {filtered ? (
        <a class="btn quiet" href="?">
          {t('organizations:filter.clear')}
        </a>
      ) : null}
    </form>
  )
}

function PeopleTable({
  page,
  member,
  people,
  positions,
  today,
}: {
  page: Page
  member: Member
  people: PersonRow[]
  positions: SelectedPosition[]
  today: string
}) {
  const { t, href } = page
  return (
    <table class="table stacks people">
      <thead>
        <tr>
          <th scope="col">{t('directory:person.name')}</th>
          <th scope="col">{t('directory:people.positions')}</th>
          <th scope="col">{t('directory:person.facts')}</th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => {
          const held = heldPositions(
            positions.filter((p) => p.person.id === person.id),
            today,
            page,
          )
          return (
            <tr>
              <th scope="row">
                <a href={href(directoryPath(member, `/people/${person.id}`))}>{person.name}</a>
              </th>
              <td>
                {held.length ? (
                  held.map((text) => <span class="line">{text}</span>)
                ) : (
                  <span class="muted">{t('directory:people.noPosition')}</span>
                )}
              </td>
              <td class="address">
                {person.email ? (
                  <Address email={person.email} />
                ) : (
                  <span class="state late">{t('directory:people.noAddress')}</span>
                )}
                {person.email_dead_at ? <span class="state bad">{t('directory:people.deadAddress')}</span> : null}
                {person.phone ? <span class="sub num">{person.phone}</span> : null}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function NoPeople({ page, filter }: { page: Page; filter: PeopleFilter }) {
  const { t } = page
  const filtered = filter.q || filter.address !== 'any' || filter.unit
  return (
    <div class="empty">
      <strong>{filtered ? t('directory:people.none') : t('directory:people.empty')}</strong>
      {filtered ? t('directory:people.none.text') : t('directory:people.empty.text')}
    </div>
  )
}
