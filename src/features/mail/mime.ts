import PostalMime, { type Address as ParsedAddress } from 'postal-mime'
import type { Address } from './schema.ts'

/** A message read back from its bytes. */
export interface ReadMail {
  subject: string
  from: Address | undefined
  replyTo: Address | undefined
  to: Address | undefined
  messageId: string
  date: string | undefined
  text: string
  html: string | undefined
  calendar: string | undefined
}

/** Reads a message as a mail app would. */
export async function readMail(raw: Uint8Array): Promise<ReadMail> {
  const mail = await new PostalMime().parse(raw)
  const calendar = mail.attachments.find((a) => a.mimeType === 'text/calendar')?.content
  return {
    subject: mail.subject ?? '',
    from: address(mail.from),
    replyTo: address(mail.replyTo?.[0]),
    to: address(mail.to?.[0]),
    messageId: mail.messageId ?? '',
    date: mail.date,
    text: mail.text ?? '',
    html: mail.html,
    calendar:
      calendar === undefined ? undefined : typeof calendar === 'string' ? calendar : new TextDecoder().decode(calendar),
  }
}

function address(parsed: ParsedAddress | undefined): Address | undefined {
  return parsed?.address === undefined ? undefined : { name: parsed.name || null, address: parsed.address }
}
