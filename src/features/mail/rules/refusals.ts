import type { SendResult, Stage } from '../schema.ts'

/**
 * Whom a refusal is about. `address`: this recipient does not exist, or takes nothing. `letter`: this letter, its size or form.
 * `later`: this recipient, for the moment. `sender`: us, by the domain we send from. `server`: the way out itself, our log-in or our
 * reputation. `unclear`: permanent without a reason; several in a row alike are the server's.
 */
export type Blame = 'address' | 'letter' | 'later' | 'sender' | 'server' | 'unclear'

const RELAY = /relay|not (?:permitted|allowed|authori[sz]ed) to (?:send|submit)/i
const LOGIN = /authenticat|log ?in|credential|password|must issue a starttls/i
const REPUTE =
  /block ?list|black ?list|spamhaus|barracuda|dnsbl|\brbl\b|reputation|unsolicited|client host|your (?:ip|host)/i
const QUOTA = /too many|rate|quota of|(?:sending|daily|hourly|message) (?:limit|quota)|limit exceeded|throttl/i
const SENDER =
  /sender (?:address |verify )?(?:rejected|failed|refused|denied|not)|send(?:er)? as|mail from|return path|\b(?:spf|dkim|dmarc)\b/i
const NOBODY =
  /(?:user|mailbox|recipient|account|address|alias)[^.;]{0,40}(?:unknown|not found|does not exist|doesn't exist|unavailable|disabled|inactive|no longer)|no such (?:user|mailbox|recipient|person|address)|unknown (?:user|recipient|mailbox|local)|invalid (?:recipient|mailbox)|unrouteable|recipnotfound/i
const OF_THE_BOX =
  /mailbox (?:is )?full|over ?quota|resolver\.rst|recipient (?:only|does not) accept|restricted|not accepting|recipient.{0,30}(?:policy|prohibit)/i
const GREY = /grey|gray/i

/** The enhanced code of a reply (RFC 3463): `[5, 1, 1]`. */
function enhanced(reply: string): [number, number, number] | undefined {
  const found = /^[245]\d\d[ -](?:#)?([245])\.(\d{1,3})\.(\d{1,3})\b/.exec(reply)
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined
}

/** Whom a refusal is about, by how far the conversation came and by the server's words. */
export function blameOf({ stage = 'message', reply, outcome }: SendResult): Blame {
  const code = Number(/^\d{3}/.exec(reply)?.[0] ?? 0)
  if (stage === 'none' || stage === 'connection' || stage === 'login') return 'server'
  if (code === 421 || [530, 534, 535, 538].includes(code)) return 'server'
  // A conversation that was cut says nothing; several in a row do.
  if (code === 0) return 'unclear'
  const [, subject = -1, detail = -1] = enhanced(reply) ?? []
  if (subject === 3 && detail === 4) return 'letter'
  if (stage === 'sender') return code === 552 ? 'letter' : ofTheSender(reply, subject)
  return outcome === 'temporary' ? temporary(reply, subject) : permanent(reply, code, subject, detail)
}

/** At MAIL FROM no recipient was named yet: it is ours, by this domain or altogether. */
function ofTheSender(reply: string, subject: number): Blame {
  if (subject === 3 || subject === 5 || LOGIN.test(reply) || REPUTE.test(reply) || QUOTA.test(reply)) return 'server'
  return 'sender'
}

function temporary(reply: string, subject: number): Blame {
  if (GREY.test(reply)) return 'later'
  if (LOGIN.test(reply) && subject === 7) return 'server'
  return subject === 3 ? 'unclear' : 'later'
}

function permanent(reply: string, code: number, subject: number, detail: number): Blame {
  if (subject === 1) return detail === 7 || detail === 8 ? 'sender' : 'address'
  if (subject === 2 || subject === 4) return 'address'
  if (subject === 6) return 'letter'
  if (NOBODY.test(reply) || OF_THE_BOX.test(reply)) return 'address'
  if (SENDER.test(reply)) return 'sender'
  if (subject === 7 || subject === 5 || subject === 3) return 'server'
  if (RELAY.test(reply) || LOGIN.test(reply) || REPUTE.test(reply) || QUOTA.test(reply)) return 'server'
  return code === 552 ? 'letter' : code === 551 || code === 553 ? 'address' : 'unclear'
}

const AT_ONCE = 3
const OF_ADDRESSES = 20

/** How many refusals alike in a row, of different recipients, stop the line; undefined where none do. */
export function streakLimit(blame: Blame): number | undefined {
  if (blame === 'unclear') return AT_ONCE
  return blame === 'address' ? OF_ADDRESSES : undefined
}

/** What makes two refusals alike: the words without addresses, numbers and ids. */
export function streakKey(stage: Stage | undefined, reply: string): string {
  const words = reply
    .slice(0, 500)
    .replace(/[^\s<>]{1,254}@[^\s<>]{1,254}/g, '@')
    .replace(/[A-Za-z0-9_-]*\d[A-Za-z0-9_-]*/g, (word, at: number) => (at === 0 ? word : '#'))
  return `${stage ?? 'message'} ${words.slice(0, 200)}`
}

const ORDER: Stage[] = ['none', 'connection', 'login', 'sender', 'recipient', 'message']

/** Whether a conversation came further than where the line stopped, and so the line is open again. */
export function isFurther(stage: Stage | undefined, stoppedAt: string | null): boolean {
  return ORDER.indexOf(stage ?? 'message') > ORDER.indexOf(stoppedAt as Stage)
}

/** The scope of a stop: the server's, or a sender's domain. */
export function scopeOf(blame: 'sender' | 'server', fromAddress: string): string {
  return blame === 'server' ? 'server' : senderScope(fromAddress)
}

/** The scope of a sender. */
export function senderScope(fromAddress: string): string {
  return `from:${(fromAddress.split('@').at(-1) ?? '').toLowerCase()}`
}
