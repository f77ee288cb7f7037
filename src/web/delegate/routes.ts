import { Hono } from 'hono'
import type { AppEnv } from '../../env.ts'
import { invitationLinkPages } from './invitation.tsx'
import { presentationLinkPages } from './presentation.tsx'

/** Pages behind personal links. */
export const delegatePages = new Hono<AppEnv>().route('/', invitationLinkPages).route('/', presentationLinkPages)
