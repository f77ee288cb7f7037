import { Hono } from 'hono'
import type { AppEnv } from '../../../env.ts'
import { joinPages } from './join.tsx'
import { organizationPages } from './organizations.tsx'
import { passwordPages } from './passwords.tsx'
import { setupPages } from './set-up.tsx'
import { signInPages } from './sign-in.tsx'

/** Signing in, joining by link, set-up, and the choice of an organisation. */
export const accountPages = new Hono<AppEnv>()
  .route('/', signInPages)
  .route('/', passwordPages)
  .route('/', joinPages)
  .route('/', setupPages)
  .route('/', organizationPages)
