import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { invitationCancel, invitationRequest, messagesToMany } from '../../../src/features/calendar/ics.ts'
import type { CalendarAttendee, CalendarEvent } from '../../../src/features/calendar/schema.ts'

const at = '2026-11-24T03:00:00Z'
const event: CalendarEvent = {
  uid: '0d6e1f1e-5f5e-4d7c-9d1e-3f1f7a1b2c3d',
  sequence: 0,
  status: 'CONFIRMED',
  summary: 'Hội thảo chuyên đề “Sinh hoạt chi bộ”',
  description: 'Chủ trì: Lê Văn Mẫu',
  location: 'Hội trường Trung tâm Chính trị thành phố',
  url: 'https://hoithao.example/s/sinh-hoat',
  startsLocal: '2026-12-15T14:00:00',
  endsLocal: '2026-12-15T17:00:00',
  timezone: 'Asia/Ho_Chi_Minh',
  createdAt: at,
  revisedAt: at,
  organizer: { name: 'Thành ủy Mẫu', email: 'vanphong@mau.example' },
}

const attendee = fc.record({
  name: fc.oneof(
    fc.constantFrom(
      'Trần Thị Thuỷ',
      'Lê "Tú" Văn',
      'A; B, C: D',
      'Nguyễn^Văn',
      '',
      '  ',
      'x\\y',
      'https://hoithao.example/i/AAAAAAAAAAAAAAAAAAAAAA',
      '👩‍👩‍👧 Ấ',
    ),
    fc.string({ unit: 'grapheme', maxLength: 120 }),
  ),
  email: fc.constantFrom(
    'a@mau.example',
    "o'neil+x@mau.example",
    'rất@dài.example',
    `${'a'.repeat(60)}@${'b'.repeat(60)}.example`,
    'a_b.c-d@x-y.mau.example',
  ),
  role: fc.constantFrom('REQ-PARTICIPANT' as const, 'CHAIR' as const),
  partstat: fc.constantFrom('NEEDS-ACTION' as const, 'ACCEPTED' as const),
  rsvp: fc.constant(true),
  delegatedFrom: fc.constantFrom(undefined, 'b@mau.example'),
})

function outcome(write: () => string): string {
  try {
    return write()
  } catch (error) {
    return `throws ${(error as Error).constructor.name}`
  }
}

describe('messages to many', () => {
  it.each(['REQUEST', 'CANCEL'] as const)('are byte for byte what each addressee would get alone (%s)', (method) => {
    const alone = method === 'REQUEST' ? invitationRequest : invitationCancel
    fc.assert(
      fc.property(
        fc.array(fc.record({ to: attendee, sequence: fc.integer({ min: 0, max: 2 }) }), { maxLength: 8 }),
        (letters) => {
          const write = messagesToMany(method, event, at)
          for (const { to, sequence } of letters) {
            expect(outcome(() => write(to as CalendarAttendee, sequence))).toBe(
              outcome(() => alone({ ...event, sequence, attendee: to as CalendarAttendee }, at)),
            )
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
