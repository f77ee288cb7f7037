import { describe, expect, it } from 'vitest'
import {
  clock,
  clockRange,
  date,
  dayMonth,
  daySpan,
  deadline,
  duration,
  hourMinute,
  instantOf,
  minutesBetween,
  minutesMark,
  monthName,
  officialDate,
  officialDateTime,
  relativeDays,
  shortDateTime,
  timeRange,
  wallTime,
  weekday,
  zoneInWords,
} from '../../src/text/dates.ts'
import { formatBytes, formatNumber, formatPercent, quoted } from '../../src/text/numbers.ts'

describe('a date and time in full', () => {
  it.each([
    ['2023-11-16T14:00:00', '14 giờ 00, thứ Năm, ngày 16 tháng 11 năm 2023', '14:00, Thursday 16 November 2023'],
    ['2024-02-05T08:05:00', '8 giờ 05, thứ Hai, ngày 05 tháng 02 năm 2024', '08:05, Monday 5 February 2024'],
    ['2024-03-05T08:30:00', '8 giờ 30, thứ Ba, ngày 05 tháng 3 năm 2024', '08:30, Tuesday 5 March 2024'],
    ['2024-01-31T00:00:00', '0 giờ 00, thứ Tư, ngày 31 tháng 01 năm 2024', '00:00, Wednesday 31 January 2024'],
    ['2023-12-10 19:00:00', '19 giờ 00, Chủ nhật, ngày 10 tháng 12 năm 2023', '19:00, Sunday 10 December 2023'],
    ['2024-10-09T07:00:00', '7 giờ 00, thứ Tư, ngày 09 tháng 10 năm 2024', '07:00, Wednesday 9 October 2024'],
  ])('writes %s as letters do', (wall, vi, en) => {
    expect(officialDateTime(wall, 'vi')).toBe(vi)
    expect(officialDateTime(wall, 'en')).toBe(en)
  })

  it.each([
    ['2023-11-16T14:00:00', '14 giờ 00, thứ Năm, 16/11/2023', '14:00, Thu 16 Nov 2023'],
    ['2024-02-05T08:05:00', '8 giờ 05, thứ Hai, 5/2/2024', '08:05, Mon 5 Feb 2024'],
    ['2023-09-30T20:15:00', '20 giờ 15, thứ Bảy, 30/9/2023', '20:15, Sat 30 Sep 2023'],
  ])('writes %s as pages do', (wall, vi, en) => {
    expect(shortDateTime(wall, 'vi')).toBe(vi)
    expect(shortDateTime(wall, 'en')).toBe(en)
  })

  it('refuses what is no time', () => {
    expect(() => officialDateTime('16/11/2023', 'vi')).toThrow(RangeError)
  })
})

describe('parts of a time', () => {
  const wall = '2024-02-05T08:05:00'

  it('writes days without leading zeros, except in a document', () => {
    expect([dayMonth(wall, 'vi'), dayMonth(wall, 'en')]).toEqual(['5/2', '5 Feb'])
    expect([date(wall, 'vi'), date(wall, 'en')]).toEqual(['5/2/2024', '5 Feb 2024'])
    expect([officialDate(wall, 'vi'), officialDate(wall, 'en')]).toEqual([
      'ngày 05 tháng 02 năm 2024',
      '5 February 2024',
    ])
    expect(date('2023-11-16', 'vi')).toBe('16/11/2023')
  })

  it('names weekday and month', () => {
    expect([weekday(wall, 'vi'), weekday(wall, 'en')]).toEqual(['thứ Hai', 'Monday'])
    expect([monthName(wall, 'vi'), monthName(wall, 'en')]).toEqual(['tháng 2', 'February'])
  })

  it('writes clock times in words and in columns', () => {
    expect([clock(wall, 'vi'), clock(wall, 'en'), hourMinute(wall)]).toEqual(['8 giờ 05', '08:05', '08:05'])
  })

  it.each([
    ['2023-11-16T17:00:00', '14 giờ 00 – 17 giờ 00, thứ Năm, 16/11/2023', '14:00–17:00, Thu 16 Nov 2023'],
    [
      '2023-11-17T11:30:00',
      '14 giờ 00, thứ Năm, 16/11/2023 – 11 giờ 30, thứ Sáu, 17/11/2023',
      '14:00, Thu 16 Nov 2023 – 11:30, Fri 17 Nov 2023',
    ],
  ])('names the day of a range once, or both days: until %s', (ends, vi, en) => {
    expect(timeRange('2023-11-16T14:00:00', ends, 'vi')).toBe(vi)
    expect(timeRange('2023-11-16T14:00:00', ends, 'en')).toBe(en)
  })

  it('writes the hours of a range alone', () => {
    expect(clockRange('2023-11-16T14:00', '2023-11-16T17:00', 'vi')).toBe('14 giờ 00 – 17 giờ 00')
  })
})

