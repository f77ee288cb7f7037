import { type Context, Hono } from 'hono'
import type { AppEnv, Page } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { strongEtag } from '../../features/calendar/etag.ts'
import { seminarName } from '../../features/seminars/queries.ts'
import { titlePhrase } from '../../features/seminars/rules.ts'
import { findPublicOrganization } from '../../features/summaries/queries/archive.ts'
import {
  findPublishedSummaries,
  getPublicSeminar,
  type PublicSeminar,
} from '../../features/summaries/queries/public.ts'
import type { PrintedSummary } from '../../features/summaries/schema.ts'
import type { Card } from '../../services.ts'
import { clock, monthName, readWall, weekday } from '../../text/dates.ts'
import { upperFirst } from '../../text/fold.ts'
import type { SeminarKind } from '../../text/kinds.ts'
import { type HeadImage, standing } from './head.tsx'
import { orgNameOf, written } from './words.tsx'

/**
 * Social cards. What a card shows is looked up at every request, so that what became private has none; drawing it is
 * bounded. The address in a page carries the card's version: a day in caches, as photos have it.
 */
export const cardImages = new Hono<AppEnv>()
  .get('/s/:slug/card.png', (c) => send(c, async () => seminarCard(c.var.page, await seminarOf(c))))
  .get('/s/:slug/summary/card.png', (c) =>
    send(c, async () => {
      const seminar = await seminarOf(c)
      const texts = await findPublishedSummaries(c.var.services.db, seminar)
      const text = texts[c.var.locale] ?? texts.vi ?? texts.en
      if (!text) throw new DomainError('not_found', { detail: 'no_summary' })
      return summaryCard(c.var.page, seminar, text)
    }),
  )
  .get('/o/:org/card.png', (c) =>
    send(c, async () => {
      const found = await findPublicOrganization(c.var.services.db, c.req.param('org'))
      if (!found) throw new DomainError('not_found', { detail: 'no_organization' })
      return organizationCard(c.var.page, found.organization)
    }),
  )

async function seminarOf(c: Context<AppEnv>): Promise<PublicSeminar> {
  return (await getPublicSeminar(c.var.services.db, c.req.param('slug') as string)).seminar
}

async function send(c: Context<AppEnv>, find: () => Promise<Card>): Promise<Response> {
  const { cards } = c.var.services
  const card = await find()
  if (!cards) return c.redirect(standing(c.var.page).path, 302)
  const version = await versionOf(card)
  const current = c.req.query('v') === version
  const headers = {
    'Content-Type': 'image/png',
    'Cache-Control': `public, max-age=${current ? 86_400 : 300}`,
    ETag: `"${version}"`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
  }
  if (c.req.header('if-none-match')?.includes(`"${version}"`)) return c.body(null, 304, headers)
  return c.body(await cards.draw(card), 200, headers)
}

async function versionOf(card: Card): Promise<string> {
  return (await strongEtag(JSON.stringify(card))).slice(1, 17)
}

const size = { width: 1200, height: 630 }

/** The image of a page: its own card where this runtime draws them. `path` is the page's, without the locale. */
export async function cardImage(c: Context<AppEnv>, path: string, card: Card): Promise<HeadImage> {
  const { page } = c.var
  if (!c.var.services.cards) return standing(page)
  const alt = [card.organization, card.kicker, card.title].filter(Boolean).join('. ')
  return { path: `${page.href(`${path}/card.png`)}?v=${await versionOf(card)}`, ...size, alt }
}

/** A seminar's card: its theme, whose it is, when and where. */
export function seminarCard(page: Page, seminar: PublicSeminar): Card {
  return { ...cardOf(page, seminar), title: seminarName(seminar, page.locale) }
}

/** The card of a published text that has no photo. */
export function summaryCard(page: Page, seminar: PublicSeminar, text: PrintedSummary): Card {
  const card = cardOf(page, seminar)
  const phrase = upperFirst(card.kicker)
  const title = text.title.startsWith(`${phrase} “`) ? text.title.slice(phrase.length + 1) : text.title
  return { ...card, kicker: `${page.t('public:card.report')} · ${phrase}`, title }
}

function cardOf(page: Page, seminar: PublicSeminar): Card {
  const { locale, t } = page
  const when = seminar.starts_local
  const subtype = locale === 'en' ? (seminar.subtype_en ?? seminar.subtype) : seminar.subtype
  const stopped = seminar.state === 'postponed' || seminar.state === 'cancelled'
  return {
    hue: seminar.org_accent_hue,
    organization: orgNameOf(page, seminar),
    kicker: titlePhrase(seminar.kind as SeminarKind, subtype, '', locale).trim(),
    title: '',
    day: when === null ? '' : String(readWall(when).day),
    when:
      when === null || stopped
        ? []
        : [
            `${upperFirst(monthName(when, locale))} ${locale === 'vi' ? 'năm ' : ''}${readWall(when).year}`,
            `${upperFirst(weekday(when, locale))}, ${clock(when, locale)}`,
          ],
    state: stopped ? t(`seminars:state.${seminar.state as 'postponed'}`) : '',
    place: seminar.venue === null ? '' : written(page, seminar, seminar.venue, seminar.venue_en).text,
    product: t('common:product'),
  }
}

/** An organisation's card: its name, and what its pages hold. */
export function organizationCard(
  page: Page,
  organization: { name: string; name_en: string | null; accent_hue?: number },
): Card {
  const name = (page.locale === 'en' && organization.name_en) || organization.name
  return { ...plainCard(page), hue: organization.accent_hue ?? 24, title: name }
}

function plainCard({ t, origin }: Page): Card {
  return {
    hue: 24,
    organization: '',
    kicker: '',
    title: t('common:product'),
    day: '',
    when: [t('public:card.holds')],
    state: '',
    place: new URL(origin).host,
    product: t('common:product'),
  }
}
