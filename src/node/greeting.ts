import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { ensureSetupLink } from '../features/accounts/commands/set-up.ts'
import { findAnyOrganization } from '../features/organizations/queries.ts'
import { isLoopback, staysHere } from '../http/loopback.ts'
import { projectFolder } from '../platform/project.ts'
import type { Services } from '../services.ts'

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
    scans: services.scanner !== undefined,
  }
}

/**
 * Loads the demo where it belongs, in a process of its own: its photos and papers would leave this one twice as large.
 * @throws Error in one line
 */
export async function prepare({ db, config }: Services, databaseUrl: string): Promise<void> {
  if (!config.demo || (await findAnyOrganization(db))) return
  const env = { ...process.env, DATABASE_URL: databaseUrl, DEMO: 'on' }
  const child = spawn(process.execPath, [join(projectFolder(), 'dist', 'cli.js'), 'demo'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error('the demo was not loaded')
}

/** Tells the person who started it where to go: the pages, a one-time link, the mailbox. */
export async function greet(services: Services, say: (line: string) => void): Promise<void> {
  const { config, db } = services
  const link = await transaction(db, (trx) => ensureSetupLink(trx, systemContext(services), { demo: config.demo }))
  say('')
  say(`  Hội thảo is ready:   ${config.baseUrl}`)
  if (link && config.demo) say(`  Own the demo (once): ${link}`)
  if (link && !config.demo) say(`  Set up (once):       ${link}`)
  if (services.mailer.kind === 'mailbox') say(`  Mailbox:             ${config.baseUrl}/dev/mailbox`)
  if (services.mailer.kind === 'none') say('  No way to send mail is set up: every letter waits until SMTP_URL is set.')
  say('')
  const { scanner } = services
  if (scanner)
    services.later(
      scanner.ping().catch((error: Error) => {
        const why = (error.cause as Error | undefined)?.message ?? error.message
        say(`  CLAMD_URL: no scanner answers (${why}): files that come in wait until one does.`)
      }),
    )
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
