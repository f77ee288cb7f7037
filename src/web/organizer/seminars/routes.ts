import { Hono } from 'hono'
import type { AppEnv } from '../../../env.ts'
import { agendaPages } from './agenda.tsx'
import { chairPages } from './chair.tsx'
import { delegationPages } from './delegation.tsx'
import { editPages } from './edit.tsx'
import { listPages } from './list.tsx'
import { overviewPages } from './overview.tsx'
import { peoplePages } from './people.tsx'
import { statePages } from './state.tsx'

/** Seminars: list, editing, agenda, chairs, delegations. `/new` stands before `/:id`. */
export const seminarPages = new Hono<AppEnv>()
  .route('/', listPages)
  .route('/', editPages)
  .route('/', statePages)
  .route('/', agendaPages)
  .route('/', peoplePages)
  .route('/', chairPages)
  .route('/', delegationPages)
  .route('/', overviewPages)
