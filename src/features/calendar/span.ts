import { type PlainDate, Temporal, type ZonedDateTime } from '../../temporal.ts'

interface Times {
  startsLocal: string
  endsLocal: string
  timezone: string
}

/** Start and end of a timed event. An end in the hour that summer time skips can fall before the start: then they are one. */
export function timedSpan(event: Times): { start: ZonedDateTime; end: ZonedDateTime } {
  const start = Temporal.PlainDateTime.from(event.startsLocal).toZonedDateTime(event.timezone)
  const end = Temporal.PlainDateTime.from(event.endsLocal).toZonedDateTime(event.timezone)
  return { start, end: Temporal.ZonedDateTime.compare(end, start) > 0 ? end : start }
}

/** First day and, exclusive, the day after the last one that an all-day event touches. RFC 5545 §3.6.1. */
export function daySpan(event: Times): { start: PlainDate; end: PlainDate } {
  const start = Temporal.PlainDate.from(event.startsLocal.slice(0, 10))
  const last = Temporal.PlainDate.from(event.endsLocal.slice(0, 10))
  const end = event.endsLocal.endsWith('T00:00:00') ? last : last.add({ days: 1 })
  return { start, end: Temporal.PlainDate.compare(end, start) > 0 ? end : start.add({ days: 1 }) }
}
