import type { Locale } from '../context.ts'
import { type PlainDate, type PlainDateTime, Temporal } from '../temporal.ts'

/** A wall time, `2026-12-15T14:00:00` or with a space as Postgres writes it, or a date alone where only the date is read. */
export type Wall = string

const WEEKDAYS_VI = ['thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy', 'Chủ nhật']
const WEEKDAYS_EN = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
// biome-ignore format: one row a half year
const MONTHS_EN = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
]

/** Reads a wall time. Throws RangeError when it is none. */
export function readWall(wall: Wall): PlainDateTime {
  return Temporal.PlainDateTime.from(wall)
}

/** Writes a wall time as stored and compared everywhere: `2026-12-15T14:00:00`. */
export function writeWall(at: PlainDateTime): Wall {
  return at.toString({ smallestUnit: 'second' })
}

/** The wall time of an instant in a zone (IANA name). */
export function wallTime(at: Date, timezone: string): Wall {
  const instant = Temporal.Instant.fromEpochMilliseconds(at.getTime())
  return writeWall(instant.toZonedDateTimeISO(timezone).toPlainDateTime())
}

/** The instant of a wall time in a zone; a time that the clocks skip moves forward, one that comes twice is the earlier. */
export function instantOf(wall: Wall, timezone: string): Date {
  return new Date(readWall(wall).toZonedDateTime(timezone).epochMilliseconds)
}

/** `thứ Năm`, `Thursday`. */
export function weekday(wall: Wall, locale: Locale): string {
  const { dayOfWeek } = readWall(wall)
  return (locale === 'vi' ? WEEKDAYS_VI : WEEKDAYS_EN)[dayOfWeek - 1] ?? ''
}

/** `tháng 12`, `December`. */
export function monthName(wall: Wall, locale: Locale): string {
  return monthOf(readWall(wall), locale)
}

/** `16/11`, `16 Nov`: no leading zeros. */
export function dayMonth(wall: Wall, locale: Locale): string {
  const at = readWall(wall)
  return locale === 'vi' ? `${at.day}/${at.month}` : `${at.day} ${monthOf(at, 'en').slice(0, 3)}`
}

/** `16/11/2023`, `16 Nov 2023`: no leading zeros. */
export function date(wall: Wall, locale: Locale): string {
  return `${dayMonth(wall, locale)}${locale === 'vi' ? '/' : ' '}${readWall(wall).year}`
}

/** `ngày 16 tháng 11 năm 2023`, with a zero only before days 1–9 and months 1–2 (Decree 30/2020, Annex I); `16 November 2023`. */
export function officialDate(wall: Wall, locale: Locale): string {
  const at = readWall(wall)
  if (locale === 'en') return `${at.day} ${monthOf(at, 'en')} ${at.year}`
  const month = at.month <= 2 ? pad(at.month) : at.month
  return `ngày ${pad(at.day)} tháng ${month} năm ${at.year}`
}

/** `14 giờ 00`, `8 giờ 15`; `14:00`, `08:15`. */
export function clock(wall: Wall, locale: Locale): string {
  const at = readWall(wall)
  return locale === 'vi' ? `${at.hour} giờ ${pad(at.minute)}` : hourMinute(wall)
}

/** `14:00`, `08:15` in both languages: for columns of times. */
export function hourMinute(wall: Wall): string {
  const at = readWall(wall)
  return `${pad(at.hour)}:${pad(at.minute)}`
}

/** `14 giờ 00, thứ Năm, ngày 16 tháng 11 năm 2023`; `14:00, Thursday 16 November 2023`. As letters and invitations write it. */
export function officialDateTime(wall: Wall, locale: Locale): string {
  const day = weekday(wall, locale)
  return `${clock(wall, locale)}, ${day}${locale === 'vi' ? ',' : ''} ${officialDate(wall, locale)}`
}

/** `14 giờ 00, thứ Năm, 16/11/2023`; `14:00, Thu 16 Nov 2023`. As pages write it. */
export function shortDateTime(wall: Wall, locale: Locale): string {
  const day = weekday(wall, locale)
  return `${clock(wall, locale)}, ${locale === 'vi' ? `${day},` : day.slice(0, 3)} ${date(wall, locale)}`
}

/** The hours alone: `14 giờ 00 – 17 giờ 00`, `14:00–17:00`. */
export function clockRange(starts: Wall, ends: Wall, locale: Locale): string {
  return `${clock(starts, locale)}${locale === 'vi' ? ' – ' : '–'}${clock(ends, locale)}`
}

/** From start to end with the day, named twice only when they differ: `14 giờ 00 – 17 giờ 00, thứ Năm, 16/11/2023`. */
export function timeRange(starts: Wall, ends: Wall, locale: Locale): string {
  if (!readWall(starts).toPlainDate().equals(readWall(ends).toPlainDate())) {
    return `${shortDateTime(starts, locale)} – ${shortDateTime(ends, locale)}`
  }
  return clockRange(starts, ends, locale) + shortDateTime(starts, locale).slice(clock(starts, locale).length)
}

