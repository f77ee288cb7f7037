import { describe, expect, it } from 'vitest'
import { checkCalendar } from '../../../src/features/calendar/check.ts'
import { eventFile, feed, invitationCancel, invitationRequest } from '../../../src/features/calendar/ics.ts'
import { instant, invited, messageTime, readWithIcalJs, readWithNodeIcal, seminar, unfolded } from './support.ts'

const octets = (text: string) => new TextEncoder().encode(text).length
const rules = (text: string, expected = {}) => [...new Set(checkCalendar(text, expected).map(({ rule }) => rule))]
const request = invitationRequest(invited(), messageTime)
const line = (text: string, name: string) =>
  unfolded(text.replace(/BEGIN:VTIMEZONE.*END:VTIMEZONE/s, '')).find((candidate) => candidate.startsWith(name))

describe('the form of what we write', () => {
  it('rule 1: folds at 75 octets, between letters as readers see them', () => {
    const family = '👩‍👩‍👧‍👦'
    for (const piece of ['ễ', 'ễ'.normalize('NFD'), '👍🏽', family, '🇻🇳', 'a']) {
      for (let shift = 0; shift < 30; shift += 1) {
        const text = eventFile(seminar({ summary: 'x'.repeat(shift) + piece.repeat(60) }))
        expect(Math.max(...text.split('\r\n').map(octets))).toBeLessThanOrEqual(75)
        const summary = /\r\nSUMMARY:(.*)\r\nTRANSP/s.exec(text)![1]!
        const parts = summary.split('\r\n ').map((part) => part.replace(/^x*/, '').replaceAll(piece, ''))
        expect(parts.join('')).toBe('')
        expect(readWithIcalJs(text)[0]!.summary).toBe('x'.repeat(shift) + piece.repeat(60))
      }
    }
  })

  it('rule 1: folds inside a letter only when it is longer than a line, and then between code points', () => {
    const zalgo = `a${'\u0301'.repeat(200)}`
    const text = eventFile(seminar({ summary: zalgo }))
    expect(readWithIcalJs(text)[0]!.summary).toBe(zalgo)
    expect(rules(text)).toEqual([])
  })

  it('rule 1: is broken by a long line and by a fold inside a UTF-8 sequence', () => {
    expect(rules(request.replaceAll('\r\n ', ''))).toContain(1)
    expect(rules(request.replace('SUMMARY:', 'SUMMARY:\ud83d\r\n \ude00'))).toContain(1)
  })

  it('rule 2: ends every line with CRLF, the last one too', () => {
    expect(request.endsWith('END:VCALENDAR\r\n')).toBe(true)
    expect(request.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(rules(request.replaceAll('\r\n', '\n'))).toContain(2)
    expect(rules(request.trimEnd())).toContain(2)
  })

  it('rule 3: starts with BEGIN and nothing before it', () => {
    expect(request.startsWith('BEGIN:VCALENDAR\r\n')).toBe(true)
    expect(rules(`\ufeff${request}`)).toContain(3)
    expect(rules(request.replace('SUMMARY:', 'SUMMARY:\ud800'))).toContain(3)
  })

  it('rule 4: escapes backslash, semicolon, comma and newline in text, and nothing else', () => {
    const text = eventFile(seminar({ location: 'a\\b;c,d:e"f^g\r\nh\ri' }))
    expect(line(text, 'LOCATION')).toBe('LOCATION:a\\\\b\\;c\\,d:e"f^g\\nh\\ni')
    expect(rules(text.replace('LOCATION:', 'LOCATION:,'))).toContain(4)
    expect(rules(text.replace('LOCATION:', 'LOCATION:\\:'))).toContain(4)
  })

  it('rule 5: quotes parameter values and encodes quote, caret and newline by RFC 6868', () => {
    const text = eventFile(seminar({ organizer: { name: 'A: "B"; C, ^D\r\nE', email: 'a@b.example' } }))
    expect(line(text, 'ORGANIZER')).toBe('ORGANIZER;CN="A: ^\'B^\'; C, ^^D E":mailto:a@b.example')
    expect(readWithIcalJs(text)[0]!.organizer.name).toBe('A: "B"; C, ^D E')
    expect(rules(text.replace('CN="A', 'CN="^A'))).toContain(5)
    const odd = { name: 'A\\n:B', email: 'a@b.example' }
    expect(readWithIcalJs(eventFile(seminar({ organizer: odd })))[0]!.organizer).toMatchObject({
      name: 'A/n:B',
      address: 'mailto:a@b.example',
    })
    expect(rules(text.replace('CN="A', 'CN=A"'))).toContain(5)
  })

  it('rule 6: writes URIs and addresses without text escapes', () => {
    const onlineUrl = 'https://meet.example/j/1;v=2?a=b,c'
    const text = eventFile(seminar({ onlineUrl, url: 'https://hoithao.example/s/a,b;c' }))
    expect(line(text, 'CONFERENCE')).toBe(`CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:${onlineUrl}`)
    expect(line(text, 'URL')).toBe('URL;VALUE=URI:https://hoithao.example/s/a,b;c')
    expect(rules(text.replace('s/a,b', 's/a\\,b'))).toContain(6)
    expect(rules(text.replace('URI:https://hoithao', 'URI:hoithao'))).toContain(6)
  })

  it('rule 6: percent-encodes what a URI cannot hold', () => {
    const text = eventFile(seminar({ url: 'https://hoithao.example/s/hội thảo?q="<>|\\^`{}' }))
    expect(readWithIcalJs(text)[0]!.url).toMatch(
      /^https:\/\/hoithao\.example\/s\/h%E1%BB%99i%20th%E1%BA%A3o\?q=%22%3C%3E/,
    )
  })

  it('rule 7: lets nothing be injected through any value', () => {
    const attack = 'x\r\nATTENDEE:mailto:evil@evil.example\r\nX:\u0000\u001b\u007f\u0085'
    const text = feed({
      name: attack,
      description: attack,
      events: [
        seminar({
          summary: attack,
          description: attack,
          location: attack,
          organizer: { name: attack, email: 'a@b.example' },
          categories: [attack],
        }),
      ],
    })
    expect(text).not.toMatch(/^\s*ATTENDEE/m)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    expect(rules(text)).toEqual([])
    expect(rules(text.replace('SUMMARY:', 'SUMMARY:\u0007'))).toContain(7)
    expect(rules(text.replace('BEGIN:VEVENT\r\n', 'BEGIN:VEVENT\r\nX-EVIL:1\r\n'))).toContain(7)
    expect(rules(text.replace('BEGIN:VEVENT\r\n', 'BEGIN:VEVENT\r\nSUMMARY:1\r\n'))).toContain(7)
    expect(() => eventFile(seminar({ uid: 'a\r\nATTENDEE:mailto:evil@evil.example' }))).toThrow()
  })

  it('rule 8: puts the properties of the calendar before its components', () => {
    const text = feed({ name: 'Lịch', events: [seminar()], color: '#a01020' })
    const lines = unfolded(text)
    const first = lines.indexOf('BEGIN:VTIMEZONE')
    for (const name of ['METHOD', 'REFRESH-INTERVAL', 'NAME', 'X-WR-CALNAME', 'X-PUBLISHED-TTL']) {
      expect(lines.findIndex((l) => l.startsWith(name))).toBeLessThan(first)
    }
    expect(unfolded(request).indexOf('METHOD:REQUEST')).toBeLessThan(unfolded(request).indexOf('BEGIN:VTIMEZONE'))
    expect(rules(request.replace('END:VCALENDAR', 'X-WR-CALNAME:x\r\nEND:VCALENDAR'))).toContain(8)
    expect(rules('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n')).toContain(8)
  })
})

describe('what identifies and dates an event', () => {
  it('rule 9: keeps the caller’s UID the same in mail, feed and download, and refuses one that tells of a host', () => {
    const all = [request, invitationCancel(invited(), messageTime), eventFile(seminar())]
    all.push(feed({ name: 'Lịch', events: [seminar()] }))
    for (const text of all) expect(readWithIcalJs(text)[0]!.uid).toBe(seminar().uid)
    expect(() => eventFile(seminar({ uid: 'abcdefghijklmnop@host.example' }))).toThrow()
    expect(rules(request.replace(seminar().uid, 'abcdefghijklmnop@host.example'))).toContain(9)
  })

  it('rule 10: writes DTSTAMP, CREATED and LAST-MODIFIED in UTC', () => {
    expect(line(request, 'CREATED')).toBe('CREATED:20261101T010203Z')
    expect(line(request, 'LAST-MODIFIED')).toBe('LAST-MODIFIED:20261102T040506Z')
    expect(line(eventFile(seminar({ revisedAt: '2026-11-02T11:05:06+07:00' })), 'DTSTAMP')).toBe(
      'DTSTAMP:20261102T040506Z',
    )
    expect(rules(request.replace('CREATED:20261101T010203Z', 'CREATED:20261101T010203'))).toContain(10)
  })

  it('rule 11: stamps a message with its own time and everything else with the last revision, never now', () => {
    expect(line(request, 'DTSTAMP')).toBe('DTSTAMP:20261103T070809Z')
    expect(line(eventFile(seminar()), 'DTSTAMP')).toBe('DTSTAMP:20261102T040506Z')
    expect(rules(request, { stamp: '2026-11-03T07:08:10Z' })).toEqual([11])
    expect(rules(eventFile(seminar()).replace('DTSTAMP:2026', 'DTSTAMP:2027'))).toEqual([11])
  })

  it('rules 12 and 13: writes the sequence it is given; a minor edit keeps it and takes a newer stamp', () => {
    const moved = invitationRequest(invited({ sequence: 7 }), messageTime)
    const edited = invitationRequest(invited({ sequence: 7, description: 'Mới' }), '2026-11-04T00:00:00Z')
    expect(readWithIcalJs(moved)[0]!.sequence).toBe(7)
    expect(readWithIcalJs(edited)[0]!.sequence).toBe(7)
    expect(readWithIcalJs(edited)[0]!.stamp).toBeGreaterThan(readWithIcalJs(moved)[0]!.stamp)
    expect(rules(moved.replace('SEQUENCE:7\r\n', ''))).toEqual([12])
  })
})

describe('times', () => {
  it('rule 14: names the IANA zone and brings its VTIMEZONE', () => {
    for (const timezone of ['Asia/Ho_Chi_Minh', 'Europe/London', 'America/New_York', 'Asia/Saigon', 'Pacific/Apia']) {
      const text = eventFile(seminar({ timezone }))
      expect(line(text, 'DTSTART')).toBe(`DTSTART;TZID=${timezone}:20261215T140000`)
      expect(text).toContain(`BEGIN:VTIMEZONE\r\nTZID:${timezone}\r\n`)
      for (const [read] of [readWithIcalJs(text), readWithNodeIcal(text)]) {
        expect(read!.start).toBe(instant('2026-12-15T14:00:00', timezone))
        expect(read!.end).toBe(instant('2026-12-15T17:00:00', timezone))
      }
    }
    expect(rules(request.replace(/BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n/s, ''))).toEqual([14])
    expect(rules(request.replaceAll('Asia/Ho_Chi_Minh', 'SE Asia Standard Time'))).toContain(14)
    expect(rules(request.replace('DTSTART;TZID=Asia/Ho_Chi_Minh', 'DTSTART'))).toContain(14)
  })

  it('rule 14: brings one VTIMEZONE for each zone of a feed', () => {
    const events = ['Asia/Ho_Chi_Minh', 'Europe/London', 'Europe/London'].map((timezone, i) =>
      seminar({ timezone, uid: `00000000-0000-4000-8000-00000000000${i}`, startsLocal: `202${i}-07-01T09:00:00` }),
    )
    const text = feed({ name: 'Lịch', events })
    expect(text.match(/BEGIN:VTIMEZONE/g)).toHaveLength(2)
    expect(readWithIcalJs(text).map(({ start }) => start)).toEqual(
      events.map((event) => instant(event.startsLocal, event.timezone)),
    )
  })

  it('rule 14: writes UTC with Z', () => {
    const text = eventFile(seminar({ timezone: 'UTC' }))
    expect(line(text, 'DTSTART')).toBe('DTSTART:20261215T140000Z')
    expect(readWithIcalJs(text)[0]!.start).toBe(Date.UTC(2026, 11, 15, 14))
  })

  it('rule 14: keeps the instant where summer time skips or repeats the hour', () => {
    const gap = seminar({
      timezone: 'Europe/London',
      startsLocal: '2026-03-29T01:30:00',
      endsLocal: '2026-03-29T02:15:00',
    })
    expect(readWithIcalJs(eventFile(gap))[0]!.start).toBe(instant(gap.startsLocal, gap.timezone))
    expect(line(eventFile(gap), 'DTEND')).toBeUndefined()
  })

  it('rule 15: wants UNTIL in UTC beside a zoned start', () => {
    const repeated = (until: string) => request.replace('SUMMARY:', `RRULE:FREQ=DAILY;UNTIL=${until}\r\nSUMMARY:`)
    expect(rules(repeated('20270101T000000'))).toEqual([15])
    expect(rules(repeated('20270101T000000Z'))).toEqual([])
  })

  it('rule 16: writes whole days as dates with an exclusive end', () => {
    const days = (startsLocal: string, endsLocal: string) => {
      const text = eventFile(seminar({ allDay: true, startsLocal, endsLocal }))
      const [read] = readWithIcalJs(text)
      const [other] = readWithNodeIcal(text)
      expect([other!.start, other!.end]).toEqual([read!.start, read!.end])
      return [line(text, 'DTSTART'), line(text, 'DTEND')]
    }
    const one = ['DTSTART;VALUE=DATE:20261215', 'DTEND;VALUE=DATE:20261216']
    expect(days('2026-12-15T00:00:00', '2026-12-15T23:59:00')).toEqual(one)
    expect(days('2026-12-15T00:00:00', '2026-12-16T00:00:00')).toEqual(one)
    expect(days('2026-12-15T00:00:00', '2026-12-15T00:00:00')).toEqual(one)
    expect(days('2026-12-15T08:00:00', '2026-12-31T17:00:00')[1]).toBe('DTEND;VALUE=DATE:20270101')
    const text = eventFile(seminar({ allDay: true }))
    expect(rules(text.replace('DTEND;VALUE=DATE:20261216', 'DTEND;VALUE=DATE:20261215'))).toEqual([16])
    expect(rules(text.replace('DTEND;VALUE=DATE:20261216\r\n', ''))).toEqual([16])
    expect(rules(text.replace('DTEND;VALUE=DATE:20261216', 'DTEND:20261216T000000Z'))).toEqual([16])
    expect(rules(request.replace('20261215T170000', '20261215T140000'))).toEqual([16])
  })
})

describe('people', () => {
  it('rule 17: has one organizer with a bare mailto', () => {
    const email = 'rsvp+Zm9vYmFyYmF6cXV4Zm9vYg@hoithao.example'
    const text = invitationRequest(invited({ organizer: { name: 'Thành ủy', email } }), messageTime)
    expect(line(text, 'ORGANIZER')).toBe(`ORGANIZER;CN="Thành ủy":mailto:${email}`)
    expect(rules(text.replace('SUMMARY:', 'ORGANIZER:mailto:b@c.example\r\nSUMMARY:'))).toEqual([17])
    expect(rules(request.replace('mailto:hoithao@', 'MAILTO:hoithao@'))).toContain(17)
    expect(rules(request.replace('mailto:hoithao@', 'hoithao@'))).toContain(17)
  })

  it('rule 17: percent-encodes what a mailto URI reserves', () => {
    const email = "o'neil+a=b/c%d{|}^`?#&@minhha.example"
    const text = invitationRequest(invited({ attendee: { name: 'O’Neil', email } }), messageTime)
    const [read] = readWithIcalJs(text)
    expect(read!.attendee!.address).toMatch(/^mailto:o'neil\+a%3Db%2Fc%25d/)
    expect(decodeURIComponent(read!.attendee!.address)).toBe(`mailto:${email}`)
  })

  it('rule 18: asks the addressee alone for an answer', () => {
    expect(line(request, 'ATTENDEE')).toBe(
      'ATTENDEE;CN="Nguyễn Thị Hồng";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE' +
        ':mailto:hong.nguyen@xa01.example',
    )
    const chair = { name: 'Trần Văn Bình', email: 'binh@minhha.example', role: 'CHAIR' as const }
    expect(
      readWithIcalJs(invitationRequest(invited({ attendee: chair }), messageTime))[0]!.attendee!.parameters.role,
    ).toBe('CHAIR')
    expect(() => invitationRequest(seminar(), messageTime)).toThrow('rule 18')
    expect(() => invitationRequest(invited({ attendee: { ...chair, rsvp: false } }), messageTime)).toThrow('rule 18')
    expect(rules(request.replace('SUMMARY:', 'ATTENDEE:mailto:b@c.example\r\nSUMMARY:'))).toContain(18)
  })

  it('rule 19: writes SENT-BY, DELEGATED-TO and DELEGATED-FROM as quoted mailto URIs', () => {
    const organizer = { name: 'Thành ủy', email: 'a@b.example', sentBy: 'van.phong@b.example' }
    const attendee = { name: 'A', email: 'a@c.example', delegatedTo: 'b@c.example', delegatedFrom: 'c@c.example' }
    const text = invitationRequest(invited({ organizer, attendee }), messageTime)
    expect(line(text, 'ORGANIZER')).toContain(';SENT-BY="mailto:van.phong@b.example":')
    expect(line(text, 'ATTENDEE')).toContain(';DELEGATED-TO="mailto:b@c.example";DELEGATED-FROM="mailto:c@c.example":')
    expect(line(text, 'ATTENDEE')).toContain(';PARTSTAT=DELEGATED;')
    expect(rules(text.replaceAll('\r\n ', '').replace('SENT-BY="mailto:', 'SENT-BY="'))).toContain(19)
  })

  it('rule 20: cancels under the same UID with STATUS:CANCELLED, and never by REQUEST', () => {
    const text = invitationCancel(invited({ sequence: 3 }), messageTime)
    for (const [read] of [readWithIcalJs(text), readWithNodeIcal(text)]) {
      expect(read).toMatchObject({ uid: seminar().uid, sequence: 3, status: 'CANCELLED' })
    }
    expect(unfolded(text)).toContain('METHOD:CANCEL')
    expect(text.match(/^ATTENDEE/gm)).toHaveLength(1)
    expect(() => invitationRequest(invited({ status: 'CANCELLED' }), messageTime)).toThrow('rule 20')
    expect(rules(text.replace('STATUS:CANCELLED', 'STATUS:CONFIRMED'))).toEqual([20])
  })

  it('rule 21: carries one UID in a message', () => {
    const event = /BEGIN:VEVENT.*END:VEVENT\r\n/s.exec(request)![0]
    expect(rules(request.replace(event, event + event.replace(/UID:0/, 'UID:1')))).toEqual([21])
    expect(rules(request, { method: 'CANCEL' })).toEqual([8])
    const twice = feed({ name: 'x', events: [seminar()] }).replace('END:VCALENDAR', `${event}END:VCALENDAR`)
    expect(rules(twice)).toContain(21)
  })

  it('rule 22: describes plainly, with the public link and the online address, and with no personal link', () => {
    const onlineUrl = 'https://meet.example/j/42?pwd=a,b'
    const token = 'Zm9vYmFyYmF6cXV4Zm9vYg'
    const description = `Đường dẫn: https://hoithao.example/i/${token}, https://hoithao.example/en/c/${token}.ics`
    const text = invitationRequest(invited({ onlineUrl, description }), messageTime)
    const [read] = readWithIcalJs(text)
    expect(read!.conference).toBe(onlineUrl)
    expect(read!.description).toBe(
      `Đường dẫn: https://hoithao.example/, https://hoithao.example/\n\n${seminar().url}\n${onlineUrl}`,
    )
    expect(() => eventFile(seminar({ onlineUrl: `https://hoithao.example/i/${token}` }))).toThrow('rule 22')
    expect(() => eventFile(seminar({ organizer: { name: 'A', email: `rsvp+${token}@b.example` } }))).toThrow('rule 22')
    expect(rules(request.replaceAll('\r\n ', '').replace('\\n\\nhttps', '\\n\\n'))).toContain(22)
  })

  it('rule 22: says an address once when the description holds it already', () => {
    const { url } = seminar()
    expect(readWithIcalJs(eventFile(seminar({ description: `Xem ${url}.` })))[0]!.description).toBe(`Xem ${url}.`)
    const longer = `Xem ${url}-2`
    expect(readWithIcalJs(eventFile(seminar({ description: longer })))[0]!.description).toBe(`${longer}\n\n${url}`)
  })
})

describe('feeds', () => {
  const events = [3, 1, 2].map((n) =>
    seminar({ uid: `00000000-0000-4000-8000-00000000000${n}`, sequence: n, ...(n === 2 && { status: 'CANCELLED' }) }),
  )
  const text = feed({ name: 'Lịch hội thảo, 2026', description: 'Mọi hội thảo', events, color: '#a01020' })

  it('rule 63: gives the same bytes for the same events, whatever their order', () => {
    expect(
      feed({
        name: 'Lịch hội thảo, 2026',
        description: 'Mọi hội thảo',
        events: [...events].reverse(),
        color: '#a01020',
      }),
    ).toBe(text)
  })

  it('rule 65: tells how often to come back, and its name', () => {
    expect(unfolded(text)).toEqual(
      expect.arrayContaining([
        'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
        'X-PUBLISHED-TTL:PT1H',
        'NAME:Lịch hội thảo\\, 2026',
        'X-WR-CALNAME:Lịch hội thảo\\, 2026',
        'X-WR-CALDESC:Mọi hội thảo',
        'X-APPLE-CALENDAR-COLOR:#A01020',
      ]),
    )
    expect(rules(text.replace('REFRESH-INTERVAL;VALUE=DURATION', 'REFRESH-INTERVAL'), { feed: true })).toEqual([65])
    expect(rules(text.replace('X-PUBLISHED-TTL:PT1H\r\n', ''), { feed: true })).toEqual([65])
  })

  it('rule 67: has no METHOD and no ATTENDEE, even when the event has one', () => {
    const personal = feed({ name: 'Lịch', events: [invited()] })
    expect(personal).not.toMatch(/^(METHOD|ATTENDEE)/m)
    expect(eventFile(invited())).not.toMatch(/^(METHOD|ATTENDEE)/m)
    expect(rules(personal.replace('SUMMARY:', 'ATTENDEE:mailto:b@c.example\r\nSUMMARY:'))).toContain(67)
    expect(rules(request, { method: null, feed: true })).toContain(67)
  })

  it('rules 68 and 69: keeps cancelled events, and each change moves LAST-MODIFIED and DTSTAMP', () => {
    expect(readWithIcalJs(text).map(({ status }) => status)).toEqual(['CONFIRMED', 'CANCELLED', 'CONFIRMED'])
    const changed = feed({ name: 'Lịch', events: [seminar({ revisedAt: '2026-11-05T00:00:00Z' })] })
    expect(line(changed, 'DTSTAMP')).toBe('DTSTAMP:20261105T000000Z')
    expect(line(changed, 'LAST-MODIFIED')).toBe('LAST-MODIFIED:20261105T000000Z')
    expect(rules(changed.replace('DTSTAMP:20261105', 'DTSTAMP:20261106'), { feed: true })).toEqual([69])
  })

  it('is a valid calendar without any event', () => {
    const empty = feed({ name: 'Lịch', events: [] })
    expect(rules(empty, { method: null, feed: true })).toEqual([])
    expect(readWithIcalJs(empty)).toEqual([])
    expect(readWithNodeIcal(empty)).toEqual([])
  })
})
