import type { Page } from '../../../env.ts'
import type { DelegationWithCount } from '../../../features/invitations/queries/list.ts'
import type { PersonToInvite } from '../../../features/invitations/queries/search.ts'
import type { DelegationSeats } from '../../../features/seminars/queries/seats.ts'

interface ByDelegationProps {
  page: Page
  delegations: DelegationWithCount[]
  seats: DelegationSeats
  base: string
  /** Where delegations are written. */
  people: string
  primary: boolean
}

/** Everybody whom the delegations' selectors mean; whoever holds two positions is invited once. */
export function ByDelegation({ page, delegations, seats, base, people, primary }: ByDelegationProps) {
  const { t, locale } = page
  const chosen = delegations.filter((d) => d.selects)
  return (
    <section>
      <h2>{t('invitations:add.delegations')}</h2>
      {chosen.length ? (
        <form method="post" action={`${base}/delegations`}>
          <p class="muted small">
            {t('invitations:add.delegations.text', { seats: seats.seats, people: seats.people })}
          </p>
          <table class="table stacks">
            <thead>
              <tr>
                <th>{t('invitations:column.delegation')}</th>
                <th class="r">{t('invitations:add.seats')}</th>
                <th class="r">{t('invitations:add.invited')}</th>
                <th>
                  <span class="visually-hidden">{t('invitations:add.do')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {chosen.map((d) => (
                <tr>
                  <th scope="row">{(locale === 'en' && d.text_en) || d.text}</th>
                  <td class="r" data-label={t('invitations:add.seats')}>
                    {seats.byId.get(d.id)?.seats ?? 0}
                  </td>
                  <td class="r" data-label={t('invitations:add.invited')}>
                    {d.people}
                  </td>
                  <td class="r">
                    <button class="btn small" type="submit" name="delegation" value={d.id}>
                      {t('invitations:add.do')}
                      <span class="visually-hidden"> {d.text}</span>
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="actions">
            <button class={primary ? 'btn primary' : 'btn'} type="submit" name="all" value="yes">
              {t('invitations:add.all', { count: seats.people })}
            </button>
          </p>
        </form>
      ) : (
        <p class="empty">
          {t('invitations:add.delegations.none')} <a href={people}>{t('invitations:add.delegations.write')}</a>
        </p>
      )}
    </section>
  )
}

/** People of the directory, found by a piece of their name or position. */
export function FromDirectory({
  page,
  q,
  found,
  delegations,
  base,
}: {
  page: Page
  q: string
  found: PersonToInvite[]
  delegations: DelegationWithCount[]
  base: string
}) {
  const { t } = page
  return (
    <section id="directory">
      <h2>{t('invitations:add.directory')}</h2>
      <form
        class="filters"
        method="get"
        action={`${base}/add#directory`}
        role="search"
        aria-label={t('invitations:add.directory')}
      >
        <input
          type="search"
          name="q"
          value={q}
          placeholder={t('invitations:add.directory.q')}
          aria-label={t('invitations:add.directory.q')}
        />
        <button class="btn" type="submit">
          {t('common:search')}
        </button>
      </form>
      {found.length ? (
        <form method="post" action={`${base}/people`}>
          <ul class="found">
            {found.map((person) => (
              <li>
                <label class="check">
                  <input type="checkbox" name="person" value={person.id} disabled={person.invited} />
                  <span>
                    <strong>{person.name}</strong>
                    <span class="sub">
                      {person.positions.join(', ')}
                      {person.invited ? ` · ${t('invitations:add.already')}` : ''}
                    </span>
                  </span>
                </label>
              </li>
            ))}
          </ul>
          <div class="actions">
            <DelegationSelect page={page} delegations={delegations} id="people-delegation" />
            <button class="btn primary" type="submit">
              {t('invitations:add.directory.do')}
            </button>
          </div>
        </form>
      ) : q.trim() ? (
        <p class="notice" role="status">
          {t('invitations:add.directory.none', { q })}
        </p>
      ) : null}
    </section>
  )
}

function DelegationSelect({ page, delegations, id }: { page: Page; delegations: DelegationWithCount[]; id: string }) {
  const { t, locale } = page
  if (!delegations.length) return null
  return (
    <>
      <label class="small" for={id}>
        {t('invitations:column.delegation')}
      </label>
      <select name="delegation_id" id={id}>
        <option value="">{t('invitations:field.delegation.none')}</option>
        {delegations.map((d) => (
          <option value={d.id}>{(locale === 'en' && d.text_en) || d.text}</option>
        ))}
      </select>
    </>
  )
}
