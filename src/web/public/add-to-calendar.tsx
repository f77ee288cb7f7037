import type { Page } from '../../env.ts'
import { addToCalendarLinks } from '../../features/calendar/links.ts'
import type { CalendarEvent } from '../../features/calendar/schema.ts'

/** "Add to calendar": Google, Outlook, Apple and the file, behind one button that needs no script. */
export function AddToCalendar({
  page,
  event,
  path,
  open,
}: {
  page: Page
  event: CalendarEvent
  path: string
  open: boolean
}) {
  const { t, href, origin } = page
  const links = addToCalendarLinks(event, `${origin}${href(path)}/event.ics`)
  const choices = [
    { label: t('public:calendar.google'), url: links.google },
    { label: t('public:calendar.outlook'), url: links.outlook },
    { label: t('public:calendar.office365'), url: links.office365 },
    { label: t('public:calendar.apple'), url: links.apple },
    { label: t('public:calendar.file'), url: `${links.file}?download` },
  ]
  return (
    <details class="menu" id="calendar" open={open}>
      <summary class="btn primary">{t('public:calendar.add')}</summary>
      <ul>
        {choices.map(({ label, url }) => (
          <li>
            <a href={url} rel="noopener nofollow">
              {label}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}
