import type { Context } from 'hono'
import type { AppEnv } from '../../env.ts'
import type { MailStop } from '../../features/mail/schema.ts'
import { findConsoleCounts } from '../../features/organizations/queries.ts'
import type { ConsoleSection } from '../components/console-layout.tsx'

/** What every page of the console shows around its content: `<ConsoleLayout {...await frame(c, 'seminars')} title=…>`. */
export async function frame<S extends ConsoleSection>(c: Context<AppEnv>, section: S) {
  const { db, mailer } = c.var.services
  const { member, page } = c.var
  const counts = await findConsoleCounts(db, member.organization.id)
  // Told from the first page on, before the first run of the outbox has written it down.
  const mailStop = mailer.kind === 'none' ? noWay(page.now) : counts.mailStop
  return { page, member, section, counts: { ...counts, mailStop } }
}

function noWay(now: Date): MailStop {
  return { scope: 'server', stage: 'none', reply: '', since: now, nextProbeAt: now }
}
