import type { Page } from '../../../env.ts'
import { printedPositions } from '../../../features/invitations/emails/parts.ts'
import type { DelegationWithCount, InvitationListRow } from '../../../features/invitations/queries/list.ts'
import type { InvitationFilter } from '../../../features/invitations/schema.ts'
import { date, hourMinute, wallTime } from '../../../text/dates.ts'
import { Address } from '../../components/address.tsx'
import { InvitationStateMark } from './state.tsx'

interface TableProps {
  page: Page
  rows: InvitationListRow[]
  filter: InvitationFilter
  /** The list's own address. */
  base: string
  delegations: DelegationWithCount[]
  mayEdit: boolean
  timezone: string
}

/** The list itself, with boxes to choose several; what is done with them stands below. */
export function InvitationTable(props: TableProps) {
  const { page, rows, base, mayEdit } = props
  const { t } = page
  if (!rows.length) return <p class="empty">{t('invitations:none')}</p>
  return (
    <form method="post" action={`${base}/bulk`}>
      <table class="table stacks invitations">
        <thead>
          <tr>
            {mayEdit ? (
              <th class="pick">
                <input type="checkbox" data-all="id" hidden aria-label={t('invitations:pick.all')} />
              </th>
            ) : null}
            <th aria-sort={props.filter.sort === 'name' ? 'ascending' : undefined}>{t('invitations:column.name')}</th>
            <th>{t('invitations:column.delegation')}</th>
            <th>{t('invitations:column.address')}</th>
            <th aria-sort={props.filter.sort === 'answered' ? 'descending' : undefined}>
              {t('invitations:column.status')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row {...props} row={row} />
          ))}
        </tbody>
      </table>
      {mayEdit ? <BulkBar page={page} /> : null}
    </form>
  )
}

function Row({ page, row, base, delegations, mayEdit, timezone }: TableProps & { row: InvitationListRow }) {
  const { t, locale } = page
  const delegation = delegations.find((d) => d.id === row.delegation_id)
  const at = row.answered_at ?? (row.status === 'sent' && row.telling === 'letter' ? row.told_at : null)
  return (
    <tr>
      {mayEdit ? (
        <td class="pick">
          <input type="checkbox" name="id" value={row.id} aria-label={t('invitations:pick', { name: row.name })} />
        </td>
      ) : null}
      <th scope="row">
        <a href={`${base}/${row.id}`}>{row.name}</a>
        <span class="sub">{printedPositions(row, locale)}</span>
      </th>
      <td data-label={t('invitations:column.delegation')}>
        {delegation ? (locale === 'en' && delegation.text_en) || delegation.text : '–'}
      </td>
      <td data-label={t('invitations:column.address')} class="address">
        {row.email ? (
          <Address email={row.email} />
        ) : (
          <span class="muted">{row.phone ?? t('invitations:address.none')}</span>
        )}
      </td>
      <td data-label={t('invitations:column.status')}>
        <InvitationStateMark page={page} invitation={row} />
        {at ? <span class="sub num">{shortTime(wallTime(at, timezone), locale)}</span> : null}
      </td>
    </tr>
  )
}

/** `11:01, 24/11/2026`: for a column. */
function shortTime(at: string, locale: Page['locale']): string {
  return `${hourMinute(at)}, ${date(at, locale)}`
}

function BulkBar({ page: { t } }: { page: Page }) {
  const button = (value: 'send' | 'resend' | 'withdraw' | 'remove') => (
    <button class="btn small" type="submit" name="do" value={value}>
      {t(`invitations:bulk.${value}`)}
    </button>
  )
  return (
    <div class="bulk no-print">
      <span class="muted small">{t('invitations:bulk')}</span>
      {button('send')}
      {button('resend')}
      {button('withdraw')}
      {button('remove')}
    </div>
  )
}
