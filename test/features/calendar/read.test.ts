import { expect, it } from 'vitest'
import { readEvent } from '../../../src/features/calendar/read.ts'
import { calendarRequest } from '../../support/mail.ts'

it('reads an invitation for people, whatever its line ends', () => {
  for (const text of [calendarRequest, calendarRequest.replace(/\r\n/g, '\n')]) {
    expect(readEvent(text)).toMatchObject({
      method: 'REQUEST',
      sequence: '0',
      summary: 'Hội thảo chuyên đề “Sinh hoạt chi bộ”',
      location: 'Hội trường Trung tâm Chính trị, thành phố',
      organizer: 'Thành ủy Mẫu <vanphong@mau.example>',
      attendees: ['Trần Thị Thuỷ <thuy@mau.example> · NEEDS-ACTION'],
      starts: { wall: '2026-12-15T14:00:00', zone: 'Asia/Ho_Chi_Minh', isDay: false },
    })
  }
})

it('reads a day and an instant', () => {
  const event = (start: string) => readEvent(calendarRequest.replace(/DTSTART[^\r]*/, start))?.starts
  expect(event('DTSTART;VALUE=DATE:20261215')).toEqual({ wall: '2026-12-15T00:00:00', zone: undefined, isDay: true })
  expect(event('DTSTART:20261215T070000Z')).toEqual({ wall: '2026-12-15T07:00:00', zone: 'UTC', isDay: false })
})

it('makes nothing of what is no calendar', () => {
  for (const text of ['', 'hello', 'BEGIN:VCALENDAR\r\n', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n'])
    expect(readEvent(text)).toBeUndefined()
})
