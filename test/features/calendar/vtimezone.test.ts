import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { isZoneName, vtimezone } from '../../../src/features/calendar/vtimezone.ts'
import { Temporal } from '../../../src/temporal.ts'
import { instant } from './support.ts'

const zones = [
  'Asia/Ho_Chi_Minh',
  'Asia/Saigon',
  'Asia/Tokyo',
  'Europe/London',
  'Europe/Dublin',
  'Europe/Kyiv',
  'America/New_York',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Australia/Sydney',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Etc/UTC',
]

function zoneOf(text: string) {
  return ICAL.Timezone.fromData(new ICAL.Component(ICAL.parse(text)))
}

/** Skipped or repeated by summer time: readers settle such hours each in their own way. */
function isDoubtful(wall: string, zone: string): boolean {
  const local = Temporal.PlainDateTime.from(wall)
  const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
    local.toZonedDateTime(zone, { disambiguation }),
  )
  return !earlier!.equals(later!)
}

describe('a time zone in a calendar', () => {
  it('gives the same instants as the zone data, for every week of several years', () => {
    for (const zone of zones) {
      for (const [first, last] of [
        [2026, 2026],
        [2005, 2008],
        [2010, 2030],
        [1974, 1976],
      ] as const) {
        const timezone = zoneOf(vtimezone(zone, first, last))
        for (let day = Date.UTC(first, 0, 1, 12); day < Date.UTC(last + 1, 0, 1); day += 6.9 * 86_400_000) {
          const wall = new Date(day).toISOString().slice(0, 19)
          if (isDoubtful(wall, zone)) continue
          const time = ICAL.Time.fromDateTimeString(wall)
          time.zone = timezone
          expect([zone, wall, time.toUnixTime() * 1000]).toEqual([zone, wall, instant(wall, zone)])
        }
      }
    }
  })

  it('is one fixed offset, the same every year, where clocks never change', () => {
    expect(vtimezone('Asia/Ho_Chi_Minh', 2026, 2026)).toBe(
      [
        'BEGIN:VTIMEZONE',
        'TZID:Asia/Ho_Chi_Minh',
        'BEGIN:STANDARD',
        'DTSTART:19700101T000000',
        'TZOFFSETFROM:+0700',
        'TZOFFSETTO:+0700',
        'TZNAME:+07',
        'END:STANDARD',
        'END:VTIMEZONE',
      ].join('\r\n'),
    )
    expect(vtimezone('Asia/Ho_Chi_Minh', 2031, 2032)).toBe(vtimezone('Asia/Ho_Chi_Minh', 2026, 2026))
  })

  it('is two yearly rules where clocks change by rule', () => {
    const rules = (zone: string, year = 2026) => vtimezone(zone, year, year).match(/(?<=RRULE:FREQ=YEARLY;).*/g)
    expect(rules('Europe/London')).toEqual(['BYMONTH=3;BYDAY=-1SU', 'BYMONTH=10;BYDAY=-1SU'])
    expect(rules('America/New_York')).toEqual(['BYMONTH=3;BYDAY=2SU', 'BYMONTH=11;BYDAY=1SU'])
    expect(vtimezone('America/New_York', 2026, 2026)).toContain('BEGIN:DAYLIGHT\r\nDTSTART:20250309T020000\r\n')
    // The United States changed their rule in 2007: each change is listed.
    expect(rules('America/New_York', 2006)).toBeNull()
    expect(vtimezone('America/New_York', 2006, 2006)).toContain('DTSTART:20070311T020000')
  })

  it('takes names of the IANA database only', () => {
    for (const zone of zones) expect(isZoneName(zone)).toBe(true)
    for (const zone of ['+07:00', '', 'Asia/Nowhere', 'SE Asia Standard Time', '/Asia/Tokyo', 'UTC\r\nX:1']) {
      expect(isZoneName(zone)).toBe(false)
    }
  })
})
