import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { loadDemo } from '../demo/load.ts'
import { ensureSetupLink } from '../features/accounts/commands/set-up.ts'
import { isLoopback, staysHere } from '../http/loopback.ts'
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
  say('')
  for (const line of warnings(config)) say(`  ${line}`)
}

/** What the person who started it should know of where it can be reached, and by whom. */
export function warnings(config: Pick<Config, 'host' | 'baseUrl' | 'demo'>): string[] {
  const { hostname, protocol } = new URL(config.baseUrl)
  const here = isLoopback(hostname)
  return [
    protocol === 'http:' && !here
      ? `BASE_URL is plain http on ${hostname}: links and sessions travel unprotected; use https.`
      : '',
    here && !isLoopback(config.host)
      ? `HOST is ${config.host}, but BASE_URL is ${config.baseUrl}: from other machines nothing can be sent. Set BASE_URL to the address that visitors open.`
      : '',
    config.demo && !staysHere(config)
      ? 'Others can reach this demo: the mailbox asks for its owner. Open the one-time link first, in the same browser.'
      : '',
  ].filter(Boolean)
}
