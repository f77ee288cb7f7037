import { type Component, type ContentLine, formatComponent, parseCalendar } from './lines.ts'
import { escapeText } from './text.ts'

/** The property under which the online address passes through ical-generator, whose `x()` refuses CONFERENCE. */
export const conferenceCarrier = 'X-HOITHAO-CONFERENCE'

const attendeeOrder = ['CN', 'CUTYPE', 'ROLE', 'PARTSTAT', 'RSVP', 'DELEGATED-TO', 'DELEGATED-FROM', 'SENT-BY']

/**
 * Mends what ical-generator 11.1.2 writes: NAME, X-WR-CALNAME, X-WR-CALDESC and UID unescaped, URIs escaped as text,
 * DELEGATED-* without `mailto:`, no CONFERENCE, properties behind components, TIMEZONE-ID, folds inside letters, no last
 * CRLF. An empty calendar, which RFC 5545 §3.6 forbids, gets `spare` (a VTIMEZONE) as its one component.
 */
export function mend(written: string, spare: string): string {
  const calendar = parseCalendar(written)
  const components = calendar.components.length > 0 ? calendar.components : [parseCalendar(spare)]
  return formatComponent(mendComponent({ ...calendar, components }))
}

function mendComponent(component: Component): Component {
  return {
    ...component,
    lines: component.lines.flatMap((line) => mendLine(line, component.name)),
    components: component.components.map(mendComponent),
  }
}

function mendLine(line: ContentLine, within: string): ContentLine[] {
  switch (line.name) {
    case 'TIMEZONE-ID':
      return []
    case 'UID':
    case 'NAME':
    case 'X-WR-CALNAME':
      return [{ ...line, value: escapeText(line.value) }]
    case 'X-WR-CALDESC': {
      const value = escapeText(line.value)
      return [
        { ...line, value },
        { name: 'DESCRIPTION', parameters: [], value },
      ]
    }
    case 'URL':
      return [{ ...line, value: uri(line.value) }]
    case conferenceCarrier: {
      const parameters = [
        { name: 'VALUE', value: 'URI' },
        { name: 'FEATURE', value: 'AUDIO,VIDEO' },
      ]
      return within === 'VEVENT' ? [{ name: 'CONFERENCE', parameters, value: uri(line.value) }] : []
    }
    case 'ORGANIZER':
    case 'ATTENDEE':
      return [mendAddress(line)]
    default:
      return [line]
  }
}

function mendAddress(line: ContentLine): ContentLine {
  const parameters = line.parameters
    .map(({ name, value }) => ({
      name,
      value: /^(SENT-BY|DELEGATED-TO|DELEGATED-FROM)$/.test(name)
        ? value.replace(/^"(?:mailto:)?/i, '"mailto:')
        : value,
    }))
    .sort((a, b) => attendeeOrder.indexOf(a.name) - attendeeOrder.indexOf(b.name))
  return { ...line, parameters, value: uri(line.value).replace(/^mailto:/i, 'mailto:') }
}

/** Our URIs hold no backslash, so every one in them was put there by the TEXT escaping. */
function uri(value: string): string {
  return value.replaceAll('\\', '')
}
