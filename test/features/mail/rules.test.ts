import { describe, expect, it } from 'vitest'
import {
  decideSettlement,
  findMarks,
  isLinkMark,
  linkMark,
  nextDelay,
  refusedFields,
  replaceMarks,
  senderOf,
  withoutMarks,
} from '../../../src/features/mail/rules.ts'
import { messageKinds, messageStates } from '../../../src/features/mail/schema.ts'
import { type TextKey, translator } from '../../../src/i18n.ts'
import { calendarRequest, newMessage } from '../../support/mail.ts'

const id = '0197f3a2-1111-7000-8000-000000000001'

describe('link marks', () => {
  it('stand for a purpose, a target, a generation and a language', () => {
    const mark = linkMark('invitation', id, 3, 'en')
    expect(isLinkMark(mark)).toBe(true)
    expect(findMarks(`a ${mark} b ${linkMark('join', 'x', 1)}`)).toEqual([
      { purpose: 'invitation', targetId: id, generation: 3, locale: 'en' },
      { purpose: 'join', targetId: 'x', generation: 1, locale: 'vi' },
    ])
  })

  it('are put out of force in text that a person wrote', () => {
    const forged = withoutMarks(`Nguyễn ${linkMark('invitation', id, 1)}`)
    expect(findMarks(forged)).toEqual([])
    expect(forged).toContain('[link:invitation')
  })

  it('of an unknown purpose lead nowhere', () => {
    expect(replaceMarks(`x⟦link:console:${id}:1⟧y`, () => 'address')).toBe('xy')
  })
})

describe('the growing delay', () => {
  it('is 1, 5, 15, 60 minutes, 3 hours, then every 6 hours, for 48 hours', () => {
    const delays = Array.from({ length: 14 }, (_, i) => nextDelay(i + 1))
    expect(delays.slice(0, 7).map((d) => (d as number) / 60)).toEqual([1, 5, 15, 60, 180, 360, 360])
    const given = delays.filter((d) => d !== undefined)
    expect(given.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(48 * 3600)
    expect(given.reduce((a, b) => a + b, 0)).toBeGreaterThan(42 * 3600)
    expect(nextDelay(given.length + 1)).toBeUndefined()
  })
})

describe('how an attempt ends', () => {
  it('waits on a temporary failure and gives up after two days', () => {
    expect(decideSettlement(1, { outcome: 'temporary', reply: '451 4.7.1 greylisted' })).toEqual({
      state: 'queued',
      delay: 60,
    })
    expect(decideSettlement(99, { outcome: 'temporary', reply: '451' })).toEqual({ state: 'failed' })
  })

  it('bounces at once on a permanent one', () => {
    expect(decideSettlement(1, { outcome: 'permanent', reply: '550 5.7.1 policy' })).toEqual({
      state: 'bounced',
    })
  })
})

describe('what a mail server may not be given', () => {
  it.each([
    [{ to: { name: 'A\r\nBcc: x@y.example', address: 'a@b.example' } }, 'toName', 'control_character'],
    [{ from: { name: 'A\nB', address: 'a@b.example' } }, 'fromName', 'control_character'],
    [{ subject: 'Giấy mời\u0000' }, 'subject', 'control_character'],
    [{ subject: '  ' }, 'subject', 'required'],
    [{ to: { name: 'A', address: 'a@b.example, c@d.example' } }, 'to', 'email'],
    [{ to: { name: 'A', address: 'a@b.example>\r\nRCPT TO:<x@y.example' } }, 'to', 'email'],
    [{ to: { name: 'A', address: '"x"@b.example' } }, 'to', 'email'],
    [{ to: { name: 'A', address: `${'a'.repeat(250)}@b.example` } }, 'to', 'email'],
    [{ headers: { 'X-A': 'b\r\nBcc: x@y.example' } }, 'headers.X-A', 'control_character'],
    [{ headers: { 'X A:': 'b' } }, 'headers', 'invalid'],
    [
      { calendar: { method: 'REQUEST' as const, content: `${calendarRequest}${linkMark('invitation', id, 1)}` } },
      'calendar',
      'invalid',
    ],
  ])('refuses %j', (overrides, field, code) => {
    expect(refusedFields(newMessage('o', overrides))).toContainEqual({ field, code })
  })

  it('lets Vietnamese names, quotes and a local host through', () => {
    const message = newMessage('o', {
      to: { name: 'Trần “Thị” "Thuỷ", <Đặng>', address: 'thuy.tran+hoithao@localhost' },
    })
    expect(refusedFields(message)).toEqual([])
  })
})

it('sends in the name of the organisation’s own mailbox, or of the deployment’s', () => {
  expect(senderOf({ name: 'Thành ủy Mẫu', email: 'vp@mau.example' }, 'hoithao@x.example').address).toBe(
    'vp@mau.example',
  )
  expect(senderOf({ name: 'Thành ủy Mẫu', email: null }, 'hoithao@x.example').address).toBe('hoithao@x.example')
})

it('has a name in both languages for every kind and every state of a message', () => {
  for (const locale of ['vi', 'en'] as const) {
    const t = translator(locale)
    const keys = [
      ...messageKinds.map((kind) => `mail:kind.${kind}`),
      ...messageStates.map((state) => `mail:state.${state}`),
    ]
    for (const key of keys) expect(t(key as TextKey)).not.toContain('.')
  }
})
