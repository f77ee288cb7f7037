import { Temporal, type ZonedDateTime } from '../../temporal.ts'

interface Onset {
  wall: string
  month: number
  day: number
  weekday: number
  daysInMonth: number
  year: number
  time: string
  from: number
  to: number
  daylight: boolean
}

const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/**
 * Whether `zone` is a name of the IANA time zone database that this runtime knows; offsets such as `+07:00` are none.
 */
export function isZoneName(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(zone)) return false
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return true
  } catch {
    return false
  }
}

/**
 * A VTIMEZONE for a zone, right for wall times of `firstYear` to `lastYear`, from the runtime's own zone data, so that it
 * cannot disagree with the instants we compute. Where the years follow one yearly rule it is written as RRULE, which
 * Outlook reads best; else every change is listed. Without CRLF at its end. RFC 5545 §3.6.5.
 */
export function vtimezone(zone: string, firstYear: number, lastYear: number): string {
  const start = Temporal.ZonedDateTime.from({ timeZone: zone, year: firstYear - 1, month: 1, day: 1 })
  const onsets = listOnsets(start, lastYear + 1)
  const yearly = onsets.length > 0 ? yearlyRules(onsets, lastYear - firstYear + 3) : undefined
  const initial = Number(start.offsetNanoseconds) / 1e9
  const observances = yearly
    ? yearly.map(({ onset, rule }) => observance(onset, rule))
    : [
        observance({
          // Before any change in the window nothing varies: a fixed date keeps the bytes the same every year.
          wall: onsets.length > 0 ? basic(start.toPlainDateTime().toString()) : '19700101T000000',
          from: initial,
          to: initial,
          daylight: isDaylight(start),
        }),
        ...onsets.map((onset) => observance(onset)),
      ]
  return ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...observances.flat(), 'END:VTIMEZONE'].join('\r\n')
}

function listOnsets(start: ZonedDateTime, lastYear: number): Onset[] {
  const onsets: Onset[] = []
  let next = start.getTimeZoneTransition('next')
  while (next && next.year <= lastYear) {
    const before = next.subtract({ nanoseconds: 1 })
    const from = before.offsetNanoseconds / 1e9
    const to = next.offsetNanoseconds / 1e9
    // DTSTART of an observance is the wall time by the offset that ends. RFC 5545 §3.6.5.
    const wall = next.toPlainDateTime().add({ seconds: from - to })
    onsets.push({
      wall: basic(wall.toString()),
      month: wall.month,
      day: wall.day,
      weekday: wall.dayOfWeek,
      daysInMonth: wall.daysInMonth,
      year: wall.year,
      time: wall.toPlainTime().toString(),
      from,
      to,
      daylight: isDaylight(next),
    })
    next = next.getTimeZoneTransition('next')
  }
  return onsets
}

/** Two changes a year, each on the same nth weekday of the same month at the same time, in all the years; else undefined. */
function yearlyRules(onsets: Onset[], years: number): { onset: Onset; rule: string }[] | undefined {
  const groups = Map.groupBy(onsets, (o) => [o.month, o.weekday, o.time, o.from, o.to].join())
  if (groups.size !== 2) return undefined
  const rules = []
  for (const group of groups.values()) {
    if (new Set(group.map((o) => o.year)).size !== years || group.length !== years) return undefined
    const first = group[0]!
    const last = group.every((o) => o.day + 7 > o.daysInMonth)
    const nth = Math.ceil(first.day / 7)
    if (!last && !group.every((o) => Math.ceil(o.day / 7) === nth)) return undefined
    const byDay = `${last ? -1 : nth}${weekdays[first.weekday - 1]}`
    rules.push({ onset: first, rule: `FREQ=YEARLY;BYMONTH=${first.month};BYDAY=${byDay}` })
  }
  return rules
}

function observance(onset: Pick<Onset, 'wall' | 'from' | 'to' | 'daylight'>, rule?: string): string[] {
  const name = onset.daylight ? 'DAYLIGHT' : 'STANDARD'
  return [
    `BEGIN:${name}`,
    `DTSTART:${onset.wall}`,
    `TZOFFSETFROM:${offset(onset.from)}`,
    `TZOFFSETTO:${offset(onset.to)}`,
    // The database itself names a zone without letters of its own by its offset.
    `TZNAME:${offset(onset.to).replace(/00$/, '')}`,
    ...(rule ? [`RRULE:${rule}`] : []),
    `END:${name}`,
  ]
}

/** Temporal does not tell which offset is summer time: it is the one that stands above both its neighbours. */
function isDaylight(at: ZonedDateTime): boolean {
  const next = at.getTimeZoneTransition('next')
  const since = at.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')
  if (!next || !since) return false
  const before = since.subtract({ nanoseconds: 1 }).offsetNanoseconds
  return at.offsetNanoseconds > before && at.offsetNanoseconds > next.offsetNanoseconds
}

function offset(seconds: number): string {
  const size = Math.abs(seconds)
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60]
  if (parts[2] === 0) parts.pop()
  return (seconds < 0 ? '-' : '+') + parts.map((part) => String(part).padStart(2, '0')).join('')
}

function basic(wall: string): string {
  return wall.slice(0, 19).replace(/[-:]/g, '')
}
