import type { Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { loadDemo } from '../demo/load.ts'
import { ensureSetupLink } from '../features/accounts/commands/set-up.ts'
import type { Services } from '../services.ts'
import { readDemoData } from './demo-data.ts'

/** The server's own context, for what it does at its start. */
export function systemContext(services: Services): Context {
  const { config, clock } = services
  return {
    actor: { kind: 'system', id: 'server', name: 'hoithao' },
    now: clock(),
    origin: config.baseUrl,
    locale: 'vi',
    linkKey: config.linkKey as string,
    mail: { from: config.mailFrom, inbound: false },
  }
}

/** Loads the demo where it belongs. */
export async function prepare(services: Services): Promise<void> {
  if (services.config.demo) await loadDemo(services, systemContext(services), await readDemoData())
}

/** Tells the person who started it where to go: the pages, a one-time link, the mailbox. */
export async function greet(services: Services, say: (line: string) => void): Promise<void> {
  const { config, db } = services
  const link = await transaction(db, (trx) => ensureSetupLink(trx, systemContext(services), { demo: config.demo }))
  say('')
  say(`  Hội thảo is ready:   ${config.baseUrl}`)
  if (link && config.demo) say(`  Own the demo (once): ${link}`)
  if (link && !config.demo) say(`  Set up (once):       ${link}`)
  if (config.demo) say(`  Mailbox:             ${config.baseUrl}/dev/mailbox`)
  if (services.mailer.kind === 'none') say('  No way to send mail is set up: every letter waits until SMTP_URL is set.')
  say('')
  const { hostname, protocol } = new URL(config.baseUrl)
  if (protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    say(`  BASE_URL is plain http on ${hostname}: links and sessions travel unprotected; use https.`)
}
