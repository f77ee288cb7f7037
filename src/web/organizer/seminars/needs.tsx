import type { Member, Page } from '../../../env.ts'
import type { Need, NeedKind } from '../../../features/seminars/queries/needs-hand.ts'
import { relativeDays, wallTime } from '../../../text/dates.ts'
import { seminarPath } from './frame.tsx'

/** Where each kind of need is seen to. */
function addressOf(member: Member, { kind, seminarId }: Need): string {
  const at = (rest: string) => seminarPath(member, seminarId, rest)
  const mail = (state: string) => `/console/${member.organization.slug}/mail?seminar=${seminarId}&state=${state}`
  const addresses: Record<NeedKind, string> = {
    substitutions_pending: at('/invitations?answer=substitute_pending'),
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
            <NeedDetail page={page} need={need} />
          </span>
          <a href={page.href(addressOf(member, need))}>{page.t(`seminars:need.${need.kind}.do`)}</a>
        </li>
      ))}
    </ul>
  )
}

/** What waits over several seminars: one after another, that with the most pressing need first. */
export function NeedsBySeminar({ page, member, needs }: { page: Page; member: Member; needs: Need[] }) {
  const groups = Map.groupBy(needs, (need) => need.seminarId)
  return (
    <>
      {[...groups].map(([id, [first, ...rest]]) =>
        first ? (
          <section class="needs-of">
            <h3>
              <a href={page.href(seminarPath(member, id))}>{(page.locale === 'en' && first.themeEn) || first.theme}</a>
            </h3>
            <NeedList page={page} member={member} needs={[first, ...rest]} />
          </section>
        ) : null,
      )}
    </>
  )
}

function NeedDetail({ page, need }: { page: Page; need: Need }) {
  const parts: string[] = []
  if (need.names.length)
    parts.push(need.names.join(', ') + (need.count > need.names.length && need.names.length === 3 ? '…' : ''))
  if (need.at !== null) {
    const when = relativeDays(wallTime(need.at, need.timezone), wallTime(page.now, need.timezone), page.locale)
    const key = isDeadline(need.kind) ? 'seminars:need.deadline' : 'seminars:need.oldest'
    parts.push(page.t(key, { when }))
  }
  return parts.length ? <span class="muted small detail">{parts.join(' · ')}</span> : null
}

function isDeadline(kind: NeedKind): boolean {
  return kind === 'unanswered_near_deadline' || kind === 'speeches_overdue'
}
