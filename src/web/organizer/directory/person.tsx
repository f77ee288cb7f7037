import { Hono } from 'hono'
import type { AppEnv, Member, Page } from '../../../env.ts'
import { getPerson } from '../../../features/directory/queries/people.ts'
import { listPositionsOf, type SelectedPosition } from '../../../features/directory/queries/positions.ts'
import { describePosition, isValidOn } from '../../../features/directory/rules.ts'
import { date } from '../../../text/dates.ts'
import { Address } from '../../components/address.tsx'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { frame } from '../frame.ts'
import { directoryPath, mayEdit, todayOf } from './directory-head.tsx'

type Person = Awaited<ReturnType<typeof getPerson>>

/** One person: how to reach them, and the positions they hold or held. */
export const personPages = new Hono<AppEnv>().get('/people/:id', async (c) => {
  const { page, member, services } = c.var
  const { t, href } = page
  const person = await getPerson(services.db, member.organization.id, c.req.param('id'))
  const positions = await listPositionsOf(services.db, member.organization.id, [person.id])
  const today = todayOf(page, member)
  return c.html(
    <ConsoleLayout {...(await frame(c, 'directory'))} title={`${person.name} – ${member.organization.name}`}>
      <header class="head">
        <div>
          <p class="muted small crumbs">
            <a href={href(directoryPath(member, '/people'))}>{t('directory:tab.people')}</a>
          </p>
          <h1>{person.name}</h1>
        </div>
        {mayEdit(member) ? (
          <div class="actions">
            <a class="btn primary" href={href(directoryPath(member, `/people/${person.id}/edit`))}>
              {t('common:edit')}
            </a>
          </div>
        ) : null}
      </header>
      <div class="cols">
        <section>
          <h2>{t('directory:positions.title')}</h2>
          <Positions page={page} member={member} positions={positions} today={today} />
          {mayEdit(member) ? (
            <p class="after">
              <a class="btn" href={href(directoryPath(member, `/people/${person.id}/positions/new`))}>
                {t('directory:position.new')}
              </a>
            </p>
          ) : null}
        </section>
        <section>
          <h2>{t('directory:person.facts')}</h2>
          <PersonFacts page={page} person={person} />
          <p class="actions small">
            {mayEdit(member) ? (
              <a href={href(directoryPath(member, `/people/${person.id}/calendar`))}>{t('directory:calendar')}</a>
            ) : null}
            <a href={href(`/console/${member.organization.slug}/log?subject=${person.id}`)}>{t('directory:log')}</a>
          </p>
        </section>
      </div>
    </ConsoleLayout>,
  )
})

function PersonFacts({ page, person }: { page: Page; person: Person }) {
  const { t } = page
  return (
    <dl class="facts">
      <dt>{t('directory:person.email')}</dt>
      <dd>
        {person.email ? (
          <a href={`mailto:${person.email}`}>
            <Address email={person.email} />
          </a>
        ) : (
          <span class="state late">{t('directory:people.noAddress')}</span>
        )}
        {person.email_dead_at ? (
          <span class="note">
            <span class="state bad">{t('directory:people.deadAddress')}</span>
            <span class="muted small">{t('directory:person.dead.text')}</span>
          </span>
        ) : null}
      </dd>
      <dt>{t('directory:person.phone')}</dt>
      <dd>
        {person.phone ? <a href={`tel:${person.phone.replace(/[^\d+]/g, '')}`}>{person.phone}</a> : t('common:none')}
      </dd>
      <dt>{t('directory:person.gender')}</dt>
      <dd>{t(`directory:gender.${(person.gender as 'male' | 'female' | null) ?? 'unsaid'}`)}</dd>
      <dt>{t('directory:person.locale')}</dt>
      <dd>{t(`directory:locale.${person.locale as 'vi' | 'en'}`)}</dd>
      {person.code ? (
        <>
          <dt>{t('directory:person.code')}</dt>
          <dd>{person.code}</dd>
        </>
      ) : null}
      {person.note ? (
        <>
          <dt>{t('directory:person.note')}</dt>
          <dd class="lines">{person.note}</dd>
        </>
      ) : null}
    </dl>
  )
}

/** When something holds, in words: `từ 1/6/2024`, `đến 30/6/2025`. */
export function validityText(page: Page, item: { valid_from: string | null; valid_to: string | null }): string {
  const { t, locale } = page
  const from = item.valid_from && date(item.valid_from, locale)
  const to = item.valid_to && date(item.valid_to, locale)
  if (from && to) return t('directory:valid.both', { from, to })
  if (from) return t('directory:valid.from', { from })
  return to ? t('directory:valid.to', { to }) : ''
}

function Positions({
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
  const { t } = page
  if (!positions.length) return <p class="muted">{t('directory:people.noPosition')}</p>
  const held = positions.filter((p) => isValidOn(p, today))
  const other = positions.filter((p) => !isValidOn(p, today))
  return (
    <>
      {held.length ? (
        <PositionList page={page} member={member} positions={held} today={today} />
      ) : (
        <p class="muted">{t('directory:people.noPosition')}</p>
      )}
      {other.length ? (
        <>
          <h3 class="muted">{t('directory:positions.other')}</h3>
          <PositionList page={page} member={member} positions={other} today={today} />
        </>
      ) : null}
    </>
  )
}

function PositionList({
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
  return (
    <ul class="rows">
      {positions.map((position) => {
        const base = directoryPath(member, `/people/${position.person.id}/positions/${position.id}`)
        return (
          <li>
            <div>
              <strong>{describePosition(position.unit, position, page.locale)}</strong>
              <span class="muted small block">
                <a href={href(directoryPath(member, `/units/${position.unit.id}`))}>{position.unit.name}</a>
                {validityText(page, position) ? ` · ${validityText(page, position)}` : ''}
              </span>
            </div>
            {mayEdit(member) ? (
              <div class="actions">
                <a class="link" href={href(base)}>
                  {t('common:edit')}
                </a>
                {position.valid_to === null ? (
                  <details class="end">
                    <summary class="link">{t('directory:position.end')}</summary>
                    <form method="post" action={href(`${base}/end`)}>
                      <label>
                        {t('directory:position.lastDay')}
                        <input type="date" name="valid_to" value={today} required />
                      </label>
                      <button class="btn small" type="submit">
                        {t('directory:position.end.submit')}
                      </button>
                    </form>
                  </details>
                ) : null}
              </div>
            ) : null}
          </li>
        )
      })}
    </ul>
  )
}
