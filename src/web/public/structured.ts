import type { Locale } from '../../context.ts'
import type { Page } from '../../env.ts'
import { topicName } from '../../features/seminars/queries/topics.ts'
import { seminarTitle } from '../../features/seminars/queries.ts'
import type { PublicSeminar, SeminarDetails } from '../../features/summaries/queries/public.ts'
import type { PrintedSummary } from '../../features/summaries/schema.ts'
import { instantOf } from '../../text/dates.ts'
import { orgNameOf } from './words.tsx'

const STATUS: Record<string, string> = {
  scheduled: 'EventScheduled',
  held: 'EventScheduled',
  postponed: 'EventPostponed',
  cancelled: 'EventCancelled',
}

/** The seminar as schema.org/Event. Only what the page itself shows. */
export function eventData(page: Page, seminar: PublicSeminar, details: SeminarDetails, url: string) {
  const at = (wall: string | null) => (wall === null ? undefined : instantOf(wall, seminar.timezone).toISOString())
  const venue = (page.locale === 'en' && seminar.venue_en) || seminar.venue
  const online = seminar.online_offered && seminar.online_url
  const places = [
    ...(venue ? [{ '@type': 'Place', name: venue, address: venue }] : []),
    ...(online ? [{ '@type': 'VirtualLocation', url: seminar.online_url }] : []),
  ]
  return {
    '@context': 'https://schema.org',
    '@type': 'Event',
    name: seminarTitle(seminar, page.locale),
    url,
    // A postponed event keeps the date it had until it gets another (schema.org/EventPostponed).
    startDate: at(seminar.starts_local ?? seminar.postponed_starts_local),
    endDate: at(seminar.ends_local ?? seminar.postponed_ends_local),
    eventStatus: `https://schema.org/${STATUS[seminar.state]}`,
    eventAttendanceMode: `https://schema.org/${online ? (venue ? 'Mixed' : 'Online') : 'Offline'}EventAttendanceMode`,
    location: places.length > 1 ? places : places[0],
    description: ((page.locale === 'en' && seminar.introduction_en) || seminar.introduction) ?? undefined,
    organizer: { '@type': 'Organization', name: orgNameOf(page, seminar), url: `${page.origin}/o/${seminar.org_slug}` },
    keywords: details.topics.length ? details.topics.map((topic) => topicName(topic, page.locale)) : undefined,
    performer: details.chairs.map((chair) => ({ '@type': 'Person', name: chair.name })),
  }
}

/** The published text as schema.org/NewsArticle. */
export function newsArticle(
  page: Page,
  seminar: PublicSeminar,
  { topics }: Pick<SeminarDetails, 'topics'>,
  text: PrintedSummary,
  locale: Locale,
  image: string | undefined,
) {
  const publisher = {
    '@type': 'Organization',
    name: orgNameOf(page, seminar),
    url: `${page.origin}/o/${seminar.org_slug}`,
  }
  return {
    '@context': 'https://schema.org',
    '@type': 'NewsArticle',
    headline: text.title,
    description: text.lead[0],
    inLanguage: locale,
    keywords: topics.length ? topics.map((topic) => topicName(topic, locale)) : undefined,
    datePublished: text.publishedAt,
    dateModified: text.correctedAt ?? text.publishedAt,
    author: text.byline ? { '@type': 'Person', name: text.byline } : publisher,
    publisher,
    image: image ? [page.origin + image] : undefined,
    mainEntityOfPage: `${page.origin}${locale === 'en' ? '/en' : ''}/s/${seminar.slug}/summary`,
  }
}
