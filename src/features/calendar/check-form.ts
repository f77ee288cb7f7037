import { type Component, type ContentLine, octets, parameterValue } from './lines.ts'
import { cleanText } from './text.ts'

type Report = (rule: number, broken: boolean, what: string) => void

const textProperties =
  /^(SUMMARY|DESCRIPTION|LOCATION|UID|NAME|PRODID|TZID|TZNAME|COMMENT|CONTACT|X-WR-CALNAME|X-WR-CALDESC)$/
const uriProperties = /^(URL|SOURCE|ATTACH|CONFERENCE|ORGANIZER|ATTENDEE|TZURL)$/

/** Everything we ever write. A property outside the list came in through a value. */
const known: Record<string, Set<string>> = {
  VCALENDAR: names(
    'VERSION PRODID CALSCALE METHOD NAME DESCRIPTION REFRESH-INTERVAL X-WR-CALNAME X-WR-CALDESC X-PUBLISHED-TTL X-APPLE-CALENDAR-COLOR',
  ),
  VTIMEZONE: names('TZID'),
  STANDARD: names('DTSTART TZOFFSETFROM TZOFFSETTO TZNAME RRULE'),
  DAYLIGHT: names('DTSTART TZOFFSETFROM TZOFFSETTO TZNAME RRULE'),
  VEVENT: names(
    'UID SEQUENCE DTSTAMP DTSTART DTEND RRULE EXDATE RECURRENCE-ID SUMMARY TRANSP LOCATION DESCRIPTION ORGANIZER ATTENDEE CATEGORIES URL CONFERENCE STATUS CREATED LAST-MODIFIED X-MICROSOFT-CDO-ALLDAYEVENT X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT',
  ),
}
const repeatable = names('ATTENDEE ORGANIZER CATEGORIES CONFERENCE EXDATE')

/** Rules 1–8: octets, line ends, escapes, and the place of each property. `calendar` is undefined when it did not parse. */
export function checkForm(text: string, calendar: Component | undefined, report: Report) {
  for (const line of text.split('\r\n')) {
    report(1, octets(line) > 75, `a line of ${octets(line)} octets`)
    report(1, /^ ?[\udc00-\udfff]/.test(line), 'a fold inside a UTF-8 sequence')
  }
  report(2, /(^|[^\r])\n|\r(?!\n)/.test(text), 'a line end that is not CRLF')
  report(2, !text.endsWith('END:VCALENDAR\r\n'), 'no CRLF after END:VCALENDAR')
  report(3, !text.startsWith('BEGIN:VCALENDAR\r\n'), 'something before BEGIN:VCALENDAR')
  report(3, /\p{Surrogate}/u.test(text), 'not Unicode')
  if (calendar) checkComponent(calendar, report)
}

function checkComponent(component: Component, report: Report) {
  report(8, component.late > 0, `${component.name} has properties behind its components`)
  const seen = new Set<string>()
  for (const line of component.lines) {
    checkLine(line, report)
    report(7, !known[component.name]?.has(line.name), `${line.name} in ${component.name} is not ours`)
    report(7, seen.has(line.name) && !repeatable.has(line.name), `${line.name} appears twice`)
    seen.add(line.name)
  }
  report(8, component.name === 'VCALENDAR' && component.components.length === 0, 'no component')
  for (const child of component.components) {
    report(8, known[child.name] === undefined, `${child.name} is not ours`)
    checkComponent(child, report)
  }
}

function checkLine({ name, parameters, value }: ContentLine, report: Report) {
  if (textProperties.test(name)) {
    report(4, !/^(?:[^\\;,]|\\[\\;,nN])*$/s.test(value), `${name} is not escaped: ${value}`)
  }
  if (name === 'CATEGORIES') report(4, !/^(?:[^\\;]|\\[\\;,nN])*$/s.test(value), `${name} is not escaped: ${value}`)
  if (uriProperties.test(name)) {
    report(6, !/^[a-z][a-z0-9+.-]*:[!#-;=?-[\]_a-z~]+$/.test(value), `${name} is no URI: ${value}`)
  }
  for (const parameter of parameters) {
    report(5, parameter.value.replace(/\^['n^]/g, '').includes('^'), `${name};${parameter.name} is not encoded`)
    report(5, parameter.value.includes('\\'), `${name};${parameter.name} holds a backslash`)
    const plain = parameterValue({ name, parameters, value }, parameter.name) ?? ''
    report(7, cleanText(plain) !== plain, `${name};${parameter.name} holds control characters`)
  }
  report(7, /\n/.test(value) || cleanText(value) !== value, `${name} holds control characters`)
}

function names(list: string): Set<string> {
  return new Set(list.split(' '))
}
