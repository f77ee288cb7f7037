import { Hono } from 'hono'
import type { AppEnv } from '../../../env.ts'
import { boardPages } from './board.tsx'
import { readPages } from './read.tsx'
import { remindPages } from './remind.tsx'
import { requestPages } from './request.tsx'
import { speechPages } from './speech.tsx'

/** Speeches asked for and received: the board, asking, and each speech's page. */
export const presentationPages = new Hono<AppEnv>()
  .route('/', boardPages)
  .route('/', requestPages)
  .route('/', remindPages)
  .route('/', speechPages)
  .route('/', readPages)
