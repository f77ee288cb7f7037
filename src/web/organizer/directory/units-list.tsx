import { Hono } from 'hono'
import type { AppEnv, Member, Page } from '../../../env.ts'
import {
  getUnit,
  listChildUnits,
  listDirectoryWords,
  listUnits,
  listUnitsAbove,
  type UnitListRow,
} from '../../../features/directory/queries/units.ts'
import { isValidOn } from '../../../features/directory/rules.ts'
import { type UnitFilter, unitFilterSchema } from '../../../features/directory/schema.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { Pager } from '../../components/pager.tsx'
import { frame } from '../frame.ts'
import { DirectoryHead, directoryPath, mayEdit, todayOf } from './directory-head.tsx'
import { validityText } from './person.tsx'
import { suggestUnits } from './unit-field.tsx'

/** Units: as a list with search and filters, or level by level. */
export const unitsListPages = new Hono<AppEnv>()
  .get('/units', async (c) => {
    const { page, member, services } = c.var
    const organizationId = member.organization.id
    const filter = unitFilterSchema.parse(c.req.query())
    const today = todayOf(page, member)
    const [units, words, base] = await Promise.all([
      listUnits(services.db, organizationId, filter, today),
      listDirectoryWords(services.db, organizationId),
      frame(c, 'directory'),
    ])
    return c.html(
      <ConsoleLayout {...base} title={`${page.t('directory:tab.units')} – ${member.organization.name}`}>
        <DirectoryHead page={page} member={member} tab="units" action={<AddUnit page={page} member={member} />} />
        <UnitFilters page={page} filter={filter} words={words} />
        {units.items.length ? (
          <UnitTable page={page} member={member} units={units.items} filter={filter} today={today} />
        ) : (
          <NoUnits page={page} filter={filter} />
        )}
        <Pager page={page} next={units.next} />
      </ConsoleLayout>,
    )
  })

  .get('/units/options', async (c) => {
    const { member, services } = c.var
    return c.json(await suggestUnits(services.db, member.organization.id, c.req.query('q') ?? ''))
  })

  .get('/tree', async (c) => {
    const { page, member, services } = c.var
    const { t, href } = page
    const organizationId = member.organization.id
    const at = c.req.query('at')
    const unit = at ? await getUnit(services.db, organizationId, at) : undefined
    const [above, children] = await Promise.all([
      unit ? listUnitsAbove(services.db, organizationId, unit.tree_path) : [],
      listChildUnits(services.db, organizationId, unit?.id ?? null, todayOf(page, member)),
    ])
    const tree = (id?: string) => href(directoryPath(member, id ? `/tree?at=${id}` : '/tree'))
    return c.html(
      <ConsoleLayout
        {...(await frame(c, 'directory'))}
        title={`${t('directory:tab.tree')} – ${member.organization.name}`}
      >
        <DirectoryHead
          page={page}
          member={member}
          tab="tree"
          action={<AddUnit page={page} member={member} parent={unit?.id} />}
        />
        {unit ? (
          <div class="tree-head">
            <p class="muted small crumbs">
              <a href={tree()}>{t('directory:tree.top')}</a>
              {above.map((a) => (
                <>
                  {' / '}
                  <a href={tree(a.id)}>{a.short_name ?? a.name}</a>
                </>
              ))}
            </p>
            <h2>
              <a href={href(directoryPath(member, `/units/${unit.id}`))}>{unit.name}</a>
            </h2>
          </div>
        ) : null}
        {children.length ? (
          <ul class="rows tree">
            {children.map((child) => (
              <li>
                <div>
                  <a
                    class="strong"
                    href={child.children ? tree(child.id) : href(directoryPath(member, `/units/${child.id}`))}
                  >
                    {child.name}
                  </a>
                  <span class="muted small block">
                    {[child.type, validityText(page, child)].filter(Boolean).join(' · ')}
                  </span>
                </div>
                <span class="muted small">
                  {child.children
                    ? t('directory:tree.children', { count: child.children })
                    : t('directory:unit.positions', { count: child.positions })}
                </span>
              </li>
            ))}
          </ul>
        ) : (
          <div class="empty">
            <strong>{t('directory:units.empty')}</strong>
            {t('directory:units.empty.text')}
          </div>
        )}
      </ConsoleLayout>,
    )
  })

