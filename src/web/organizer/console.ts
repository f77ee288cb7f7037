import { Hono } from 'hono'
import type { AppEnv } from '../../env.ts'
import { changesNeedOrganizer, requireMember } from '../middleware.ts'
import { allCallPages, callPages } from './calls/routes.ts'
import { directoryPages } from './directory/routes.ts'
import { filePages } from './files.tsx'
import { invitationPages } from './invitations/routes.ts'
import { logPages } from './log.tsx'
import { mailPages } from './mail/routes.ts'
import { presencePages } from './presence.tsx'
import { presentationPages } from './presentations/routes.ts'
import { searchPages } from './search.tsx'
import { seminarPages } from './seminars/routes.ts'
import { settingsPages } from './settings/routes.ts'
import { summaryPages } from './summaries/routes.ts'
import { todayPages } from './today.tsx'

/** The organizers' desk: members only, others get the same 404 as for an organisation that is not there. */
export const console = new Hono<AppEnv>()
  .use(requireMember)
  .use(changesNeedOrganizer)
  .route('/', todayPages)
  .route('/', searchPages)
  .route('/presence', presencePages)
  .route('/seminars', seminarPages)
  .route('/seminars/:id/invitations', invitationPages)
  .route('/seminars/:id/calls', callPages)
  .route('/calls', allCallPages)
  .route('/seminars/:id/presentations', presentationPages)
  .route('/seminars/:id/summary', summaryPages)
  .route('/directory', directoryPages)
  .route('/mail', mailPages)
  .route('/files', filePages)
  .route('/log', logPages)
  .route('/settings', settingsPages)
