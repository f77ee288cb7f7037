import { describe, expect, it } from 'vitest'
import { agendaItemInput, delegationInput, seminarInput, timezoneField } from '../../../src/features/seminars/schema.ts'
import { fieldErrors } from '../../../src/web/forms.ts'
import { seminarOf } from './support.ts'

/** What is refused of a seminar with these fields, as `field:code`. */
function refused(overrides: Record<string, unknown>): string[] {
  const base = { kind: 'hoi_thao', theme: 'Chủ đề', host: 'Thành ủy', ...overrides }
  const parsed = seminarInput.safeParse(base)
  return parsed.success ? [] : fieldErrors(parsed.error).map((error) => `${error.field}:${error.code}`)
}

describe('a seminar’s form', () => {
  it('needs a theme and a host, and nothing else', () => {
    expect(refused({})).toEqual([])
    expect(refused({ theme: ' ', host: '' })).toEqual(['theme:required', 'host:required'])
  })

  it.each([
    [{ startsLocal: '2026-12-15T14:00' }, ['endsLocal:required']],
    [{ endsLocal: '2026-12-15T14:00' }, ['startsLocal:required']],
    [{ startsLocal: '2026-12-15T14:00', endsLocal: '2026-12-15T14:00' }, ['endsLocal:ends_before_start']],
    [{ startsLocal: '2026-12-15T14:00', endsLocal: '2027-12-15T14:00' }, ['endsLocal:too_many_days']],
    [{ startsLocal: '2026-02-30T14:00', endsLocal: '2026-03-01T14:00' }, ['startsLocal:date']],
    [{ startsLocal: '2026-12-15T', endsLocal: '2026-12-15T17:00' }, ['startsLocal:date']],
    [
      { startsLocal: '2026-12-15T14:00', endsLocal: '2026-12-15T17:00', answerDeadlineLocal: '2026-12-15T14:01' },
      ['answerDeadlineLocal:after_start'],
    ],
    [{ timezone: '+07:00' }, ['timezone:timezone']],
    [{ onlineUrl: 'javascript:alert(1)' }, ['onlineUrl:url']],
    [{ capacity: Number('ba trăm') }, ['capacity:number']],
    [{ capacity: -1 }, ['capacity:number']],
    [{ theme: 'a\r\nBcc: x@y.example' }, ['theme:control_character']],
    [{ contactEmail: 'văn phòng' }, ['contactEmail:email']],
    [{ theme: 'ạ'.repeat(301) }, ['theme:too_long']],
  ])('%j is refused as %j', (overrides, expected) => {
    expect(refused(overrides)).toEqual(expected)
  })

  it('stores wall times with seconds', () => {
    expect(seminarOf({ startsLocal: '2026-12-15T14:00' }).startsLocal).toBe('2026-12-15T14:00:00')
  })
})

describe('time zones', () => {
  it.each(['Asia/Ho_Chi_Minh', 'America/Argentina/Buenos_Aires', 'UTC', 'Europe/London'])('takes %s', (zone) => {
    expect(timezoneField.safeParse(zone).success).toBe(true)
  })
  it.each(['', 'Hanoi', 'GMT+7', '+07', "Asia/Hanoi'; --", 'asia/ho_chi_minh'])('refuses “%s”', (zone) => {
    expect(timezoneField.safeParse(zone).success).toBe(false)
  })
})

describe('the parts of a seminar', () => {
  it('keeps the spaces of a separator', () => {
    expect(delegationInput.parse({ text: 'lãnh đạo các ban', separator: ': ' }).separator).toBe(': ')
    expect(delegationInput.parse({ text: 'lãnh đạo các ban', separator: ' ' }).separator).toBeNull()
  })

  it('reads an item’s minutes and fixed start as typed', () => {
    const item = agendaItemInput.parse({ kind: 'speech', title: 'Tham luận', minutes: '80', fixedStart: '14:30' })
    expect(item).toMatchObject({ minutes: 80, fixedStart: '14:30', speakers: [] })
    expect(agendaItemInput.safeParse({ kind: 'speech', title: 'Tham luận', minutes: '1,5' }).success).toBe(false)
    expect(
      agendaItemInput.safeParse({ kind: 'speech', title: 'Tham luận', minutes: '10', fixedStart: '25:00' }).success,
    ).toBe(false)
  })
})
