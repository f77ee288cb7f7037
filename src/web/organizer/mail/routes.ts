import { Hono } from 'hono'
import type { AppEnv } from '../../../env.ts'
import { againPages } from './again.tsx'
import { listPage } from './list.tsx'
import { messagePages } from './message.tsx'

/** The outbox: what was sent, what waits, what came back. */
export const mailPages = new Hono<AppEnv>().route('/', listPage).route('/', againPages).route('/', messagePages)
