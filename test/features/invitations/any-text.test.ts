import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  answerReceivedMail,
  placeGivenMail,
  substitutionDecidedMail,
} from '../../../src/features/invitations/emails/answers.ts'
import { changeMail, withdrawalMail } from '../../../src/features/invitations/emails/changes.ts'
import { invitationMail, openBatch, substituteMail } from '../../../src/features/invitations/emails/invitation.ts'
import type { EventDetails } from '../../../src/features/invitations/queries/event.ts'
import { refusedFields } from '../../../src/features/mail/rules.ts'
import { mailContext as ctx } from '../../support/mail.ts'
import { readCalendar } from './support.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
  fc.constantFrom(
    'A\r\nBcc: x@y.example',
    '⟦link:invitation:x:1⟧',
    '<script>alert(1)</script>',
    'Lê "Tú"; Văn, A\\n',
    '{hon} {0} %s',
    '\u0000',
    '‮abc',
    'x'.repeat(500),
  ),
)

const words = fc.record({ name: text, position: text, theme: text, host: text, venue: text, org: text, note: text })

function detailsOf(w: { theme: string; host: string; venue: string; org: string; note: string }): EventDetails {
  return {
    event: {
      organization_id: 'o',
      id: 's',
      slug: 'hoi-thao',
      state: 'scheduled',
      kind: 'hoi_thao',
      subtype: null,
      subtype_en: null,
      title: null,
      title_en: null,
      theme: w.theme,
      theme_en: null,
      host: w.host,
      host_en: null,
      cohosts: [w.host],
      cohosts_en: [],
      venue: w.venue,
      venue_en: null,
      online_url: null,
      online_offered: false,
      starts_local: '2026-12-15T14:00:00',
      ends_local: '2026-12-15T17:00:00',
      starts_at: new Date('2026-12-15T07:00:00Z'),
      timezone: 'Asia/Ho_Chi_Minh',
      answer_deadline_at: null,
      answer_deadline_local: null,
      visibility: 'public',
      uid: '0d6e1f1e-5f5e-4d7c-9d1e-3f1f7a1b2c3d',
      sequence: 0,
      postponed_note: w.note,
      created_at: new Date(0),
      revised_at: new Date(0),
      contact_name: w.org,
      contact_phone: null,
      contact_email: null,
      org_name: w.org,
      org_name_en: null,
      org_accent_hue: 24,
      org_honorific: 'neutral',
      org_email: 'v@mau.example',
      org_contact_name: null,
      org_contact_phone: null,
    } as unknown as EventDetails['event'],
    chairs: [{ name: w.host, personId: null }],
    receptionLocal: null,
  }
}

it('makes fit mail and a valid calendar of any names, titles and notes', () => {
  fc.assert(
    fc.property(words, fc.constantFrom('vi', 'en'), (w, locale) => {
      const details = detailsOf(w)
      const batch = openBatch(details, ctx)
      const to = {
        id: 'i',
        person_id: null,
        name: w.name,
        gender: null,
        positions: [w.position],
        positions_en: [],
        email: 'a@mau.example',
        locale,
        generation: 1,
      }
      const cancellation = { kind: 'cancellation' as const, time: true, venue: true, online: true }
      const mails = [
        invitationMail(batch, to, 0),
        substituteMail(batch, to, { name: w.name, position: w.position, email: 'b@mau.example' }, 0),
        changeMail(batch, cancellation, details.event, to, { email: to.email, sequence: 1, partstat: 'NEEDS-ACTION' }),
        withdrawalMail(batch, to, { email: to.email, sequence: 1 }),
        answerReceivedMail(details.event, ctx, to, { state: 'substituted', substitute: w.name }),
        placeGivenMail(details.event, ctx, to, 'accepted'),
        substitutionDecidedMail(details.event, ctx, to, { agreed: true, substitute: w.name, note: w.note }),
      ]
      for (const mail of mails) {
        expect(refusedFields(mail)).toEqual([])
        expect(mail.html).not.toContain('<script')
        if (mail.calendar) expect(readCalendar(mail.calendar.content).attendees).toEqual([`mailto:${mail.to.address}`])
      }
    }),
    { numRuns: 40 },
  )
})