function AddUnit({ page, member, parent }: { page: Page; member: Member; parent?: string }) {
  if (!mayEdit(member)) return null
  return (
    <a class="btn primary" href={page.href(directoryPath(member, `/units/new${parent ? `?parent=${parent}` : ''}`))}>
      {page.t('directory:unit.new')}
    </a>
  )
}

function isFiltered(filter: UnitFilter): boolean {
  return Boolean(filter.q || filter.block || filter.type || filter.kind || filter.valid !== 'today')
}

function UnitFilters({
  page,
  filter,
  words,
}: {
  page: Page
  filter: UnitFilter
  words: { blocks: string[]; types: string[]; kinds: string[] }
}) {
  const { t } = page
  const select = (name: 'block' | 'type' | 'kind', options: string[]) => (
    <>
      <label class="visually-hidden" for={`units-${name}`}>
        {t(`directory:unit.${name}`)}
      </label>
      <select id={`units-${name}`} name={name}>
        <option value="">{t(`directory:units.${name}.all`)}</option>
        {options.map((word) => (
          <option value={word} selected={filter[name] === word}>
            {word}
          </option>
        ))}
      </select>
    </>
  )
  return (
    <form class="filters" method="get" role="search" aria-label={t('common:filter')}>
      <label class="visually-hidden" for="units-q">
        {t('directory:units.search')}
      </label>
      <input
        id="units-q"
        type="search"
        name="q"
        value={filter.q}
        placeholder={t('directory:units.search')}
        maxlength={200}
        autocomplete="off"
      />
      {select('block', words.blocks)}
      {select('type', words.types)}
      {select('kind', words.kinds)}
      <label class="visually-hidden" for="units-valid">
        {t('directory:units.valid')}
      </label>
      <select id="units-valid" name="valid">
        <option value="today">{t('directory:units.valid.today')}</option>
        <option value="all" selected={filter.valid === 'all'}>
          {t('directory:units.valid.all')}
        </option>
      </select>
      {filter.sort === 'name' ? <input type="hidden" name="sort" value="name" /> : null}
      <button class="btn" type="submit">
        {t('common:filter')}
      </button>
      {isFiltered(filter) ? (
        <a class="btn quiet" href="?">
          {t('organizations:filter.clear')}
        </a>
      ) : null}
    </form>
  )
}

function sortAddress(filter: UnitFilter, sort: 'rank' | 'name'): string {
  const { cursor: _, ...rest } = filter
  return `?${new URLSearchParams({ ...rest, sort })}`
}

function UnitTable({
  page,
  member,
  units,
  filter,
  today,
}: {
  page: Page
  member: Member
  units: UnitListRow[]
  filter: UnitFilter
  today: string
}) {
  const { t, href } = page
  return (
    <table class="table stacks units">
      <thead>
        <tr>
          <th scope="col" aria-sort={filter.sort === 'name' ? 'ascending' : undefined}>
            {filter.sort === 'name' ? (
              <a href={sortAddress(filter, 'rank')}>{t('directory:units.sort.rank')}</a>
            ) : (
              <a href={sortAddress(filter, 'name')}>{t('directory:units.sort.name')}</a>
            )}
          </th>
          <th scope="col">{t('directory:unit.type')}</th>
          <th scope="col">{t('directory:unit.block')}</th>
          <th scope="col" class="r">
            {t('directory:units.positions')}
          </th>
        </tr>
      </thead>
      <tbody>
        {units.map((unit) => (
          <tr class={isValidOn(unit, today) ? undefined : 'past'}>
            <th scope="row">
              <a href={href(directoryPath(member, `/units/${unit.id}`))}>{unit.name}</a>
              <span class="sub">{[unit.parent_name, validityText(page, unit)].filter(Boolean).join(' · ')}</span>
            </th>
            <td>
              {unit.type}
              {unit.kind && unit.kind !== unit.type ? <span class="sub">{unit.kind}</span> : null}
            </td>
            <td>{unit.block}</td>
            <td class="r" data-label={t('directory:units.positions')}>
              {unit.positions}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function NoUnits({ page, filter }: { page: Page; filter: UnitFilter }) {
  const { t } = page
  return (
    <div class="empty">
      <strong>{isFiltered(filter) ? t('directory:units.none') : t('directory:units.empty')}</strong>
      {isFiltered(filter) ? t('directory:people.none.text') : t('directory:units.empty.text')}
    </div>
  )
}
