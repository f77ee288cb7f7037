import { describe, expect, it } from 'vitest'
import { colleagueInvitedMail, passwordResetMail } from '../../../src/features/accounts/emails.tsx'
import { findMarks, refusedFields } from '../../../src/features/mail/rules.ts'

const organization = {
  id: '0197f3a2-1111-7000-8000-000000000001',
  name: 'Thành ủy Mẫu',
  name_en: 'Mau City Party Committee',
  email: 'vanphong@mau.example',
  accent_hue: 24,
  honorific: 'comrade',
  timezone: 'Asia/Ho_Chi_Minh',
  contact_name: 'Văn phòng Thành ủy',
  contact_phone: '0203 000 000',
}
const common = { organization, mailFrom: 'hoithao@hoithao.test', expiresAt: new Date('2026-12-15T07:00:00Z') }

describe('the mail to a colleague', () => {
  const mail = (locale: 'vi' | 'en') =>
    colleagueInvitedMail({
      ...common,
      locale,
      to: 'moi@mau.example',
      role: 'organizer',
      invitedBy: 'Lê Văn Mẫu',
      memberInvitationId: 'abc',
      generation: 2,
    })

  it('names who invites, as what, and until when, with the join link as a mark', () => {
    const vi = mail('vi')
    expect(refusedFields(vi)).toEqual([])
    expect(vi).toMatchObject({
      kind: 'colleague_invited',
      subject: 'Mời tham gia bàn làm việc của Thành ủy Mẫu',
      from: { name: 'Thành ủy Mẫu', address: 'vanphong@mau.example' },
    })
    expect(vi.text).toContain('Lê Văn Mẫu mời tham gia')
    expect(vi.text).toContain('14 giờ 00, 15/12/2026')
    expect(findMarks(vi.html)).toEqual([{ purpose: 'join', targetId: 'abc', generation: 2, locale: 'vi' }])
  })

  it('is complete in English', () => {
    const en = mail('en')
    expect(en.subject).toBe('Invitation to the console of Mau City Party Committee')
    expect(en.text).toContain('14:00, 15 Dec 2026')
    expect(findMarks(en.html)[0]).toMatchObject({ locale: 'en' })
  })
})

it('the mail that resets a password tells whose, and falls back on the deployment’s address', () => {
  const mail = passwordResetMail({
    ...common,
    organization: { ...organization, email: null },
    locale: 'vi',
    to: { name: 'Lê Văn Mẫu', address: 'le@mau.example' },
    targetId: 'user1',
    generation: 1,
  })
  expect(refusedFields(mail)).toEqual([])
  expect(mail.from.address).toBe('hoithao@hoithao.test')
  expect(mail.text).toContain('le@mau.example')
  expect(findMarks(mail.text)).toEqual([{ purpose: 'reset', targetId: 'user1', generation: 1, locale: 'vi' }])
})
