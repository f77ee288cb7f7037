import type { SendResult, Stage } from '../schema.ts'

/**
 * Whom a refusal is about. `address`: this recipient does not exist, or takes nothing. `letter`: this letter, its size or form.
 * `later`: this recipient, for the moment. `sender`: us, by the domain we send from. `server`: the way out itself, our log-in or our
 * reputation. `unclear`: permanent without a reason; several in a row alike are the server's.
 */
export type Blame = 'address' | 'letter' | 'later' | 'sender' | 'server' | 'unclear'

/**
 * What replies speak of, in the words of Postfix, Exim, sendmail, qmail, Exchange, Gmail, Yahoo, Zimbra, MDaemon and cPanel. Asked in the
 * order they are tried in `spokenOf`; codes come after, since vendors put limits of the sender under 5.1, 5.2 and 5.4.
 */
const GREY = /\bgr[ea]y/i
const SIZE =
  /(?:message|mail|header|attachment)s? (?:size|(?:is )?too (?:big|large|long))|size (?:limit|exceeds)|exceeds (?:the )?(?:fixed|maximum) (?:message )?size/i
const BOX =
  /(?:mailbox|inbox) (?:is )?(?:full|over)|over ?quota|(?:mailbox|disk|storage)[^.;]{0,30}(?:quota|full|allocation)|quota[^.;]{0,30}mailbox|receiv(?:e|es|ing)\b[^.;]{0,30}(?:limit|rate|quickly|per hour)|limit[^.;]{0,40}\breceive|resolver\.rst|recipient (?:only|does not) accept|not accepting (?:mail|messages)|(?:distribution|mailing) (?:list|group)/i
const SENDER =
  /send[-_ ]?as|sender (?:address |verify |domain |is )?(?:rejected|failed|refused|denied|blocked|not|unknown)|outbound sender|envelope sender|badmailfrom|not owned by|unregistered domain|sending domain|mail from (?!\W{0,3}(?:\d|ip\b|your\b))|return path|\b(?:spf|dkim|dmarc)\b/i
const REPUTE =
  /(?:block|black|deny) ?list|spamhaus|spamcop|barracuda|dnsbl|\brbl\b|reputation|unsolicited|\bspam\b|client host|helo command|(?:your|sending|dynamic) (?:ip|host|server|network|account|domain|organi[sz]ation|tenant)|reverse (?:dns|hostname|lookup)|\bptr\b|unusual|traffic not accepted|banned/i
const LIMIT =
  /too many|\brate\b|rate[- ]?limit|throttl|(?:sending|sender|outbound|outgoing|submission|daily|hourly|message|relay)s? (?:\w{1,20} ){0,2}(?:limit|quota)|submission ?quota|limit exceeded|exceed[^.;]{0,60}(?:limit|quota|max|threshold|per (?:hour|day|minute))|reached[^.;]{0,40}(?:limit|quota)|(?:limit|quota)[^.;]{0,30}(?:reached|exceeded)/i
const RELAY =
  /relay(?:ing)? (?:access )?(?:is )?(?:denied|not|prohibited|rejected|disabled)|relaying|(?:to|not|open) relay\b|rcpthosts|not (?:permitted|allowed|authori[sz]ed) to (?:send|submit)/i