/**
 * `17 giờ 00, ngày 14/11`, `17:00 on 14 November`; with the year when it is not the year of `now`, a wall time of the same
 * zone. Fits after "trước", "đến", "by", "until".
 */
export function deadline(wall: Wall, now: Wall, locale: Locale): string {
  const at = readWall(wall)
  const otherYear = at.year !== readWall(now).year
  if (locale === 'en') return `${clock(wall, 'en')} on ${at.day} ${monthOf(at, 'en')}${otherYear ? ` ${at.year}` : ''}`
  return `${clock(wall, 'vi')}, ngày ${otherYear ? date(wall, 'vi') : dayMonth(wall, 'vi')}`
}

/** Minutes from one wall time to another of the same zone, as the clock on the wall counts them. */
export function minutesBetween(from: Wall, to: Wall): number {
  return readWall(from).until(readWall(to), { largestUnit: 'minutes' }).minutes
}

/** Whole days from `now` to `wall` by the calendar of their common zone; negative in the past. */
export function daysUntil(wall: Wall, now: Wall): number {
  return readWall(now).toPlainDate().until(readWall(wall).toPlainDate(), { largestUnit: 'days' }).days
}

/** `còn 3 ngày`, `ngày mai`, `hôm nay`, `hôm qua`, `3 ngày trước`; `in 3 days`, `tomorrow`, `today`, `yesterday`, `3 days ago`. */
export function relativeDays(wall: Wall, now: Wall, locale: Locale): string {
  const days = daysUntil(wall, now)
  const near = locale === 'vi' ? ['hôm qua', 'hôm nay', 'ngày mai'] : ['yesterday', 'today', 'tomorrow']
  if (Math.abs(days) <= 1) return near[days + 1] ?? ''
  if (locale === 'vi') return days > 0 ? `còn ${days} ngày` : `${-days} ngày trước`
  return days > 0 ? `in ${days} days` : `${-days} days ago`
}

/** Minutes in a narrow column: `30′`. */
export function minutesMark(minutes: number): string {
  return `${minutes}′`
}

/** Minutes in words: `1 giờ 20 phút`, `1 hour 20 minutes`. */
export function duration(minutes: number, locale: Locale): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  const parts: string[] = []
  if (hours > 0) parts.push(locale === 'vi' ? `${hours} giờ` : `${hours} ${hours === 1 ? 'hour' : 'hours'}`)
  if (rest > 0 || hours === 0)
    parts.push(locale === 'vi' ? `${rest} phút` : `${rest} ${rest === 1 ? 'minute' : 'minutes'}`)
  return parts.join(' ')
}

/**
 * The zone in words: `giờ Việt Nam`, `giờ London (UTC+0)`; `Vietnam time`, `London time (UTC+0)`.
 * The offset is the one in force at the wall time. Throws RangeError on a zone that does not exist.
 */
export function zoneInWords(timezone: string, wall: Wall, locale: Locale): string {
  if (timezone === 'Asia/Ho_Chi_Minh' || timezone === 'Asia/Saigon')
    return locale === 'vi' ? 'giờ Việt Nam' : 'Vietnam time'
  const offset = utcOffset(readWall(wall).toZonedDateTime(timezone).offsetNanoseconds / 60e9)
  const city = timezone.startsWith('Etc/') || !timezone.includes('/') ? '' : (timezone.split('/').at(-1) ?? '')
  if (city === '') return locale === 'vi' ? `giờ ${offset}` : offset
  const name = city.replaceAll('_', ' ')
  return locale === 'vi' ? `giờ ${name} (${offset})` : `${name} time (${offset})`
}

/** The days a seminar is said to be on, first and last: one that ends at midnight or runs on past it ended the evening before. */
export function daySpan(starts: Wall, ends: Wall): { first: PlainDate; last: PlainDate } {
  const from = readWall(starts)
  const to = readWall(ends)
  const overnight = from.hour >= 18 && Temporal.PlainDateTime.compare(to, from.add({ hours: 12 })) < 0
  const last = overnight ? from : to.subtract({ minutes: 1 })
  const first = from.toPlainDate()
  return { first, last: Temporal.PlainDate.compare(last.toPlainDate(), first) < 0 ? first : last.toPlainDate() }
}

function monthOf(at: { month: number }, locale: Locale): string {
  return locale === 'vi' ? `tháng ${at.month}` : (MONTHS_EN[at.month - 1] ?? '')
}

function pad(n: number): string {
  return String(n).padStart(2, '0')
}

function utcOffset(minutes: number): string {
  const size = Math.abs(minutes)
  const rest = size % 60
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest === 0 ? '' : `:${pad(rest)}`}`
}
