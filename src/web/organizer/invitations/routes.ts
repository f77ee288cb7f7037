import { Hono } from 'hono'
import type { AppEnv } from '../../../env.ts'
import { addPages } from './add.tsx'
import { bulkPages } from './bulk.tsx'
import { listPages } from './list.tsx'
import { onePages } from './one.tsx'
import { reviewPages } from './review.tsx'
import { substitutionPages } from './substitutions.tsx'

/** Who is invited to a seminar, and what they answered. */
export const invitationPages = new Hono<AppEnv>()
  .route('/', listPages)
  .route('/', addPages)
  .route('/', reviewPages)
  .route('/', bulkPages)
  .route('/', substitutionPages)
  .route('/', onePages)
