import { withAddresses, withoutPersonalLinks } from './description.ts'
import type { CalendarEvent } from './schema.ts'
import { daySpan, timedSpan } from './span.ts'
import { cleanLine, cleanText, toUri } from './text.ts'

/** Long addresses are cut by servers and mail apps; the page that the link leads back to has the whole text. */
const detailsLimit = 800

/**
 * "Add to calendar" for one event: web forms of Google Calendar and Outlook (personal, Microsoft 365), and `icsUrl`, the
 * https address of the event file, for Apple's calendar and as a download. Apple gets https as well: `webcal:` would
 * subscribe to a feed instead of adding an event.
 */
export function addToCalendarLinks(event: CalendarEvent, icsUrl: string) {
  const file = toUri(icsUrl)
  return {
    google: googleLink(event),
    outlook: outlookLink(event, 'https://outlook.live.com'),
    office365: outlookLink(event, 'https://outlook.office.com'),
    apple: file,
    file,
  }
}

/** "Subscribe" for a feed at `feedUrl` (http or https): `webcal:` opens the device's calendar, the others a web form. */
export function subscribeLinks(feedUrl: string, name: string) {
  const https = toUri(feedUrl)
  const webcal = https.replace(/^https?:/, 'webcal:')
  const outlook = query({ url: https, name: cleanLine(name) })
  return {
    webcal,
    https,
    google: `https://calendar.google.com/calendar/render?${query({ cid: webcal })}`,
    outlook: `https://outlook.live.com/calendar/0/addfromweb?${outlook}`,
    office365: `https://outlook.office.com/calendar/0/addfromweb?${outlook}`,
  }
}

function googleLink(event: CalendarEvent): string {
  const { start, end } = span(event)
  const compact = (time: string) => time.replace(/[-:]/g, '')
  return `https://calendar.google.com/calendar/render?${query({
    action: 'TEMPLATE',
    text: cleanLine(event.summary),
    dates: `${compact(start)}/${compact(end)}`,
    ctz: event.timezone,
    details: details(event),
    location: cleanLine(event.location ?? ''),
  })}`
}

function outlookLink(event: CalendarEvent, host: string): string {
  const { start, end } = span(event)
  return `${host}/calendar/0/deeplink/compose?${query({
    path: '/calendar/action/compose',
    rru: 'addevent',
    subject: cleanLine(event.summary),
    startdt: start,
    enddt: end,
    allday: event.allDay ? 'true' : '',
    // Outlook reads the body as HTML and drops plain line breaks.
    body: details(event)
      .replace(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`)
      .replaceAll('\n', '<br>'),
    location: cleanLine(event.location ?? ''),
  })}`
}

/** Instants in UTC; for an all-day event dates, the end exclusive. */
function span(event: CalendarEvent): { start: string; end: string } {
  if (event.allDay) {
    const { start, end } = daySpan(event)
    return { start: start.toString(), end: end.toString() }
  }
  const { start, end } = timedSpan(event)
  return { start: start.toInstant().toString(), end: end.toInstant().toString() }
}

function details(event: CalendarEvent): string {
  const url = event.url && toUri(event.url)
  const text = withoutPersonalLinks(cleanText(event.description ?? ''), url)
  const letters = Array.from(text)
  const short = letters.length > detailsLimit ? `${letters.slice(0, detailsLimit).join('').trimEnd()}…` : text
  return withAddresses(short, [url, event.onlineUrl && toUri(event.onlineUrl)])
}

/** Spaces as %20: Outlook shows a plus sign as it is. */
function query(fields: Record<string, string>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}
