import { describe, expect, it } from 'vitest'
import {
  type Blame,
  blameOf,
  countsFrom,
  isAddressDead,
  isFurther,
  isLimit,
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
  // What a trial found: policy in 4xx, and limits of ours under codes of the recipient.
  ['Postfix', 'recipient', '454 4.7.1 <p1@noi.example>: Relay access denied', 'server'],
  [
    'Postfix',
    'recipient',
    '450 4.7.1 Client host rejected: cannot find your reverse hostname, [203.0.113.9]',
    'server',
  ],
  ['a hoster', 'recipient', '451 4.7.1 rate limit exceeded for your ip', 'server'],
  [
    'Gmail',
    'message',
    '550-5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits',
    'server',
  ],
  ['Gmail', 'recipient', '550 5.4.5 Daily SMTP relay sending quota exceeded for customer', 'server'],
  ['Exchange', 'message', '554 5.2.252 SendAsDenied; a@mau.example not allowed to send as b@mau.example', 'sender'],
  [
    'Exchange',
    'message',
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    'server',
  ],
  ['a gateway', 'recipient', '550 5.7.1 recipient domain not accepted by policy', 'unclear'],
  // Postfix and its policy servers
  [
    'Postfix',
    'recipient',
    '550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in relay recipient table',
    'address',
  ],
  ['Postfix', 'recipient', '550 5.1.2 <a@khong.example>: Recipient address rejected: Domain not found', 'address'],
  ['Postfix', 'recipient', '450 4.1.2 <a@khong.example>: Recipient address rejected: Domain not found', 'later'],
  ['Postfix', 'recipient', '450 4.1.1 <a@b.example>: Recipient address rejected: unverified address', 'later'],
  ['Postfix', 'recipient', '504 5.5.2 <may>: Helo command rejected: need fully-qualified hostname', 'server'],
  ['Postfix, an address that misleads', 'recipient', '550 5.1.1 <relay-dmarc@grey.example>: User unknown', 'address'],
  [
    'iRedMail',
    'recipient',
    '451 4.7.1 <a@b.example>: Recipient address rejected: Intentional policy rejection, please try again later',
    'later',
  ],
  [
    'iRedMail',
    'recipient',
    '553 5.7.1 <a@mau.example>: Sender address rejected: not owned by user b@mau.example',
    'sender',
  ],
  [
    'policyd',
    'recipient',
    '450 4.7.1 <a@b.example>: Recipient address rejected: Policy Rejection- Quota Exceeded',
    'server',
  ],
  // Exim and cPanel
  [
    'cPanel',
    'message',
    '550 Domain mau.example has exceeded the max emails per hour (100/100 (100%)) allowed. Message discarded.',
    'server',
  ],
  ['cPanel', 'recipient', '550 Domain mau.example has exceeded the max defers and failures per hour (5/5)', 'server'],
  ['Exim', 'recipient', '451 Temporary local problem - please try later', 'later'],
  ['Exim', 'message', '552 Message size exceeds maximum permitted', 'letter'],
  ['Exim', 'recipient', '550-Verification failed for <a@mau.example> 550 Sender verify failed', 'sender'],
  // qmail
  ['qmail', 'recipient', "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", 'server'],
  ['qmail', 'recipient', '550 sorry, no mailbox here by that name (#5.1.1)', 'address'],
  ['qmail', 'recipient', '553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)', 'sender'],
  // Exchange and Office 365
  ['Exchange', 'recipient', '550 5.4.1 Recipient address rejected: Access denied. AS(201806281)', 'address'],
  ['Exchange', 'recipient', '550 5.4.1 Relay Access Denied', 'server'],
  ['Exchange', 'message', '550 5.1.8 Access denied, bad outbound sender', 'sender'],
  ['Exchange', 'message', '554 5.2.2 STOREDRV.Submission.Exception:SubmissionQuotaExceededException', 'server'],
  [
    'Exchange',
    'recipient',
    '550 5.2.122 The recipient has exceeded their limit for the number of messages they can receive per hour',
    'address',
  ],
  ['Exchange', 'recipient', '550 5.7.705 Access denied, tenant has exceeded threshold', 'server'],
  [
    'Exchange',
    'recipient',
    '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP',
    'server',
  ],
  ['Exchange', 'recipient', '451 4.7.500 Server busy. Please try again later from [203.0.113.9]', 'later'],
  [
    'Exchange',
    'recipient',
    '451 4.7.650 The mail server [203.0.113.9] has been temporarily rate limited due to IP reputation',
    'server',
  ],
  ['Exchange', 'recipient', '550 5.7.124 Sender not in allowed-senders list', 'address'],
  [
    'Exchange',
    'recipient',
    '550 5.7.750 Service unavailable. Client blocked from sending from unregistered domain',
    'sender',
  ],
  ['Exchange, an account shut', 'message', '550 5.7.13 User account disabled', 'server'],
  // Gmail and Yahoo
  [
    'Gmail',
    'recipient',
    '450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages',
    'later',
  ],
  ['Gmail', 'recipient', '450 4.2.1 Peak SMTP relay limit exceeded for customer', 'server'],
  ['Gmail', 'recipient', '550-5.2.1 The email account that you tried to reach is inactive.', 'address'],
  ['Gmail', 'recipient', '550 5.7.25 The IP address sending this message does not have a PTR record setup', 'server'],
  ['Gmail', 'message', '450-4.7.26 This mail is unauthenticated: SPF and DKIM did not pass', 'sender'],
  ['Yahoo', 'message', '451 Message temporarily deferred - [160]', 'later'],
  [
    'Yahoo',
    'message',
    '553 5.7.1 [BL21] Connections will not be accepted from 203.0.113.9, because the ip is in Spamhaus’s list',
    'server',
  ],
  ['Yahoo', 'recipient', '552 1 Requested mail action aborted, mailbox not found', 'address'],
  // Zimbra, Zoho, MDaemon
  ['Zimbra', 'recipient', '550 5.1.1 <a@b.example>: Recipient address rejected: b.example', 'address'],
  ['Zimbra', 'recipient', '452 4.2.2 Over quota', 'later'],
  ['Zimbra', 'recipient', '552 5.2.2 Quota exceeded', 'address'],
  ['Zoho', 'message', '550 5.4.6 Unusual sending activity detected. Please try after sometime', 'server'],
  ['MDaemon', 'recipient', '550 <a@b.example>, Recipient unknown', 'address'],
  ['MDaemon', 'message', '552 Your account has exceeded its daily message quota', 'server'],
  ['MDaemon', 'recipient', '551 User not local; please try a@b.example', 'address'],
  // Hosters in Việt Nam
  ['a hoster', 'recipient', '550 5.7.1 Mail from 203.0.113.9 blocked by RBL', 'server'],
  ['a hoster', 'message', '550 5.7.1 Your account has been suspended: outgoing spam', 'server'],
  ['a hoster', 'message', '451 4.7.1 Outgoing message limit of 200 per hour reached, try again later', 'server'],
  ['a hoster', 'recipient', '450 4.7.1 You are not allowed to send to external domains', 'server'],
  ['OpenBSD spamd', 'recipient', '451 Temporary failure, please try again later.', 'later'],
  ['any', 'recipient', '450 4.2.0 try again later', 'later'],
  ['any', 'recipient', '450 4.7.0 Access denied', 'server'],
  ['any', 'recipient', '452 4.4.5 Insufficient disk space', 'later'],
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

it('stops after three that are unclear, after twenty dead addresses or twenty that say “later”', () => {
  expect([streakLimit('unclear'), streakLimit('address'), streakLimit('later'), streakLimit('letter')]).toEqual([
    3,
    20,
    20,
    undefined,
  ])
})

it.each([
  ['450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted', 3],
  ['451 4.7.1 greylisted, please try again in 5 minutes', 3],
  ['451 Temporary failure, please try again later.', 3],
  ['450 4.2.0 please come back', 3],
  ['451 Message deferred', 1],
  ['452 4.2.2 The email account that you tried to reach is over quota', Number.POSITIVE_INFINITY],
  ['452 4.2.2 Quota', Number.POSITIVE_INFINITY],
])('counts “%s” as one of a row from attempt %s', (reply, attempt) => {
  expect(countsFrom(reply)).toBe(attempt)
})

it.each([
  ['550 5.1.1 The email account does not exist', true],
  ['550-5.1.1 The email account 550 5.1.1 does not exist', true],
  ['550 5.1.2 <a@khong.example>: Recipient address rejected: Domain not found', true],
  ['553 5.1.3 bad address syntax', true],
  ['551 5.1.6 mailbox has moved', true],
  ['550 5.1.10 null MX', true],
  ['550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address', true],
  ['550 no such user', true],
  ['550 Unrouteable address', true],
  ['550 sorry, no mailbox here by that name (#5.1.1)', true],
  ['550 5.1.0 Address rejected', false],
  ['550 5.1.4 ambiguous', false],
  ['550 5.1.8 sender address has no MX', false],
  ["550 5.1.90 you've reached your daily limit for message recipients", false],
  ['550 5.1.90 refused', false],
  ['550 5.1.1 rejected: sending limit exceeded', false],
  ['550 5.4.5 Daily user sending limit exceeded', false],
  ['554 5.2.252 SendAsDenied', false],
  ['552 5.2.2 mailbox full', false],
  ['550 5.2.1 The email account that you tried to reach is inactive', false],
  ['550 5.5.0 Requested action not taken: mailbox unavailable', false],
  ['550 5.7.26 unauthenticated', false],
  ['550 5.7.1 recipient domain not accepted by policy', false],
  ['550 5.7.1 Sender address rejected: User unknown', false],
  ['450 4.1.1 User unknown', false],
])('takes “%s” as a dead address: %s', (reply, dead) => {
  const outcome = reply.startsWith('5') ? 'permanent' : 'temporary'
  expect(isAddressDead({ outcome, stage: 'recipient', reply })).toBe(dead)
})

it('knows the limits that pass by waiting', () => {
  expect(isLimit('550 5.4.5 Daily user sending limit exceeded')).toBe(true)
  expect(isLimit('554 5.7.1 Relay access denied')).toBe(false)
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
