import { stat } from 'node:fs/promises'
import type { Config } from '../../config.ts'
import type { Db } from '../../db/transaction.ts'
import { findDatabaseFacts } from '../../features/deployment/queries/status.ts'
import type { FileStore } from '../../features/files/schema.ts'
import { findFingerprint, fingerprintOf } from '../../features/identity/queries.ts'
import { createClamd } from '../../platform/clamd.ts'
import { type Secrets, secretsFile } from '../../platform/secrets.ts'
import { type Finding, fault, ok, reason, warning } from './finding.ts'

const LEAST_FREE_BYTES = 2 * 1024 ** 3
const LEAST_FREE_SHARE = 0.1
const MOST_CLOCK_MS = 2_000
const BACKUP_HOURS = 26

/** The database: its version and what keeps its data, its clock against ours, its migrations, the last backup. */
export async function checkDatabase(db: Db, config: Config, migrations: number): Promise<Finding[]> {
  const asked = Date.now()
  const facts = await findDatabaseFacts(db)
  const apart = facts.now.getTime() - (asked + Date.now()) / 2
  const findings = [
    facts.version >= 150_000
      ? ok('postgres', `version ${facts.shown}`)
      : fault('postgres', `version ${facts.shown} is older than 15`, 'upgrade Postgres'),
  ]
  if (facts.standby)
    findings.push(fault('postgres', 'it is a standby: nothing can be written', 'let DATABASE_URL lead to the primary'))
  if (facts.encoding !== 'UTF8')
    findings.push(fault('postgres', `its encoding is ${facts.encoding}`, 'make the database with --encoding UTF8'))
  for (const [name, value] of [
    ['fsync', facts.fsync],
    ['full_page_writes', facts.fullPageWrites],
  ] as const)
    if (value !== 'on')
      findings.push(fault('postgres', `${name} is ${value}: a crash may destroy the data`, `set ${name} = on`))
  if (config.databasePooled && facts.statementTimeout === '0')
    findings.push(
      warning(
        'postgres',
        'statement_timeout is 0 behind the pooler: a query may run for ever',
        'set it for the role, or in connect_query',
      ),
    )
  findings.push(
    Math.abs(apart) <= MOST_CLOCK_MS
      ? ok('clock', 'this machine and the database agree')
      : fault(
          'clock',
          `this machine is ${Math.round(Math.abs(apart) / 1000)} s ${apart < 0 ? 'ahead of' : 'behind'} the database`,
          'let both machines take their time from a time server',
        ),
  )
  findings.push(
    facts.migrations === migrations
      ? ok('migrations', `all ${migrations} are applied`)
      : fault(
          'migrations',
          `the database has ${facts.migrations}, this program ${migrations}`,
          'run the command migrate, or start the newer version',
        ),
  )
  findings.push(checkBackup(facts.backup, facts.now))
  return findings
}

function checkBackup(madeAt: Date | null, now: Date): Finding {
  const todo = 'run the command backup daily (docs/operating.md, “Backup and restore”)'
  if (!madeAt)
    return warning(
      'backup',
      'none is known',
      `${todo}; where Postgres and files are backed up by other means, make sure that somebody has restored one`,
    )
  const hours = Math.floor((now.getTime() - madeAt.getTime()) / 3_600_000)
  if (hours > BACKUP_HOURS) return fault('backup', `the last one is ${hours} hours old`, todo)
  return ok('backup', `the last one is ${hours} hours old`)
}

/** The file store: whether a file can be written, read and removed, and how much room is left. */
export async function checkStore(files: FileStore): Promise<Finding[]> {
  const key = `doctor/${crypto.randomUUID()}`
  const text = `doctor ${key}`
  const todo = 'look at who may write there, and at the keys of the bucket'
  try {
    await files.put(key, new Blob([text]).stream(), { maxBytes: 1000 })
    const found = await files.get(key)
    const read = found && (await new Response(found.body as BodyInit).text())
    await files.delete(key)
    if (read !== text) return [fault('files', 'what was written was not read back', todo)]
    if (await files.head(key)) return [fault('files', 'what was removed is still there', todo)]
  } catch (error) {
    await files.delete(key).catch(() => undefined)
    return [fault('files', `a file cannot be written, read and removed: ${reason(error)}`, todo)]
  }
  return [ok('files', 'a file was written, read and removed'), ...(await checkSpace(files))]
}

async function checkSpace(files: FileStore): Promise<Finding[]> {
  const space = await files.space?.()
  if (!space) return []
  const percent = Math.round((100 * space.free) / space.total)
  const left = `${percent}% of the disk is free (${Math.round(space.free / 1024 ** 3)} GB)`
  const todo = 'make room, or move DATA_DIR to a larger disk'
  if (space.free < LEAST_FREE_BYTES) return [fault('disk', left, todo)]
  return [space.free < space.total * LEAST_FREE_SHARE ? warning('disk', left, todo) : ok('disk', left)]
}

/** Where the keys come from, whether only we can read them, and whether links were made with this one. */
export async function checkKeys(db: Db, config: Config, kept: Secrets | undefined): Promise<Finding[]> {
  const findings: Finding[] = []
  const file = secretsFile(config.dataDir)
  if (config.linkKey && config.authSecret)
    findings.push(ok('keys', 'LINK_KEY and AUTH_SECRET are given; keep both elsewhere too'))
  else if (!kept)
    findings.push(warning('keys', `they are made at the first start, in ${file}`, 'or set LINK_KEY and AUTH_SECRET'))
  else {
    findings.push(
      warning(
        'keys',
        `they lie in ${file}, and no backup holds them`,
        'keep a copy of it elsewhere: without LINK_KEY, links in letters that were sent do not open',
      ),
    )
    const { mode } = await stat(file)
    if (mode & 0o077) findings.push(fault('keys', `others of this machine can read ${file}`, `chmod 600 ${file}`))
  }
  if (config.linkKey !== undefined && config.linkKey === config.authSecret)
    findings.push(
      fault('keys', 'LINK_KEY and AUTH_SECRET are the same', 'make another for one of them: openssl rand -hex 32'),
    )
  const linkKey = config.linkKey ?? kept?.linkKey
  const known = await findFingerprint(db)
  if (known && linkKey && known !== (await fingerprintOf(linkKey)))
    findings.push(
      fault(
        'keys',
        'LINK_KEY is another than links were made with',
        'set the one it had; to change it on purpose: renew-links',
      ),
    )
  return findings
}

/** The virus scanner. */
export async function checkScanner({ clamd }: Config): Promise<Finding> {
  if (!clamd)
    return warning(
      'clamd',
      'CLAMD_URL is not set: papers are not scanned for viruses',
      'install ClamAV’s daemon and set CLAMD_URL',
    )
  try {
    await createClamd(clamd).ping()
    return ok('clamd', 'the scanner answers')
  } catch (error) {
    return fault(
      'clamd',
      `no scanner answers: ${reason((error as Error).cause ?? error)}`,
      'start clamd, or mend CLAMD_URL: papers wait until it answers',
    )
  }
}
