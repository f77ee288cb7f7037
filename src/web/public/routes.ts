import { Hono } from 'hono'
import type { AppEnv } from '../../env.ts'
import { calendarPage } from './calendar.tsx'
import { cardImages } from './card.ts'
import { calendarFeeds } from './feeds.ts'
import { publicFiles } from './files.ts'
import { homePages } from './home.tsx'
import { mailboxPages } from './mailbox.tsx'
import { newsFeeds } from './news.ts'
import { qrCodes } from './qr.ts'
import { seminarPage } from './seminar.tsx'
import { sitemap } from './sitemap.ts'
import { speechPage } from './speech.tsx'
import { statementPages } from './statements.tsx'
import { summaryPage } from './summary.tsx'

/** What everybody may read. */
export const publicPages = new Hono<AppEnv>()
  .route('/', homePages)
  .route('/', seminarPage)
  .route('/', summaryPage)
  .route('/', speechPage)
  .route('/', publicFiles)
  .route('/', qrCodes)
  .route('/', cardImages)
  .route('/', calendarFeeds)
  .route('/', newsFeeds)
  .route('/', sitemap)
  .route('/', calendarPage)
  .route('/', statementPages)
  .route('/', mailboxPages)
