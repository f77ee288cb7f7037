import { createTransport } from 'nodemailer'
import type { Config } from '../../config.ts'
import { createSmtpMailer } from '../../platform/smtp.ts'
import { type Finding, fault, ok, reason, warning } from './finding.ts'

const PATIENCE_MS = 10_000

/** Whether the server of SMTP_URL takes us: connection, encryption, log-in. Nothing is sent. */
export async function checkSmtp({ smtpUrl, demo }: Config): Promise<Finding[]> {
  if (!smtpUrl)
    return [
      fault(
        'smtp',
        demo
          ? 'SMTP_URL is not set: letters only go to the mailbox of the demo'
          : 'SMTP_URL is not set: no letter leaves',
        'set SMTP_URL',
      ),
    ]
  const { hostname, host, protocol, username } = new URL(smtpUrl)
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
  })
  const findings: Finding[] = []
  try {
    await transport.verify()
    findings.push(
      username
        ? ok('smtp', `${host} takes the log-in of ${decodeURIComponent(username)}`)
        : ok('smtp', `${host} answers; SMTP_URL names no user, so none was logged in`),
    )
  } catch (error) {
    return [fault('smtp', `${host}: ${reason(error)}`, 'look at host, port, user and password in SMTP_URL')]
  } finally {
    transport.close()
  }
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (protocol === 'smtp:' && !local) findings.push(await checkStartTls(smtpUrl, host))
  return findings
}

/** Whether the conversation is encrypted: without STARTTLS, log-in and letters travel open. */
async function checkStartTls(smtpUrl: string, host: string): Promise<Finding> {
  const transport = createTransport({
    url: smtpUrl,
    requireTLS: true,
    connectionTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
  })
  try {
    await transport.verify()
    return ok('smtp tls', `${host} encrypts (STARTTLS)`)
  } catch (error) {
    return warning(
      'smtp tls',
      `${host} does not encrypt: ${reason(error)}`,
      'use a server with STARTTLS, or smtps://: log-in and letters travel open',
    )
  } finally {
    transport.close()
  }
}

/** Sends one letter. */
export async function sendTest({ smtpUrl, mailFrom, baseUrl }: Config, to: string): Promise<Finding> {
  if (!smtpUrl) return fault('test letter', 'not sent: SMTP_URL is not set', 'set SMTP_URL')
  const mailer = createSmtpMailer(smtpUrl)
  try {
    const text = `This letter was sent by the command doctor of ${baseUrl}.\nThư này do lệnh doctor của ${baseUrl} gửi.\n`
    const sent = await mailer.send({
      messageId: `<${crypto.randomUUID()}@${new URL(baseUrl).hostname}>`,
      date: new Date(),
      from: { name: 'Hội thảo', address: mailFrom },
      to: { name: null, address: to },
      replyTo: null,
      subject: 'Thư thử – Test letter',
      text,
      html: `<p>${text.trim().replaceAll('\n', '<br>')}</p>`,
      calendar: null,
      headers: {},
    })
    if (sent.outcome === 'sent')
      return ok('test letter', `${to}: the server took it (${sent.reply}); look whether it arrives, and not under spam`)
    return fault(
      'test letter',
      `${to}: ${sent.reply}`,
      'these are the server’s words: its administrator knows what they mean',
    )
  } finally {
    await mailer.close()
  }
}
