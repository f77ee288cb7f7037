import { afterEach, expect, it } from 'vitest'
import { feed, invitationRequest } from '../../../src/features/calendar/ics.ts'
import { addToCalendarLinks } from '../../../src/features/calendar/links.ts'
import { invited, messageTime, seminar } from './support.ts'

const before = process.env.TZ
afterEach(() => {
  if (before === undefined) delete process.env.TZ
  else process.env.TZ = before
})

it('writes the same bytes whatever zone the server lives in', () => {
  const written = (TZ: string, offset: number) => {
    process.env.TZ = TZ
    expect(new Date(Date.UTC(2026, 11, 15)).getTimezoneOffset()).toBe(offset)
    const allDay = seminar({ uid: '11111111-1111-4111-8111-111111111111', allDay: true })
    const london = seminar({ uid: '22222222-2222-4222-8222-222222222222', timezone: 'Europe/London' })
    return [
      invitationRequest(invited(), messageTime),
      feed({ name: 'Lịch', events: [seminar(), allDay, london] }),
      addToCalendarLinks(seminar(), 'https://hoithao.example/s/x/event.ics'),
      addToCalendarLinks(allDay, 'https://hoithao.example/s/x/event.ics'),
    ]
  }
  const expected = written('Asia/Ho_Chi_Minh', -420)
  expect(written('America/New_York', 300)).toEqual(expected)
  expect(written('Pacific/Kiritimati', -840)).toEqual(expected)
  expect(written('UTC', 0)).toEqual(expected)
})
