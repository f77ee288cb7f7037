import { Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { delegatePages } from './delegate/routes.ts'
import { accountPages } from './organizer/accounts/routes.ts'
import { console as consolePages } from './organizer/console.ts'
import { deploymentPages } from './organizer/deployment/routes.tsx'
import { publicPages } from './public/routes.ts'

/** Every page, once for each language: mounted at `/` and at `/en`. */
export const pages = new Hono<AppEnv>()
  .route('/', publicPages)
  .route('/', accountPages)
  .route('/', delegatePages)
  // Before the desks: no organisation has this word for its address.
  .route('/console/deployment', deploymentPages)
  .route('/console/:org', consolePages)
