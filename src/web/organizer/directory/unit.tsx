import { Hono } from 'hono'
import type { AppEnv, Member, Page } from '../../../env.ts'
import { listPositionsAt, type SelectedPosition } from '../../../features/directory/queries/positions.ts'
import { getUnit, listChildUnits, listUnitsAbove } from '../../../features/directory/queries/units.ts'
import { isValidOn } from '../../../features/directory/rules.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { frame } from '../frame.ts'
import { directoryPath, mayEdit, todayOf } from './directory-head.tsx'
import { validityText } from './person.tsx'

type Unit = Awaited<ReturnType<typeof getUnit>>
type Child = Awaited<ReturnType<typeof listChildUnits>>[number]

/** One unit: who holds what there, in order, and what is under it. */
export const unitPages = new Hono<AppEnv>().get('/units/:id', async (c) => {
  const { page, member, services } = c.var
  const { t, href } = page
  const organizationId = member.organization.id
  const today = todayOf(page, member)
  const unit = await getUnit(services.db, organizationId, c.req.param('id'))
  const [above, positions, children] = await Promise.all([
    listUnitsAbove(services.db, organizationId, unit.tree_path),
    listPositionsAt(services.db, organizationId, unit.id),
    listChildUnits(services.db, organizationId, unit.id, today),
  ])
  const path = (rest: string) => href(directoryPath(member, rest))
  return c.html(
    <ConsoleLayout {...(await frame(c, 'directory'))} title={`${unit.name} – ${member.organization.name}`}>
      <header class="head">
        <div>
          <p class="muted small crumbs">
            <a href={path('/units')}>{t('directory:tab.units')}</a>
            {above.map((a) => (
              <>
                {' / '}
                <a href={path(`/units/${a.id}`)}>{a.short_name ?? a.name}</a>
              </>
            ))}
          </p>
          <h1>{unit.name}</h1>
          <p class="meta">
            {isValidOn(unit, today) ? null : <span class="state late">{t('directory:valid.not')}</span>}
            {[unit.type, unit.kind === unit.type ? null : unit.kind, unit.block, validityText(page, unit)]
              .filter(Boolean)
              .map((text) => (
                <span>{text}</span>
              ))}
          </p>
        </div>
        {mayEdit(member) ? (
          <div class="actions">
            <a class="btn primary" href={path(`/units/${unit.id}/edit`)}>
              {t('common:edit')}
            </a>
          </div>
        ) : null}
      </header>
      <div class="cols">
        <div>
          <section>
            <h2>{t('directory:units.positions')}</h2>
            <UnitPositions page={page} member={member} positions={positions} today={today} />
            {mayEdit(member) ? (
              <p class="after">
                <a class="btn" href={path(`/people/new?unit=${unit.id}`)}>
                  {t('directory:unit.addPerson')}
                </a>
              </p>
            ) : null}
          </section>
          <section>
            <h2>{t('directory:unit.children')}</h2>
            <SubUnits page={page} member={member} children={children} />
            {mayEdit(member) ? (
              <p class="after">
                <a class="btn" href={path(`/units/new?parent=${unit.id}`)}>
                  {t('directory:unit.addChild')}
                </a>
              </p>
            ) : null}
          </section>
        </div>
        <section>
          <h2>{t('directory:unit.facts')}</h2>
          <UnitFacts page={page} member={member} unit={unit} />
          <p class="small">
            <a href={path(`/people?unit=${unit.id}`)}>{t('directory:unit.people')}</a>
          </p>
          <p class="small">
            <a href={href(`/console/${member.organization.slug}/log?subject=${unit.id}`)}>{t('directory:log')}</a>
          </p>
        </section>
      </div>
    </ConsoleLayout>,
  )
})

function UnitPositions({
  page,
  member,
  positions,
  today,
}: {
  page: Page
  member: Member
  positions: SelectedPosition[]
  today: string
}) {
  const { t, href } = page
  if (!positions.length) return <p class="muted">{t('directory:unit.noPositions')}</p>
  return (
    <ul class="rows">
      {positions.map((position) => (
        <li class={isValidOn(position, today) ? undefined : 'past'}>
          <div>
            <a class="strong" href={href(directoryPath(member, `/people/${position.person.id}`))}>
              {position.person.name}
            </a>
            <span class="muted small block">
              {(page.locale === 'en' && position.title_en) || position.title}
              {validityText(page, position) ? ` · ${validityText(page, position)}` : ''}
            </span>
          </div>
          {position.person.email_dead_at ? (
            <span class="state bad">{t('directory:people.deadAddress')}</span>
          ) : position.person.email ? null : (
            <span class="state late">{t('directory:people.noAddress')}</span>
          )}
        </li>
      ))}
    </ul>
  )
}

function SubUnits({ page, member, children }: { page: Page; member: Member; children: Child[] }) {
  const { t, href } = page
  if (!children.length) return <p class="muted">{t('directory:unit.noChildren')}</p>
  return (
    <ul class="rows">
      {children.map((child) => (
        <li>
          <div>
            <a class="strong" href={href(directoryPath(member, `/units/${child.id}`))}>
              {child.name}
            </a>
            <span class="muted small block">
              {[child.kind ?? child.type, validityText(page, child)].filter(Boolean).join(' · ')}
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
  )
}

function UnitFacts({ page, member, unit }: { page: Page; member: Member; unit: Unit }) {
  const { t, href } = page
  const facts: [string, string | null][] = [
    [t('directory:unit.short_name'), unit.short_name],
    [t('directory:unit.name_en'), unit.name_en],
    [t('directory:unit.committee_name'), unit.committee_name],
    [t('directory:unit.code'), unit.code],
    [t('directory:unit.members_count'), unit.members_count === null ? null : String(unit.members_count)],
    [t('directory:unit.email'), unit.email],
    [t('directory:unit.phone'), unit.phone],
    [t('directory:unit.rank'), String(unit.rank)],
  ]
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value)
        .map(([label, value]) => (
          <>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </>
        ))}
      {unit.successor_id ? (
        <>
          <dt>{t('directory:unit.successor_id')}</dt>
          <dd>
            <a href={href(directoryPath(member, `/units/${unit.successor_id}`))}>{unit.successor_name}</a>
          </dd>
        </>
      ) : null}
    </dl>
  )
}
