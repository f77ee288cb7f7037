import type { Context } from 'hono'
import type { Locale } from '../../../context.ts'
import type { AppEnv } from '../../../env.ts'
import { getSeminar, type SeminarRow } from '../../../features/seminars/queries.ts'
import { versionInput } from '../../../features/seminars/schema.ts'
import { clock, wallTime } from '../../../text/dates.ts'
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

/** The version a form was opened on; what is none matches none. */
export function versionOf(values: Record<string, string>): number {
  return versionInput.catch(0).parse(values.version)
}

/** Whether a script of ours asks, and wants JSON. */
export function wantsJson(c: Context<AppEnv>): boolean {
  return c.req.header('accept')?.includes('application/json') ?? false
}

/** `Đã lưu lúc 8 giờ 15.`, by the seminar's clock. */
export function savedText(c: Context<AppEnv>, seminar: SeminarRow): string {
  const { page, t } = c.var
  return t('summaries:saved.at', { time: clock(wallTime(page.now, seminar.timezone), page.locale) })
}
