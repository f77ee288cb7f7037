import { Hono } from 'hono'
import type { AppEnv } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { listMemberships } from '../../../features/accounts/queries.ts'
import { findStatus } from '../../../features/deployment/queries/status.ts'
import { build, version } from '../../../version.ts'
import { isDeploymentOwner } from '../frame.ts'
import { DeploymentPage } from './page.tsx'

/** How the whole deployment stands, for its owners (DEPLOYMENT_OWNERS); others get the same 404 as for a page that is not there. */
export const deploymentPages = new Hono<AppEnv>().get('/', async (c) => {
  const { page } = c.var
  const { auth, db, files, migrations } = c.var.services
  const who = await auth.session(c.req.raw.headers)
  c.header('Cache-Control', 'private, no-store')
  if (!who) return c.redirect(`${page.href('/sign-in')}?next=${encodeURIComponent(page.href(page.path))}`, 303)
  if (!(await isDeploymentOwner(c, who))) throw new DomainError('not_found')
  const status = await findStatus(db, files, { version, build, migrations })
  const memberships = await listMemberships(db, who.userId)
  return c.html(
    <DeploymentPage
      page={page}
      name={who.name}
      status={status}
      organizations={memberships.map(({ organization }) => organization)}
    />,
  )
})