const UNKNOWN =
  /(?:user|mailbox|recipient|account|address|alias)[^.;]{0,40}(?:unknown|not found|does not exist|doesn't exist|no longer)|no such (?:user|mailbox|recipient|person|address)|no mailbox here|unknown (?:user|recipient|mailbox|local)|unrouteable|recipnotfound/i
const SHUT =
  /(?:user|mailbox|recipient|account|address|alias)[^.;]{0,40}(?:unavailable|disabled|inactive|suspended)|invalid (?:recipient|mailbox)/i
const LOGIN = /authenticat|\blog ?in\b|credential|password|must issue a starttls/i
/** A policy that may be the recipient's or ours. */
const MIXED = /recipient[^;]{0,40}(?:polic|prohibit|not accepted|restrict)|restricted/i
const WAIT = /\b(?:later|seconds|minutes|temporary failure|temporarily failure)\b/i

/** The enhanced code of a reply (RFC 3463), its subject and detail: `[1, 1]`. qmail's stands at the end. */
function enhanced(reply: string): [number, number] | [] {
  const found =
    /^[245]\d\d[ -]#?[245]\.(\d{1,3})\.(\d{1,3})\b/.exec(reply) ?? /#[245]\.(\d{1,3})\.(\d{1,3})\b/.exec(reply)
  return found ? [Number(found[1]), Number(found[2])] : []
}

/** What is judged of a reply: its beginning, without addresses and pages, whose words are nobody's reason. */
function wordsOf(reply: string): string {
  return reply
    .slice(0, 1000)
    .replace(/https?:[^\s]{1,300}/gi, '')
    .replace(/[^\s<>]{1,254}@[^\s<>]{1,254}/g, '@')
}

/** Whom a refusal is about, by how far the conversation came and by the server's words. */
export function blameOf({ stage = 'message', reply, outcome }: SendResult): Blame {
  const code = Number(/^\d{3}/.exec(reply)?.[0] ?? 0)
  if (stage === 'none' || stage === 'connection' || stage === 'login') return 'server'
  if (code === 421 || [530, 534, 535, 538].includes(code)) return 'server'
  // A conversation that was cut says nothing; several in a row do.
  if (code === 0) return 'unclear'
  const words = wordsOf(reply)
  const [subject = -1, detail = -1] = enhanced(reply)
  if ((subject === 3 && detail === 4) || SIZE.test(words)) return 'letter'
  if (stage === 'sender') return code === 552 ? 'letter' : ofTheSender(words, subject)
  if (outcome === 'temporary') return temporary(words, subject, detail)
  return spokenOf(words, subject, detail) ?? ofTheCode(code, subject, detail)
}

/** At MAIL FROM no recipient was named yet: it is ours, by this domain or altogether. */
function ofTheSender(words: string, subject: number): Blame {
  const ours = [LOGIN, REPUTE, LIMIT].some((kind) => kind.test(words))
  return ours || subject === 3 || subject === 5 ? 'server' : 'sender'
}

function temporary(words: string, subject: number, detail: number): Blame {
  if (GREY.test(words)) return 'later'
  const spoken = spokenOf(words, subject, detail)
  if (spoken === 'sender' || spoken === 'server') return spoken
  if (spoken) return 'later'
  if (subject === 7) return WAIT.test(words) ? 'later' : 'server'
  return subject === 3 ? 'unclear' : 'later'
}

/** What the words themselves tell, before any code. */
function spokenOf(words: string, subject: number, detail: number): Blame | undefined {
  // Exchange's closed groups and boxes: their words speak of the sender, who may well be in order.
  if (BOX.test(words) && !/submission ?quota/i.test(words)) return 'address'
  if (subject === 7 && detail >= 120 && detail < 200) return 'address'
  if (SENDER.test(words)) return 'sender'
  if (subject === 7 && detail === 13) return 'server'
  if (REPUTE.test(words) || LIMIT.test(words) || RELAY.test(words))
    return isOfABox(words, subject, detail) ? 'address' : 'server'
  if (UNKNOWN.test(words) || SHUT.test(words)) return 'address'
  if (LOGIN.test(words)) return 'server'
  return MIXED.test(words) ? 'unclear' : undefined
}

/** "Quota exceeded" and no more, under the code of a full box. */
function isOfABox(words: string, subject: number, detail: number): boolean {
  const full = (subject === 2 && detail === 2) || (subject === -1 && words.startsWith('552'))
  return full && !/send|submi|daily|hourly|relay|outgoing|outbound/i.test(words)
}

function ofTheCode(code: number, subject: number, detail: number): Blame {
  if (subject === 1 && (detail === 7 || detail === 8)) return 'sender'
  if (subject === 1) return detail <= 6 || detail === 10 ? 'address' : 'unclear'
  if (subject === 2) return detail === 3 ? 'letter' : detail <= 4 ? 'address' : 'unclear'
  if (subject === 4) return [1, 4, 6].includes(detail) ? 'address' : detail === 5 ? 'server' : 'unclear'
  if (subject === 6) return 'letter'
  // RFC 7372 and 7505: what SPF, DKIM and the sender's domain say. RFC 7293: a box that has changed hands.
  if (subject === 7 && detail >= 20 && detail <= 27 && detail !== 25) return 'sender'
  if (subject === 7 && [2, 17, 18].includes(detail)) return 'address'
  if (subject === 7 || subject === 5 || subject === 3) return 'server'
  return code === 552 ? 'letter' : code === 551 || code === 553 ? 'address' : 'unclear'
}

/** RFC 3463, 5.1.x: no such box, no such domain, no such form, moved; RFC 7505 and Exchange: takes no mail, not found. */
const DEAD = [1, 2, 3, 6, 10]

/**
 * Whether a refusal says that the recipient's address does not exist, by its words or by one of a few codes. Anything else (a full
 * or closed box, a policy, a limit of ours under whatever code) says nothing of it.
 */
export function isAddressDead(result: SendResult): boolean {
  if (result.outcome !== 'permanent' || blameOf(result) !== 'address') return false
  const [subject = -1, detail = -1] = enhanced(result.reply)
  const words = wordsOf(result.reply)
  return (subject === 1 && DEAD.includes(detail)) || (!BOX.test(words) && UNKNOWN.test(words))
}

/** Whether a refusal of us ends by waiting, whatever its code says: a limit, a rate. */
export function isLimit(reply: string): boolean {
  return LIMIT.test(wordsOf(reply))
}

/**
 * From which attempt on a `later` counts as one of a row: one that asks to wait, as greylists do, from the third, six minutes after the
 * first; a full box never.
 */
export function countsFrom(reply: string): number {
  const words = wordsOf(reply)
  if (BOX.test(words) || enhanced(reply).join() === '2,2') return Number.POSITIVE_INFINITY
  return GREY.test(words) || WAIT.test(words) || enhanced(reply)[0] === 2 ? 3 : 1
}

const AT_ONCE = 3
const OF_ADDRESSES = 20

/** How many refusals alike in a row, of different recipients, stop the line; undefined where none do. */
export function streakLimit(blame: Blame): number | undefined {
  if (blame === 'unclear') return AT_ONCE
  return blame === 'address' || blame === 'later' ? OF_ADDRESSES : undefined
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
