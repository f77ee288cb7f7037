import { readConfig } from '../../src/config.ts'
import type { Context } from '../../src/context.ts'
import type { Db } from '../../src/db/transaction.ts'
import { transaction } from '../../src/db/transaction.ts'
import { enqueueMessages } from '../../src/features/mail/commands.ts'
import { renderMail } from '../../src/features/mail/frame.tsx'
import type { Mailer, NewMessage, OutgoingMail } from '../../src/features/mail/schema.ts'
import type { Services } from '../../src/services.ts'

/** The context of a task, without the whole application. */
export const mailContext: Context = {
  actor: { kind: 'system', id: 'test', name: 'test' },
  now: new Date(),
  origin: 'http://hoithao.test',
  locale: 'vi',
  linkKey: 'test-link-key-test-link-key-test-link-key',
  mail: { from: 'hoithao@hoithao.test', inbound: false },
  scans: false,
}

/** A small REQUEST, as a calendar part. */
export const calendarRequest = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//hoithao//hoithao//VI',
  'METHOD:REQUEST',
  'BEGIN:VEVENT',
  'UID:0d6e1f1e-5f5e-4d7c-9d1e-3f1f7a1b2c3d',
  'SEQUENCE:0',
  'DTSTAMP:20261201T000000Z',
  'DTSTART;TZID=Asia/Ho_Chi_Minh:20261215T140000',
  'DTEND;TZID=Asia/Ho_Chi_Minh:20261215T170000',
  'SUMMARY:Hội thảo chuyên đề “Sinh hoạt chi bộ”',
  'LOCATION:Hội trường Trung tâm Chính trị\\, thành phố',
  'ORGANIZER;CN=Thành ủy Mẫu:mailto:vanphong@mau.example',
  'ATTENDEE;CN=Trần Thị Thuỷ;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:thuy@mau.example',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n')

/** A message on its way into the outbox. */
export function newMessage(organizationId: string, overrides: Partial<NewMessage> = {}): NewMessage {
  const from = { name: 'Thành ủy Mẫu', address: 'vanphong@mau.example' }
  return {
    organizationId,
    seminarId: null,
    invitationId: null,
    kind: 'invitation',
    locale: 'vi',
    to: { name: 'Trần Thị Thuỷ', address: 'thuy@mau.example' },
    from,
    replyTo: from,
    subject: 'Giấy mời: Hội thảo chuyên đề “Sinh hoạt chi bộ”',
    ...renderMail({
      locale: 'vi',
      organization: { name: from.name, accentHue: 24 },
      paragraphs: ['Trân trọng kính mời.'],
    }),
    calendar: null,
    ...overrides,
  }
}

/** Puts messages in the outbox of a database. */
export function queueMessages(db: Db, ...messages: NewMessage[]) {
  return transaction(db, (trx) => enqueueMessages(trx, mailContext, messages))
}

/** A server has said that an address does not exist. */
export function killAddress(db: Db, organizationId: string, address: string) {
  return db
    .insertInto('dead_addresses')
    .values({ organization_id: organizationId, address: address.toLowerCase(), reply: '550 5.1.1 no such user' })
    .execute()
}

/** A message ready to leave. */
export function outgoing(overrides: Partial<OutgoingMail> = {}): OutgoingMail {
  const { subject, text, html, to, from, replyTo } = newMessage('')
  return {
    messageId: '<1@mau.example>',
    date: new Date('2026-12-01T00:00:00Z'),
    from,
    to,
    replyTo,
    subject,
    text,
    html,
    calendar: null,
    headers: {},
    ...overrides,
  }
}

/** What `runDueTasks` needs of an application. */
export function taskServices(db: Db, mailer: Mailer): Services {
  const config = { ...readConfig({ BASE_URL: mailContext.origin }), linkKey: mailContext.linkKey }
  return {
    db,
    mailer,
    config,
    clock: () => new Date(),
    log: { debug() {}, info() {}, warn() {}, error() {} },
  } as unknown as Services
}
