import type { Member, Page } from '../../../env.ts'
import type { DelegationRow } from '../../../features/seminars/queries/detail.ts'
import type { DelegationFigures, Figures } from '../../../features/seminars/queries/figures.ts'
import type { DelegationSeats } from '../../../features/seminars/queries/seats.ts'
import { upperFirst } from '../../../text/fold.ts'
import { seminarPath } from './frame.tsx'

export interface FigureTableProps {
  page: Page
  member: Member
  seminarId: string
  figures: { delegations: DelegationFigures[]; people: Figures }
  places: { capacity: number | null; taken: number }
}

const coming = (figures: Figures) => figures.accepted + figures.substituted
const open = (figures: Figures) => figures.waiting + figures.waitlisted

/** How each delegation answered: invited, coming, waiting, and a bar. */
export function FigureTable({ page, member, seminarId, figures, places }: FigureTableProps) {
  const { t, href } = page
  const { delegations, people } = figures
  const base = seminarPath(member, seminarId)
  return (
    <>
      <table class="tally">
        <thead>
          <tr>
            <th scope="col">{t('seminars:figures.group')}</th>
            <th scope="col">{t('seminars:figures.invited')}</th>
            <th scope="col">{t('seminars:figures.coming')}</th>
            <th scope="col">{t('seminars:figures.waiting')}</th>
            <td class="no-print" />
          </tr>
        </thead>
        <tbody class="num">
          {delegations.map((group) => (
            <Row
              page={page}
              figures={group}
              name={groupName(page, group)}
              address={group.id === null ? undefined : href(`${base}/invitations?delegation=${group.id}`)}
            />
          ))}
        </tbody>
        {delegations.length > 1 ? (
          <tfoot class="num">
            <Row page={page} figures={people} name={t('seminars:figures.people')} />
          </tfoot>
        ) : null}
      </table>
      <Key page={page} people={people} places={places} />
    </>
  )
}

function groupName(page: Page, group: DelegationFigures): string {
  if (group.id === null) return page.t('seminars:figures.no_group')
  return upperFirst((page.locale === 'en' && group.textEn) || group.text, page.locale)
}

export interface PlannedTableProps {
  page: Page
  member: Member
  seminarId: string
  delegations: DelegationRow[]
  seats: DelegationSeats
}

/** Before anyone is invited: the delegations, with the seats and people their selectors mean. */
export function PlannedTable({ page, member, seminarId, delegations, seats }: PlannedTableProps) {
  const { t, href } = page
  const address = href(seminarPath(member, seminarId, '/people'))
  if (!delegations.length) {
    return (
      <p class="muted calm">
        {t('seminars:figures.none')} <a href={address}>{t('seminars:figures.none.do')}</a>
      </p>
    )
  }
  return (
    <table class="tally planned">
      <thead>
        <tr>
          <th scope="col">{t('seminars:figures.group')}</th>
          <th scope="col">{t('seminars:figures.seats')}</th>
          <th scope="col">{t('seminars:figures.persons')}</th>
        </tr>
      </thead>
      <tbody class="num">
        {delegations.map((group) => (
          <tr>
            <th scope="row">{upperFirst((page.locale === 'en' && group.text_en) || group.text, page.locale)}</th>
            <td>{seats.byId.get(group.id)?.seats ?? '–'}</td>
            <td>{seats.byId.get(group.id)?.people ?? '–'}</td>
          </tr>
        ))}
      </tbody>
      {seats.byId.size > 1 ? (
        <tfoot class="num">
          <tr>
            <th scope="row">{t('seminars:figures.all')}</th>
            <td>{seats.seats}</td>
            <td>{seats.people}</td>
          </tr>
        </tfoot>
      ) : null}
    </table>
  )
}

function Row({ page, figures, name, address }: { page: Page; figures: Figures; name: string; address?: string }) {
  const { t } = page
  const share = (n: number) => `width:${figures.invited === 0 ? 0 : Math.round((n / figures.invited) * 1000) / 10}%`
  return (
    <tr>
      <th scope="row">
        {address ? <a href={address}>{name}</a> : name}
        {figures.unsent > 0 ? (
          <span class="muted small detail">{t('seminars:figures.unsent', { count: figures.unsent })}</span>
        ) : null}
      </th>
      <td>{figures.invited}</td>
      <td>{coming(figures)}</td>
      <td>{open(figures)}</td>
      <td class="no-print">
        <div class="bar" aria-hidden="true">
          <i style={share(figures.accepted)} />
          <i class="soft" style={share(figures.substituted)} />
          <i class="no" style={share(figures.declined)} />
        </div>
      </td>
    </tr>
  )
}

function Key({
  page,
  people,
  places,
}: {
  page: Page
  people: Figures
  places: { capacity: number | null; taken: number }
}) {
  const { t } = page
  return (
    <p class="key">
      <span class="state yes">{t('seminars:figures.key.coming')}</span>
      <span class="state soft">{t('seminars:figures.key.substituted')}</span>
      <span class="state no">{t('seminars:figures.key.declined')}</span>
      <span class="state">{t('seminars:figures.key.waiting')}</span>
      {places.capacity === null ? null : (
        <span class="muted small places">
          {t('seminars:figures.places', { taken: places.taken, capacity: places.capacity })}
          {people.waitlisted > 0 ? ` · ${t('seminars:figures.waitlisted', { count: people.waitlisted })}` : ''}
        </span>
      )}
    </p>
  )
}
