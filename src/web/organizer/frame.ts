import type { Context } from 'hono'
import type { AppEnv } from '../../env.ts'
import { findConsoleCounts } from '../../features/organizations/queries.ts'
import type { ConsoleSection } from '../components/console-layout.tsx'

/** What every page of the console shows around its content: `<ConsoleLayout {...await frame(c, 'seminars')} title=…>`. */
export async function frame<S extends ConsoleSection>(c: Context<AppEnv>, section: S) {
  const { db } = c.var.services
  const { member, page } = c.var
  return { page, member, section, counts: await findConsoleCounts(db, member.organization.id) }
}
