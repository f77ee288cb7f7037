import { encode, wrap } from 'nodemailer/lib/base64'
import MailComposer from 'nodemailer/lib/mail-composer'
import { foldLines } from 'nodemailer/lib/mime-funcs'
import MimeNode from 'nodemailer/lib/mime-node'
import type { Address, OutgoingMail } from '../features/mail/schema.ts'

/** A piece of a message: what all of its kind share, or the name of what each has of its own. */
type Piece = { shared: string } | { own: OwnPart }
type OwnPart = 'To' | 'Subject' | 'Message-ID' | 'Date' | 'text' | 'html' | 'calendar'

const OWN_HEADERS = new Set<string>(['To', 'Subject', 'Message-ID', 'Date'] satisfies OwnPart[])
const BODIES = ['text', 'html', 'calendar'] as const
/** Stands for a body while what letters share is composed: no ASCII, so that it is encoded; of a length that base64 does not pad. */
const markOf = (body: (typeof BODIES)[number]) => `ế${body.padEnd(9, '-')}`
/** Encodes headers, and is no part of any message. Made when it is needed: a Worker makes no random values while it loads. */
let headers: MimeNode | undefined

const MOST_FRAMES = 100
const frames = new Map<string, Promise<Piece[]>>()

/**
 * The bytes of a message as they go over the wire, in the shape calendars read (RFC 6047, RFC 5546): multipart/alternative of plain
 * text, HTML and, last, text/calendar with `method` and `charset`; where there is a calendar, an `application/ics` copy in an
 * outer multipart/mixed, the shape Gmail itself sends. Bodies are base64, with CRLF (RFC 2045 section 6.8): of Vietnamese that is
 * shorter than quoted-printable. Automatic mail says so (RFC 3834). What the letters of a bulk share is composed once.
 */
export async function composeMail(mail: OutgoingMail): Promise<Uint8Array> {
  const pieces = await frameOf(mail)
  const message = pieces.map((piece) => ('shared' in piece ? piece.shared : own(mail, piece.own))).join('')
  return new TextEncoder().encode(message)
}

function frameOf(mail: OutgoingMail): Promise<Piece[]> {
  const key = JSON.stringify([mail.from, mail.replyTo, mail.headers, languageOf(mail), mail.calendar?.method])
  const known = frames.get(key)
  if (known) return known
  // A map keeps its order: the oldest goes first.
  if (frames.size >= MOST_FRAMES) for (const oldest of [...frames.keys()].slice(0, 1)) frames.delete(oldest)
  const made = composeFrame(mail)
  frames.set(key, made)
  made.catch(() => frames.delete(key))
  return made
}

async function composeFrame(mail: OutgoingMail): Promise<Piece[]> {
  const calendar = mail.calendar && { method: mail.calendar.method, content: markOf('calendar') }
  const composer = new MailComposer({
    messageId: mail.messageId,
    date: mail.date,
    from: mailbox(mail.from),
    to: mailbox(mail.to),
    replyTo: mailbox(mail.replyTo ?? mail.from),
    subject: mail.subject,
    text: markOf('text'),
    html: markOf('html'),
    textEncoding: 'base64',
    alternatives: calendar
      ? [
          {
            contentType: `text/calendar; charset=UTF-8; method=${calendar.method}`,
            content: calendar.content,
            contentTransferEncoding: 'base64',
          },
        ]
      : [],
    attachments: calendar
      ? [{ filename: 'invite.ics', contentType: 'application/ics', content: calendar.content }]
      : [],
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'DR, OOF, AutoReply',
      'Content-Language': languageOf(mail),
      ...mail.headers,
    },
    xMailer: false,
    // Nothing that a person wrote may ever be read as a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const message = (await composer.compile().build()).toString('latin1')
  const end = message.indexOf('\r\n\r\n')
  return [...headerPieces(message.slice(0, end)), ...bodyPieces(message.slice(end))]
}

function headerPieces(head: string): Piece[] {
  const fields = head.split(/\r\n(?![ \t])/)
  return fields.flatMap((field, i): Piece[] => {
    const lineBreak = i ? '\r\n' : ''
    const name = field.slice(0, field.indexOf(':'))
    return OWN_HEADERS.has(name)
      ? [{ shared: lineBreak }, { own: name as OwnPart }]
      : [{ shared: `${lineBreak}${field}` }]
  })
}

function bodyPieces(body: string): Piece[] {
  return BODIES.reduce<Piece[]>(
    (pieces, part) =>
      pieces.flatMap((piece) => {
        if (!('shared' in piece)) return [piece]
        const between = piece.shared.split(encode(markOf(part))).map((shared) => ({ shared }))
        return between.flatMap((one, i): Piece[] => (i ? [{ own: part }, one] : [one]))
      }),
    [{ shared: body }],
  )
}

function own(mail: OutgoingMail, part: OwnPart): string {
  if (part === 'text' || part === 'html') return inBase64(mail[part])
  if (part === 'calendar') return inBase64(mail.calendar?.content ?? '')
  const value = { To: mailbox(mail.to), Subject: mail.subject, 'Message-ID': mail.messageId, Date: mail.date }[part]
  headers ??= new MimeNode(undefined, { textEncoding: 'B' })
  return foldLines(`${part}: ${headers.encodeHeaderValue(part, value)}`, 76)
}

const inBase64 = (content: string) => wrap(encode(content.replace(/\r?\n/g, '\r\n')))

const languageOf = ({ html }: OutgoingMail) => html.match(/^<!doctype html><html lang="(vi|en)"/)?.[1] ?? 'vi'

function mailbox({ name, address }: Address): { name: string; address: string } {
  return { name: name ?? '', address }
}