describe('a deadline', () => {
  it.each([
    ['2023-11-14T17:00:00', '2023-11-01T09:00:00', '17 giờ 00, ngày 14/11', '17:00 on 14 November'],
    ['2024-01-05T17:00:00', '2023-12-30T09:00:00', '17 giờ 00, ngày 5/1/2024', '17:00 on 5 January 2024'],
    ['2023-12-31T17:00:00', '2024-01-02T09:00:00', '17 giờ 00, ngày 31/12/2023', '17:00 on 31 December 2023'],
  ])('names the year only when it is another than now: %s seen on %s', (wall, now, vi, en) => {
    expect(deadline(wall, now, 'vi')).toBe(vi)
    expect(deadline(wall, now, 'en')).toBe(en)
  })

  it.each([
    ['2023-11-19T00:30:00', 'còn 3 ngày', 'in 3 days'],
    ['2023-11-17T00:30:00', 'ngày mai', 'tomorrow'],
    ['2023-11-16T00:30:00', 'hôm nay', 'today'],
    ['2023-11-15T23:59:00', 'hôm qua', 'yesterday'],
    ['2023-11-13T23:59:00', '3 ngày trước', '3 days ago'],
    ['2024-11-16T12:00:00', 'còn 366 ngày', 'in 366 days'],
  ])('counts days by the calendar: %s', (wall, vi, en) => {
    expect(relativeDays(wall, '2023-11-16T23:50:00', 'vi')).toBe(vi)
    expect(relativeDays(wall, '2023-11-16T23:50:00', 'en')).toBe(en)
  })
})

describe('zones', () => {
  it.each([
    ['Asia/Ho_Chi_Minh', '2023-11-16T14:00:00', 'giờ Việt Nam', 'Vietnam time'],
    ['Europe/London', '2023-11-16T14:00:00', 'giờ London (UTC+0)', 'London time (UTC+0)'],
    ['Europe/London', '2023-07-16T14:00:00', 'giờ London (UTC+1)', 'London time (UTC+1)'],
    ['America/New_York', '2023-11-16T14:00:00', 'giờ New York (UTC−5)', 'New York time (UTC−5)'],
    ['Asia/Kolkata', '2023-11-16T14:00:00', 'giờ Kolkata (UTC+5:30)', 'Kolkata time (UTC+5:30)'],
    ['America/Argentina/Buenos_Aires', '2023-11-16T14:00', 'giờ Buenos Aires (UTC−3)', 'Buenos Aires time (UTC−3)'],
    ['UTC', '2023-11-16T14:00:00', 'giờ UTC+0', 'UTC+0'],
    ['Etc/GMT+5', '2023-11-16T14:00:00', 'giờ UTC−5', 'UTC−5'],
  ])('names %s in words', (zone, wall, vi, en) => {
    expect(zoneInWords(zone, wall, 'vi')).toBe(vi)
    expect(zoneInWords(zone, wall, 'en')).toBe(en)
  })

  it('turns instants into wall times and back, whatever zone the process runs in', () => {
    const at = new Date('2023-11-16T07:00:00Z')
    expect(wallTime(at, 'Asia/Ho_Chi_Minh')).toBe('2023-11-16T14:00:00')
    expect(wallTime(at, 'America/New_York')).toBe('2023-11-16T02:00:00')
    expect(instantOf('2023-11-16 14:00:00', 'Asia/Ho_Chi_Minh')).toEqual(at)
  })
})

describe('lengths of time', () => {
  it.each([
    [0, '0 phút', '0 minutes'],
    [1, '1 phút', '1 minute'],
    [30, '30 phút', '30 minutes'],
    [60, '1 giờ', '1 hour'],
    [80, '1 giờ 20 phút', '1 hour 20 minutes'],
    [121, '2 giờ 1 phút', '2 hours 1 minute'],
  ])('writes %i minutes in words', (minutes, vi, en) => {
    expect(duration(minutes, 'vi')).toBe(vi)
    expect(duration(minutes, 'en')).toBe(en)
  })

  it('marks minutes in a column and counts them across midnight', () => {
    expect(minutesMark(30)).toBe('30′')
    expect(minutesBetween('2023-11-16T23:30:00', '2023-11-17T01:00:00')).toBe(90)
  })

  it.each([
    ['2023-11-16T14:00', '2023-11-16T17:00', '2023-11-16', '2023-11-16'],
    ['2023-11-16T19:00', '2023-11-17T00:00', '2023-11-16', '2023-11-16'],
    ['2023-11-16T19:00', '2023-11-17T01:30', '2023-11-16', '2023-11-16'],
    ['2023-11-16T08:00', '2023-11-17T00:00', '2023-11-16', '2023-11-16'],
    ['2023-11-16T19:00', '2023-11-17T11:30', '2023-11-16', '2023-11-17'],
    ['2023-11-16T00:00', '2023-11-16T00:00', '2023-11-16', '2023-11-16'],
  ])('gives the days from %s to %s', (starts, ends, first, last) => {
    const span = daySpan(starts, ends)
    expect([span.first.toString(), span.last.toString()]).toEqual([first, last])
  })
})

describe('numbers', () => {
  it.each([
    [7480, '7.480', '7,480'],
    [46, '46', '46'],
    [2.4, '2,4', '2.4'],
    [91138858, '91.138.858', '91,138,858'],
  ])('writes %d', (value, vi, en) => {
    expect([formatNumber(value, 'vi'), formatNumber(value, 'en')]).toEqual([vi, en])
  })

  it('writes per cent and sizes', () => {
    expect([formatPercent(0.024, 'vi'), formatPercent(0.024, 'en')]).toEqual(['2,4%', '2.4%'])
    expect([0, 999, 1000, 1_250_000, 50_000_000, 999_999].map((size) => formatBytes(size, 'vi'))).toEqual([
      '0 byte',
      '999 byte',
      '1 kB',
      '1,3 MB',
      '50 MB',
      '1 MB',
    ])
  })

  it.each([
    ['Chủ đề', '“Chủ đề”'],
    ['“Chủ đề”', '“Chủ đề”'],
    ['"Chủ đề"', '“Chủ đề”'],
    ['“Một” và “hai”', '““Một” và “hai””'],
    ['', '“”'],
  ])('puts %s in quotation marks once', (text, expected) => {
    expect(quoted(text)).toBe(expected)
  })
})
