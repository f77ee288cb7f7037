import type { Context } from 'hono'
import type { Locale } from '../../../context.ts'
import type { AppEnv } from '../../../env.ts'
import { getSeminar, type SeminarRow } from '../../../features/seminars/queries.ts'
import { seminarPath } from '../seminars/frame.tsx'

/** The seminar of the address, of the member's own organisation. @throws DomainError not_found */
export function loadSeminar(c: Context<AppEnv>): Promise<SeminarRow> {
  return getSeminar(c.var.services.db, c.var.member.organization.id, c.req.param('id') as string)
}

/** Which of the two texts is meant: `?lang=en`, else Vietnamese. Not the language of the page. */
export function textLanguage(c: Context<AppEnv>): Locale {
  return c.req.query('lang') === 'en' ? 'en' : 'vi'
}

/** The address of a page of a seminar's summary in one language of the text, without the page's own. */
export function summaryPath(c: Context<AppEnv>, seminarId: string, language: Locale, rest = ''): string {
  return seminarPath(c.var.member, seminarId, `/summary${rest}${language === 'en' ? '?lang=en' : ''}`)
}
