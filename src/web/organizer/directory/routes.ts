import { Hono } from 'hono'
import type { AppEnv } from '../../../env.ts'
import { peopleListPages } from './people-list.tsx'
import { personPages } from './person.tsx'
import { personCalendarPages } from './person-calendar.tsx'
import { personFormPages } from './person-form.tsx'
import { positionFormPages } from './position-form.tsx'
import { unitPages } from './unit.tsx'
import { unitFormPages } from './unit-form.tsx'
import { unitsListPages } from './units-list.tsx'

/** Units, people, positions. Addresses with a word (`/people/new`) come before those with an id. */
export const directoryPages = new Hono<AppEnv>()
  .get('/', (c) => c.redirect(c.var.page.href(`/console/${c.var.member.organization.slug}/directory/people`), 303))
  .route('/', peopleListPages)
  .route('/', personFormPages)
  .route('/', positionFormPages)
  .route('/', personCalendarPages)
  .route('/', personPages)
  .route('/', unitsListPages)
  .route('/', unitFormPages)
  .route('/', unitPages)
