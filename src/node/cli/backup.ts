import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type postgres from 'postgres'
import { readConfig } from '../../config.ts'
import { sizeInWords } from '../../features/files/rules.ts'
import { readMigrations } from '../../platform/project.ts'
import { findSecrets } from '../../platform/secrets.ts'
import { type Manifest, verifyBackup } from '../backup/manifest.ts'
import { backUpInto, isDue, untilNext } from '../backup/nightly.ts'
import { assertLinkKey, restoreBackup } from '../backup/restore.ts'
import { writeBackup } from '../backup/write.ts'
import { withDatabaseOf } from '../database.ts'
import { openFiles } from '../files.ts'
import { type Options, required, type Say } from './options.ts'

/** A deployment has no zone of its own. */
const ZONE = 'Asia/Ho_Chi_Minh'
const KEEP = 14

/**
 * `backup`: the database at one moment and its files, into a new folder; beside a running server or without one. `--into` names the
 * folder by its moment and keeps the newest ones; with `--nightly` it goes on doing so at that hour until it is told to end.
 */
export async function backUp(options: Options, say: Say): Promise<void> {
  if (options.into === undefined) return backUpTo(required(options, 'to'), say)
  const into = required(options, 'into')
  const keep = wholeNumber(options.keep, KEEP)
  const once = async () => {
    const { to, removed } = await backUpInto(into, keep, (folder) => backUpTo(folder, say))
    for (const name of removed) say(`removed: ${name} (the newest ${keep} are kept, ${to} the newest of them)`)
  }
  if (options.nightly === undefined) return once()
  const time = required(options, 'nightly')
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) throw new Error('--nightly: expected an hour like 02:15')
  await nightly(into, time, once)
}

function wholeNumber(value: Options[string], otherwise: number): number {
  if (value === undefined) return otherwise
  if (typeof value !== 'string' || !/^[1-9]\d{0,3}$/.test(value)) throw new Error('--keep: expected a number from 1')
  return Number(value)
}

/** At once where the newest is older than a day, then each night. One that fails is told in the log, and does not end it. */
async function nightly(into: string, time: string, once: () => Promise<void>): Promise<void> {
  const told = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => told.abort())
  const tried = () =>
    once().catch((error: Error) =>
      console.error(
        JSON.stringify({ at: new Date().toISOString(), level: 'error', event: 'backup', error: error.message }),
      ),
    )
  if (await isDue(into)) await tried()
  while (!told.signal.aborted) {
    await sleep(untilNext(time, ZONE), undefined, { signal: told.signal }).catch(() => undefined)
    if (!told.signal.aborted) await tried()
  }
}

async function backUpTo(to: string, say: Say): Promise<void> {
  const config = readConfig(process.env)
  const kept = await findSecrets(config.dataDir)
  const files = await openFiles(config)
  const linkKey = config.linkKey ?? kept?.linkKey
  const made = await withDatabaseOf(config, console.error, async ({ sql }) => {
    const written = await writeBackup({ sql, files, linkKey }, to)
    await noteBackup(sql, to, written).catch((error: Error) =>
      console.error(`the backup is made, but its time could not be noted in the database: ${error.message}`),
    )
    return written
  })
  say(`${to}: ${inWords(made)}`)
  say(
    `Not in it: LINK_KEY and AUTH_SECRET, sessions, and what the mailbox shows. Keep ${config.linkKey ? 'the values of both' : `${config.dataDir}/secrets.json`} apart from it: without the same LINK_KEY, links in letters that were sent do not open.`,
  )
  const { lost } = made
  if (lost.length)
    throw new Error(
      `the backup is made, but ${lost.length} files were not in the store or damaged there: ${lost.slice(0, 5).join(', ')}`,
    )
}

/** `restore`: into an empty database and file store. The whole backup is read and compared before anything is written. */
export async function restore(options: Options, say: Say): Promise<void> {
  const from = required(options, 'from')
  const config = readConfig(process.env)
  const manifest = await verifyBackup(from)
  const linkKey = config.linkKey ?? (await findSecrets(config.dataDir))?.linkKey
  if (!options['other-keys']) assertLinkKey(manifest, linkKey)
  const files = await openFiles(config)
  const migrations = await readMigrations()
  const waiting = await withDatabaseOf(config, console.error, async ({ sql }) => {
    await restoreBackup({ sql, files, migrations }, from, manifest)
    const [row] = await sql`select count(*)::int as n from messages where state in ('queued', 'sending')`
    return row?.n as number
  })
  say(`restored: ${inWords(manifest)}, as of ${manifest.madeAt}`)
  if (waiting)
    say(
      `${waiting} mails wait in the outbox: they go out when a server starts (without SMTP_URL and with DEMO=off they wait on)`,
    )
  if (options['other-keys'])
    say(
      `Old personal links do not open. ${linkKey ? 'Run' : 'Set LINK_KEY and AUTH_SECRET (each from: openssl rand -hex 32), and run'} the command renew-links.`,
    )
}

/** For who watches: when the last one was made, and where. */
async function noteBackup(sql: postgres.Sql, to: string, { files }: Manifest): Promise<void> {
  await sql`insert into backups (place, files, bytes) values (${`${hostname()}:${resolve(to)}`}, ${files.count}, ${files.bytes})`
  await sql`delete from backups where made_at < now() - interval '400 days'`
}

function inWords({ tables, files }: Manifest): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const missing = files.missing ? `, ${files.missing} not there` : ''
  return `${rows} rows in ${tables.length} tables, ${files.count} files (${sizeInWords(files.bytes, 'en')})${missing}`
}
