import { Hono } from 'hono'
import type { AppEnv } from '../../../env.ts'
import { calendarPages } from './calendar.tsx'
import { keyPages } from './keys.tsx'
import { mailPages } from './mail.tsx'
import { memberPages } from './members.tsx'
import { organizationPages } from './organization.tsx'

/** The organisation, its members and keys. */
export const settingsPages = new Hono<AppEnv>()
  .route('/', organizationPages)
  .route('/', memberPages)
  .route('/', calendarPages)
  .route('/', keyPages)
  .route('/', mailPages)
