import type { Member, Page } from '../../../env.ts'
import type { Need, NeedKind } from '../../../features/needs/schema.ts'
import { relativeDays, wallTime } from '../../../text/dates.ts'
import { orgName } from '../../components/console-layout.tsx'
import { seminarPath } from './frame.tsx'

/** Where each kind of need is seen to. */
function addressOf(member: Member, { kind, seminar }: Need): string {
  const at = (rest: string) => (seminar ? seminarPath(member, seminar.id, rest) : '')
  const mail = (state: string) =>
    `/console/${member.organization.slug}/mail?${seminar ? `seminar=${seminar.id}&` : ''}state=${state}`
  const settings = `/console/${member.organization.slug}/settings/mail`
  const addresses: Record<NeedKind, string> = {
    files_unavailable: `/console/${member.organization.slug}/files`,
    files_damaged: `/console/${member.organization.slug}/files`,
    files_unscanned: `/console/${member.organization.slug}/files`,
    speeches_infected: at('/presentations'),
    mail_no_way: settings,
    mail_stopped: settings,
    substitutions_pending: at('/invitations?answer=substitute_pending'),
    calls_open: at('/calls'),
    calls_unreachable: at('/calls#unreachable'),
    mail_bounced: mail('bounced'),
    mail_failed: mail('failed'),
    speeches_overdue: at('/presentations?wait=late'),
    speeches_to_read: at('/presentations?state=received'),
    unanswered_near_deadline: at('/invitations?answer=none'),
    invitations_unsent: at('/invitations/review'),
    mark_held: at(''),
    draft_soon: at('/schedule'),
    agenda_clash: at('/agenda'),
    agenda_overrun: at('/agenda'),
    no_chair: at('/people'),
  }
  return addresses[kind]
}

/** What waits for a hand in one seminar, most pressing first. */
export function NeedList({ page, member, needs }: { page: Page; member: Member; needs: Need[] }) {
  return (
    <ul class="todo">
      {needs.map((need) => (
        <li>
          <span class="n">{need.count}</span>
          <span>
            {page.t(`seminars:need.${need.kind}`, { count: need.count })}
            <NeedDetail page={page} member={member} need={need} />
          </span>
          <a href={page.href(addressOf(member, need))}>{page.t(`seminars:need.${need.kind}.do`)}</a>
        </li>
      ))}
    </ul>
  )
}

/** What waits over the organisation, then over its seminars: one after another, that with the most pressing need first. */
export function NeedsBySeminar({ page, member, needs }: { page: Page; member: Member; needs: Need[] }) {
  const whole = needs.filter((need) => need.seminar === null)
  const groups = Map.groupBy(
    needs.filter((need) => need.seminar !== null),
    (need) => need.seminar?.id,
  )
  return (
    <>
      {whole.length ? (
        <section class="needs-of">
          <h3>{orgName(member, page)}</h3>
          <NeedList page={page} member={member} needs={whole} />
        </section>
      ) : null}
      {[...groups.values()].map((of) => {
        const seminar = of[0]?.seminar
        return seminar ? (
          <section class="needs-of">
            <h3>
              <a href={page.href(seminarPath(member, seminar.id))}>
                {(page.locale === 'en' && seminar.themeEn) || seminar.theme}
              </a>
            </h3>
            <NeedList page={page} member={member} needs={of} />
          </section>
        ) : null
      })}
    </>
  )
}

function NeedDetail({ page, member, need }: { page: Page; member: Member; need: Need }) {
  const parts: string[] = []
  if (need.names.length)
    parts.push(need.names.join(', ') + (need.count > need.names.length && need.names.length === 3 ? '…' : ''))
  if (need.at !== null) {
    const zone = need.seminar?.timezone ?? member.organization.timezone
    const when = relativeDays(wallTime(need.at, zone), wallTime(page.now, zone), page.locale)
    const key = isDeadline(need.kind) ? 'seminars:need.deadline' : 'seminars:need.oldest'
    parts.push(page.t(key, { when }))
  }
  return parts.length ? <span class="muted small detail">{parts.join(' · ')}</span> : null
}

function isDeadline(kind: NeedKind): boolean {
  return kind === 'unanswered_near_deadline' || kind === 'speeches_overdue'
}
