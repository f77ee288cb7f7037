import { describe, expect, it } from 'vitest'
import {
  type Blame,
  blameOf,
  isFurther,
  scopeOf,
  streakKey,
  streakLimit,
} from '../../../src/features/mail/rules/refusals.ts'
import type { Stage } from '../../../src/features/mail/schema.ts'

/** Replies as servers give them: who said it, where in the conversation, the words, whom they are about. */
const replies: [string, Stage, string, Blame][] = [
  ['a closed port', 'connection', 'ESOCKET: connect ECONNREFUSED 127.0.0.1:587', 'server'],
  ['a certificate', 'connection', 'ETLS: self-signed certificate', 'server'],
  ['Postfix, greeting', 'connection', '554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked', 'server'],
  ['Gmail, log-in', 'login', '535 5.7.8 Username and Password not accepted. For more information, go to', 'server'],
  ['Exchange, log-in', 'login', '535 5.7.3 Authentication unsuccessful', 'server'],
  ['a cut line', 'message', 'ETIMEDOUT: Timeout', 'unclear'],
  ['any, anywhere', 'recipient', '421 4.7.0 Try again later, closing connection.', 'server'],
  ['Outlook, busy', 'message', '421 4.3.2 The maximum number of concurrent connections has exceeded a limit', 'server'],
  ['Postfix, MAIL FROM', 'sender', '553 5.7.1 <a@mau.example>: Sender address rejected: not owned by user', 'sender'],
  ['Exim, MAIL FROM', 'sender', '550 Sender verify failed', 'sender'],
  ['Postfix, MAIL FROM', 'sender', '450 4.1.8 <a@mau.example>: Sender address rejected: Domain not found', 'sender'],
  [
    'Outlook, MAIL FROM',
    'sender',
    '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
    'sender',
  ],
  ['Exchange, MAIL FROM', 'sender', '530 5.7.57 Client not authenticated to send mail', 'server'],
  ['sendmail, MAIL FROM', 'sender', '452 4.3.1 Insufficient system storage', 'server'],
  ['Postfix, MAIL FROM', 'sender', '552 5.3.4 Message size exceeds fixed limit', 'letter'],
  ['a hoster', 'sender', '550 5.7.1 Daily sending limit exceeded', 'server'],
  ['Postfix', 'recipient', '554 5.7.1 <a@b.example>: Relay access denied', 'server'],
  ['Exim', 'recipient', '550 relay not permitted', 'server'],
  ['sendmail', 'recipient', '550 5.7.1 <a@b.example>... Relaying denied', 'server'],
  ['Exchange', 'recipient', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain', 'server'],
  ['Exchange', 'recipient', '550 5.7.1 Unable to relay', 'server'],
  [
    'Postfix',
    'recipient',
    '550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual table',
    'address',
  ],
  ['Gmail', 'recipient', '550-5.1.1 The email account that you tried to reach does not exist.', 'address'],
  ['Exim', 'recipient', '550 Unrouteable address', 'address'],
  ['Exim', 'recipient', '550 No such user here', 'address'],
  ['Outlook.com', 'recipient', '550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).', 'address'],
  [
    'Exchange',
    'recipient',
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address',
    'address',
  ],
  ['Exchange, a closed group', 'recipient', '550 5.7.1 RESOLVER.RST.AuthRequired; authentication required', 'address'],
  ['Exchange, moderated', 'recipient', '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup', 'address'],
  ['Yahoo', 'recipient', '554 delivery error: dd Not a valid recipient: mailbox is disabled', 'address'],
  ['a full box', 'recipient', '552 5.2.2 Mailbox full', 'address'],
  ['a full box', 'recipient', '452 4.2.2 The email account that you tried to reach is over quota', 'later'],
  ['postgrey', 'recipient', '450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted', 'later'],
  ['a greylist', 'message', '451 4.7.1 greylisted, please try again in 5 minutes', 'later'],
  ['Postfix', 'recipient', '451 4.3.0 <a@b.example>: Temporary lookup failure', 'unclear'],
  ['Postfix', 'recipient', '550 5.1.8 <a@mau.example>: Sender address rejected: Domain not found', 'sender'],
  [
    'Gmail',
    'message',
    '550-5.7.1 [203.0.113.9] Our system has detected that this message is likely unsolicited mail',
    'server',
  ],
  ['Gmail', 'message', '550-5.7.26 This mail is unauthenticated: SPF [mau.example] with ip did not pass', 'sender'],
  ['Outlook', 'message', '550 5.7.515 Access denied, sending domain MAU.EXAMPLE does not pass DMARC', 'sender'],
  ['Spamhaus', 'recipient', '554 5.7.1 Service unavailable; Client host blocked using zen.spamhaus.org', 'server'],
  ['no code', 'recipient', '554 Blocked by blacklist', 'server'],
  ['no code', 'message', '554 Transaction failed', 'unclear'],
  ['no code', 'message', '550 Administrative prohibition', 'unclear'],
  ['content', 'message', '554 5.6.0 Message contains invalid header', 'letter'],
  ['size', 'message', '552 5.3.4 Message too big', 'letter'],
]

describe('whom a refusal is about', () => {
  it.each(replies)('%s at %s: %s → %s', (_who, stage, reply, blame) => {
    const outcome = /^5/.test(reply) && !['connection', 'login'].includes(stage) ? 'permanent' : 'temporary'
    expect(blameOf({ outcome, stage, reply })).toBe(blame)
  })

  it('takes no longer for a long reply than for half of it, and a bit', () => {
    const of = (n: number) => `550 ${'recipient mailbox user account '.repeat(n)}`
    for (const n of [1_000, 64_000])
      expect(blameOf({ outcome: 'permanent', stage: 'recipient', reply: of(n) })).toBe('unclear')
  })
})

it('counts refusals as alike whatever address, number or id they name', () => {
  const key = streakKey('message', '550 <a1@mau.example> refused (id 4a6f) see T1234')
  expect(streakKey('message', '550 <b2@mau.example> refused (id 77c0) see T9')).toBe(key)
  expect(streakKey('message', '554 <b2@mau.example> refused (id 77c0) see T9')).not.toBe(key)
  expect(streakKey('recipient', '550 <a1@mau.example> refused (id 4a6f) see T1234')).not.toBe(key)
})

it('stops after three that are unclear, after twenty dead addresses, and never for one that says “later”', () => {
  expect([streakLimit('unclear'), streakLimit('address'), streakLimit('later'), streakLimit('letter')]).toEqual([
    3,
    20,
    undefined,
    undefined,
  ])
})

it('keeps a sender’s stop to its domain', () => {
  expect(scopeOf('sender', 'van-phong@Mau.Example')).toBe('from:mau.example')
  expect(scopeOf('server', 'van-phong@mau.example')).toBe('server')
})

it('sees the line open again where a conversation came further than where it stopped', () => {
  expect(isFurther('recipient', 'login')).toBe(true)
  expect(isFurther('message', 'recipient')).toBe(true)
  expect(isFurther('recipient', 'recipient')).toBe(false)
  expect(isFurther('connection', 'sender')).toBe(false)
})
