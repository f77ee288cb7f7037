import { z } from 'zod'
import type { Locale } from '../../context.ts'
import type { FieldError } from '../../errors.ts'
import { hasControlCharacters } from '../../text/fold.ts'
import { type Purpose, purposes } from '../links/schema.ts'
import type { Address, MessageKind, NewMessage, SendResult } from './schema.ts'

const MARK = /⟦link:([a-z-]+):([A-Za-z0-9_-]{1,64}):(\d{1,9})(?::(vi|en))?⟧/g
const EXACT_MARK = new RegExp(`^${MARK.source}$`)

/** What a link mark stands for. */
export interface LinkMark {
  purpose: Purpose
  targetId: string
  generation: number
  locale: Locale
}

/**
 * The mark of a personal link in a body of the outbox: the token is put in its place only while the message is sent, so
 * that a dump of the outbox opens no door. Never in a calendar part: calendars are shared.
 */
export function linkMark(purpose: Purpose, targetId: string, generation: number, locale?: Locale): string {
  return `⟦link:${purpose}:${targetId}:${generation}${locale ? `:${locale}` : ''}⟧`
}

/** Whether a text is one link mark and nothing else. */
export function isLinkMark(text: string): boolean {
  return EXACT_MARK.test(text)
}

/** The marks of a text, in order. */
export function findMarks(text: string): LinkMark[] {
  return [...text.matchAll(MARK)]
    .filter(([, purpose]) => (purpose as string) in purposes)
    .map(([, purpose, targetId, generation, locale]) => ({
      purpose: purpose as Purpose,
      targetId: targetId as string,
      generation: Number(generation),
      locale: (locale ?? 'vi') as Locale,
    }))
}

/** Text a person wrote cannot make a mark: its brackets become plain ones, or one reader would be sent another's link. */
export function withoutMarks(text: string): string {
  return text.replace(/⟦/g, '[').replace(/⟧/g, ']')
}

/** Puts something else in the place of each mark: an address when sending, words when an organizer reads the message. */
export function replaceMarks(text: string, replacement: (mark: LinkMark) => string): string {
  return text.replace(MARK, (whole) => {
    const mark = findMarks(whole)[0]
    return mark ? replacement(mark) : ''
  })
}

/** A body as someone else than its reader may see it: personal links are words, and lead nowhere. */
export function withoutLinks(html: string, words: string): string {
  return replaceMarks(html.replace(/ href="⟦[^"]*⟧"/g, ` title="${words}"`), () => words)
}

/** Kinds that tell a recipient the state of things: a later one replaces an earlier one of the same invitation. */
export const announcements: MessageKind[] = ['invitation', 'update', 'cancellation', 'postponement', 'withdrawal']

/** `last_reply` of a message that was never tried: the person's address is known to be dead. */
export const ADDRESS_DEAD = 'address-dead'

const MINUTE = 60
const HOUR = 60 * MINUTE
const FIRST_DELAYS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR]
const GIVE_UP_AFTER = 48 * HOUR

/**
 * Seconds until the next attempt after so many that failed for the moment: 1, 5, 15, 60 minutes, 3 hours, then every
 * 6 hours; undefined once 48 hours have gone by, when the message counts as failed (RFC 5321 section 4.5.4.1 asks for
 * a growing interval).
 */
export function nextDelay(attempts: number): number | undefined {
  let waited = 0
  for (let i = 0; i < attempts; i++) {
    const delay = FIRST_DELAYS[i] ?? 6 * HOUR
    if (waited + delay > GIVE_UP_AFTER) return undefined
    waited += delay
    if (i === attempts - 1) return delay
  }
  return MINUTE
}

export type Settlement =
  | { state: 'sent' }
  | { state: 'queued'; delay: number }
  | { state: 'failed' }
  | { state: 'bounced' }

/** What becomes of a message after an attempt, the `attempts`-th. */
export function decideSettlement(attempts: number, result: SendResult): Settlement {
  if (result.outcome === 'sent') return { state: 'sent' }
  if (result.outcome === 'permanent') return { state: 'bounced' }
  const delay = nextDelay(attempts)
  return delay === undefined ? { state: 'failed' } : { state: 'queued', delay }
}

/** Who mails are from, whom answers go to: the organisation's own mailbox, or the deployment's where it has none. */
export function senderOf(organization: { name: string; email: string | null }, fallback: string): Address {
  return { name: organization.name, address: organization.email ?? fallback }
}

/** The fields of a message that a mail server may not be given, as refused fields; empty when it is fit to be sent. */
export function refusedFields(message: NewMessage): FieldError[] {
  const lines: [string, string | null][] = [
    ['toName', message.to.name],
    ['fromName', message.from.name],
    ['replyToName', message.replyTo?.name ?? null],
    ['subject', message.subject],
    ...Object.entries(message.headers ?? {}).map(([name, value]): [string, string] => [`headers.${name}`, value]),
  ]
  const addresses: [string, string | undefined][] = [
    ['to', message.to.address],
    ['from', message.from.address],
    ['replyTo', message.replyTo?.address],
  ]
  return [
    ...lines
      .filter(([, value]) => value !== null && hasControlCharacters(value))
      .map(([field]) => ({ field, code: 'control_character' })),
    ...addresses
      .filter(([, address]) => address !== undefined && !isAddress(address))
      .map(([field]) => ({ field, code: 'email' })),
    ...Object.keys(message.headers ?? {})
      .filter((name) => !/^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(name))
      .map(() => ({ field: 'headers', code: 'invalid' })),
    ...(message.subject.trim() === '' ? [{ field: 'subject', code: 'required' }] : []),
    ...(message.calendar && findMarks(message.calendar.content).length ? [{ field: 'calendar', code: 'invalid' }] : []),
  ]
}

/** A plain address as HTML and mail servers take it, 254 characters at most: no quotes, spaces, comments or routes. */
function isAddress(address: string): boolean {
  return address.length <= 254 && z.regexes.html5Email.test(address)
}
