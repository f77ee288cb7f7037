import MailComposer from 'nodemailer/lib/mail-composer'
import type { Address, OutgoingMail } from '../features/mail/schema.ts'

const CRLF = /\r?\n/g

/**
 * A message for nodemailer, in the shape calendars read (RFC 6047, RFC 5546): multipart/alternative of plain text, HTML and,
 * last, text/calendar in base64 with `method` and `charset`; where there is a calendar, an `application/ics` copy in an
 * outer multipart/mixed, the shape Gmail itself sends. The envelope is set apart, so that no header is ever read as an
 * address. Automatic mail says so (RFC 3834).
 */
export function toNodemailer(mail: OutgoingMail) {
  const calendar = mail.calendar && { ...mail.calendar, content: mail.calendar.content.replace(CRLF, '\r\n') }
  return {
    messageId: mail.messageId,
    date: mail.date,
    from: mailbox(mail.from),
    to: mailbox(mail.to),
    replyTo: mailbox(mail.replyTo ?? mail.from),
    envelope: { from: mail.from.address, to: [mail.to.address] },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    alternatives: calendar
      ? [
          {
            contentType: `text/calendar; charset=UTF-8; method=${calendar.method}`,
            content: calendar.content,
            contentTransferEncoding: 'base64' as const,
          },
        ]
      : [],
    attachments: calendar
      ? [{ filename: 'invite.ics', contentType: 'application/ics', content: calendar.content }]
      : [],
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'DR, OOF, AutoReply',
      'Content-Language': mail.html.match(/^<!doctype html><html lang="(vi|en)"/)?.[1] ?? 'vi',
      ...mail.headers,
    },
    xMailer: false as const,
    // Nothing that a person wrote may ever be read as a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function mailbox({ name, address }: Address): { name: string; address: string } {
  return { name: name ?? '', address }
}

/** The bytes of a message as they go over the wire. */
export async function composeMail(mail: OutgoingMail): Promise<Uint8Array> {
  return new MailComposer(toNodemailer(mail)).compile().build()
}
