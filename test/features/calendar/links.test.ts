import { describe, expect, it } from 'vitest'
import { addToCalendarLinks, subscribeLinks } from '../../../src/features/calendar/links.ts'
import { seminar } from './support.ts'

const icsUrl = 'https://hoithao.example/s/sinh-hoat-chi-bo/event.ics'
const fields = (url: string) => Object.fromEntries(new URL(url).searchParams)

describe('add to calendar', () => {
  it('opens Google Calendar with title, instants in UTC, zone, place and the public link', () => {
    const { google } = addToCalendarLinks(seminar({ onlineUrl: 'https://meet.example/j?a=b&c=d' }), icsUrl)
    expect(google.startsWith('https://calendar.google.com/calendar/render?action=TEMPLATE&')).toBe(true)
    expect(fields(google)).toMatchObject({
      text: seminar().summary,
      dates: '20261215T070000Z/20261215T100000Z',
      ctz: 'Asia/Ho_Chi_Minh',
      location: seminar().location,
      details: `${seminar().description}\n\n${seminar().url}\nhttps://meet.example/j?a=b&c=d`,
    })
  })

  it('opens Outlook, personal and of work, with an HTML body and no plus signs', () => {
    const links = addToCalendarLinks(seminar({ description: 'a < b & c\nd + e' }), icsUrl)
    expect(links.outlook.startsWith('https://outlook.live.com/calendar/0/deeplink/compose?')).toBe(true)
    expect(links.office365.startsWith('https://outlook.office.com/calendar/0/deeplink/compose?')).toBe(true)
    expect(links.outlook).not.toContain('+')
    expect(fields(links.office365)).toMatchObject({
      path: '/calendar/action/compose',
      rru: 'addevent',
      startdt: '2026-12-15T07:00:00Z',
      enddt: '2026-12-15T10:00:00Z',
      body: `a &#60; b &#38; c<br>d + e<br><br>${seminar().url}`,
    })
  })

  it('gives Apple and everyone else the file', () => {
    expect(addToCalendarLinks(seminar(), icsUrl)).toMatchObject({ apple: icsUrl, file: icsUrl })
  })

  it('writes whole days as dates with an exclusive end', () => {
    const links = addToCalendarLinks(seminar({ allDay: true }), icsUrl)
    expect(fields(links.google).dates).toBe('20261215/20261216')
    expect(fields(links.outlook)).toMatchObject({ startdt: '2026-12-15', enddt: '2026-12-16', allday: 'true' })
  })

  it('cuts a long description, never the links, and takes any text', () => {
    const description = `👩‍👩‍👧‍👦\ud800\u0000https://hoithao.example/i/Zm9vYmFyYmF6cXV4Zm9vYg ${'Nội dung. '.repeat(500)}`
    for (const link of Object.values(addToCalendarLinks(seminar({ description, summary: '\udfff&a=b#c' }), icsUrl))) {
      expect(link.length).toBeLessThan(8000)
      expect(link).not.toContain('Zm9vYmFyYmF6cXV4Zm9vYg')
    }
    const { google } = addToCalendarLinks(seminar({ description }), icsUrl)
    expect(fields(google).details!.endsWith(`…\n\n${seminar().url}`)).toBe(true)
  })
})

describe('subscribe', () => {
  it('offers webcal, https, Google and Outlook', () => {
    const links = subscribeLinks('https://hoithao.example/c/abc.ics', 'Lịch của tôi')
    expect(links.webcal).toBe('webcal://hoithao.example/c/abc.ics')
    expect(links.https).toBe('https://hoithao.example/c/abc.ics')
    expect(fields(links.google).cid).toBe(links.webcal)
    expect(fields(links.outlook)).toEqual({ url: links.https, name: 'Lịch của tôi' })
  })
})
