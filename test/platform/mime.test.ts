import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { refusedFields } from '../../src/features/mail/rules.ts'
import { composeMail } from '../../src/platform/mime.ts'
import { calendarRequest, newMessage, outgoing } from '../support/mail.ts'

const decoder = new TextDecoder()
const source = async (...args: Parameters<typeof outgoing>) => decoder.decode(await composeMail(outgoing(...args)))
const withCalendar = { calendar: { method: 'REQUEST' as const, content: calendarRequest } }

/** Content types in document order, with their parameters. */
const types = (raw: string) =>
  [...raw.matchAll(/^Content-Type: ([^\r\n]+(?:\r\n [^\r\n]+)*)/gim)].map((m) =>
    m[1]!.replace(/\r\n /g, ' ').replace(/; boundary=.*/, ''),
  )

describe('a message with a calendar part', () => {
  it('is alternative (plain, html, calendar last) beside an application/ics copy: rules 23 to 28', async () => {
    const raw = await source(withCalendar)
    expect(types(raw).map((t) => t.replace(/;$/, ''))).toEqual([
      'multipart/mixed',
      'multipart/alternative',
      'text/plain; charset=utf-8',
      'text/html; charset=utf-8',
      'text/calendar; charset=UTF-8; method=REQUEST',
      'application/ics; name=invite.ics',
    ])
    const [, calendarHead = '', calendarBody = ''] =
      raw.match(/(Content-Type: text\/calendar[\s\S]*?)\r\n\r\n([\s\S]*?)\r\n--/) ?? []
    expect(calendarHead).toContain('Content-Transfer-Encoding: base64')
    expect(calendarHead).not.toMatch(/disposition/i)
    expect(Buffer.from(calendarBody, 'base64').toString('utf8')).toBe(calendarRequest)
  })

  it('is read back the same by another reader, both copies byte for byte', async () => {
    const mail = await new PostalMime().parse(await composeMail(outgoing(withCalendar)))
    const calendars = mail.attachments.filter((a) => a.mimeType === 'text/calendar' || a.mimeType === 'application/ics')
    expect(calendars).toHaveLength(2)
    expect(calendars[0]).toMatchObject({ mimeType: 'text/calendar', method: 'REQUEST', disposition: null })
    expect(calendars[1]).toMatchObject({ filename: 'invite.ics', disposition: 'attachment' })
    // postal-mime gives calendars with LF.
    for (const { content } of calendars)
      expect(decoder.decode(content as ArrayBuffer)).toBe(calendarRequest.replace(/\r\n/g, '\n'))
    expect(mail.html?.trim()).toBe(outgoing().html.trim())
    expect(mail.text?.replace(/\r\n/g, '\n').trim()).toBe(outgoing().text.trim())
  })

  it('never says PUBLISH: rule 29', async () => {
    expect(
      await source({ calendar: { method: 'CANCEL', content: calendarRequest.replace('REQUEST', 'CANCEL') } }),
    ).toContain('method=CANCEL')
    expect(await source(withCalendar)).not.toContain('PUBLISH')
  })
})

describe('the headers', () => {
  it('say that the mail is automatic, and who it is from: rule 30', async () => {
    const mail = await new PostalMime().parse(await composeMail(outgoing()))
    const header = (key: string) => mail.headers.find((h) => h.key === key)?.value
    expect(header('auto-submitted')).toBe('auto-generated')
    expect(header('x-auto-response-suppress')).toBe('DR, OOF, AutoReply')
    expect(header('content-language')).toBe('vi')
    expect(header('x-mailer')).toBeUndefined()
    expect(mail.from?.address).toBe(mail.replyTo?.[0]?.address)
    expect(mail.messageId).toBe('<1@mau.example>')
    expect(mail.date).toBe('2026-12-01T00:00:00.000Z')
  })

  it('hold any name and any title that the outbox takes, and nothing more', async () => {
    const strange = fc.string({
      unit: fc.oneof(
        fc.constantFrom(
          '"',
          '\\',
          '<',
          '>',
          ',',
          ':',
          ';',
          '@',
          '(',
          ')',
          '=?UTF-8?Q?',
          '?=',
          'Bcc: x@y.example',
          '\r\n',
          '\n',
          ' ',
          'ế',
          '“',
          '⟦',
        ),
        fc.string({ unit: 'grapheme', maxLength: 4 }),
      ),
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(strange, strange, async (name, subject) => {
        const to = { name, address: 'thuy@mau.example' }
        if (refusedFields(newMessage('o', { to, subject })).length) return
        const bytes = await composeMail(
          outgoing({ to, from: { name, address: 'vp@mau.example' }, replyTo: null, subject }),
        )
        const mail = await new PostalMime().parse(bytes)
        expect(mail.headers.map((h) => h.key)).toEqual([
          'auto-submitted',
          'x-auto-response-suppress',
          'content-language',
          'from',
          'to',
          'reply-to',
          'subject',
          'message-id',
          'date',
          'mime-version',
          'content-type',
        ])
        expect(mail.to?.map((a) => a.address)).toEqual(['thuy@mau.example'])
        expect(mail.from?.address).toBe('vp@mau.example')
        expect(mail.bcc).toBeUndefined()
        const flat = (s: string) => s.toWellFormed().replace(/\s+/g, ' ').trim()
        if (!subject.includes('=?')) expect(flat(mail.subject ?? '')).toBe(flat(subject))
      }),
      { numRuns: 300 },
    )
  })
})
