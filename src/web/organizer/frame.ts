import type { Context } from 'hono'
import type { Role } from '../../context.ts'
import type { AppEnv } from '../../env.ts'
import { ownsFirstOrganization } from '../../features/deployment/queries/status.ts'
import { ownsDeployment } from '../../features/deployment/rules.ts'
import type { MailStop } from '../../features/mail/schema.ts'
import { countNeeds } from '../../features/needs/queries.ts'
import { findConsoleCounts } from '../../features/organizations/queries.ts'
import type { ConsoleSection } from '../components/console-layout.tsx'

/** What every page of the console shows around its content: `<ConsoleLayout {...await frame(c, 'seminars')} title=…>`. */
export async function frame<S extends ConsoleSection>(c: Context<AppEnv>, section: S) {
  const { db, mailer, vitals } = c.var.services
  const { member, page } = c.var
  const [counts, today] = await Promise.all([
    findConsoleCounts(db, member.organization.id),
    countNeeds(db, member.organization.id, vitals?.ailments().includes('files_unavailable')),
  ])
  // Told from the first page on, before the first run of the outbox has written it down.
  const mailStop = mailer.kind === 'none' ? noWay(page.now) : counts.mailStop
  return {
    page,
    member,
    section,
    counts: { ...counts, today, mailStop },
    deployment: await isDeploymentOwner(c, member),
  }
}

/** Whether the page of the deployment is this person's. Only in demo mode, and of an owner, is the database asked. */
export async function isDeploymentOwner(
  c: Context<AppEnv>,
  person: { userId: string; email: string; role?: Role },
): Promise<boolean> {
  const { db, config } = c.var.services
  const mayBe = config.demo && (person.role ?? 'owner') === 'owner'
  const first = mayBe && (await ownsFirstOrganization(db, person.userId))
  return ownsDeployment({ email: person.email, ownsFirstOrganization: first }, config)
}

function noWay(now: Date): MailStop {
  return { scope: 'server', stage: 'none', reply: '', since: now, nextProbeAt: now }
}
