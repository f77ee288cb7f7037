import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkCalendar } from '../../../src/features/calendar/check.ts'
import { eventFile, feed, invitationCancel, invitationRequest } from '../../../src/features/calendar/ics.ts'
import { cleanLine, cleanName, cleanText } from '../../../src/features/calendar/text.ts'
import { instant, invited, messageTime, readWithIcalJs, readWithNodeIcal } from './support.ts'

const nasty = [
  '\r\n',
  '\n',
  '\r',
  '\t',
  ' ',
  '\u0000',
  '\u0008',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u2029',
  '\ufeff',
  '"',
  '^',
  "^'",
  '^n',
  ';',
  ':',
  ',',
  '=',
  '\\',
  '\\n',
  '\\N',
  '\\,',
  '%0A',
  '<br>',
  '\ud800',
  '\udfff',
  '\u0301',
  'Nguyễn Thị Hồng',
  'Nguyễn'.normalize('NFD'),
  '👩‍👩‍👧‍👦',
  '🇻🇳',
  '👍🏽',
  '\u202e',
  '\u200d',
  '\uffff',
  '\r\nEND:VEVENT\r\n',
  '\r\nATTENDEE:mailto:evil@evil.example\r\n',
  '\r\n ',
  'TZID=',
  '__proto__',
]

const text = fc.string({
  unit: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...nasty) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.nat(0xffff).map((code) => String.fromCharCode(code)) },
  ),
  maxLength: 120,
})

const webUrl = fc.webUrl({ withQueryParameters: true, withFragments: true, size: 'small' })

const event = fc
  .record({
    summary: text,
    description: text,
    location: text,
    organizerName: text,
    attendeeName: text,
    category: text,
    url: webUrl,
    onlineUrl: fc.option(webUrl, { nil: undefined }),
    timezone: fc.constantFrom(
      'Asia/Ho_Chi_Minh',
      'Europe/London',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
    ),
    day: fc.integer({ min: 0, max: 20_000 }),
    minute: fc.integer({ min: 0, max: 1439 }),
  })
  .map(({ organizerName, attendeeName, category, day, minute, ...rest }) => {
    const starts = new Date(Date.UTC(1990, 0, 1, 0, minute) + day * 86_400_000)
    const wall = (ms: number) => new Date(starts.getTime() + ms).toISOString().slice(0, 19)
    return invited({
      ...rest,
      startsLocal: wall(0),
      endsLocal: wall(5 * 3_600_000),
      organizer: { name: organizerName, email: 'a@b.example' },
      attendee: { name: attendeeName, email: 'c@d.example' },
      categories: [category],
    })
  })

// node-ical unescapes in several sweeps and takes quotes and `TZID=` for syntax; it is compared where that cannot matter.
const plainForNodeIcal = (value: string) => !/[\\"]|TZID=/.test(value)

it('any text gives a valid calendar that both readers read back, with its instants', () => {
  fc.assert(
    fc.property(event, (input) => {
      const written = [
        invitationRequest(input, messageTime),
        invitationCancel(input, messageTime),
        eventFile(input),
        feed({ name: input.summary, description: input.description, events: [input] }),
      ]
      const starts = instant(input.startsLocal, input.timezone)
      const ends = instant(input.endsLocal, input.timezone)
      for (const [index, calendar] of written.entries()) {
        expect(checkCalendar(calendar)).toEqual([])
        const [read] = readWithIcalJs(calendar)
        const [other] = readWithNodeIcal(calendar)
        const description = cleanText(input.description ?? '').trimEnd()
        expect(read).toMatchObject({
          uid: input.uid,
          start: starts,
          end: ends,
          summary: cleanLine(input.summary),
          location: cleanText(input.location ?? '') || undefined,
          url: new URL(input.url!).href,
          organizer: { name: cleanName(input.organizer.name) || 'a@b.example', address: 'mailto:a@b.example' },
        })
        if (index < 2) {
          expect(read!.attendee).toMatchObject({ name: cleanName(input.attendee!.name) || 'c@d.example' })
        }
        expect(read!.description.startsWith(description)).toBe(true)
        expect(read!.description).toContain(read!.url)
        if (read!.conference) expect(read!.description).toContain(read!.conference)
        expect(other).toMatchObject({ uid: input.uid, start: starts, end: ends, stamp: read!.stamp })
        if (plainForNodeIcal(read!.summary)) expect(other!.summary).toBe(read!.summary)
        if (plainForNodeIcal(read!.description)) expect(other!.description).toBe(read!.description)
      }
    }),
    { numRuns: 400 },
  )
})

it('keeps NFC and NFD as they are, and drops only controls and lone surrogates', () => {
  const nfd = 'Hội thảo Đảng ủy'.normalize('NFD')
  expect(cleanText(nfd)).toBe(nfd)
  expect(cleanText('a\ud83d\ude00\ud83db\ude00\u0000c\td\r\ne\rf\u2028g\u0085')).toBe('a😀bc\td\ne\nf\ng')
  expect(cleanLine('  a\r\n\tb\n\n c\td ')).toBe('a b c d')
})
