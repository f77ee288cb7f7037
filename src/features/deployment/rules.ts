import { CHECK_EVERY_DAYS } from '../files/schema.ts'
import type { Status, Trouble } from './schema.ts'

/** A daily backup, and two hours. */
const BACKUP_SECONDS = 26 * 3600
/** Below this share, or this many bytes, a disk is called full soon. */
const LEAST_SHARE = 0.1
const LEAST_BYTES = 1024 ** 3

/** What the state of a deployment asks of its operator, the most pressing first. */
export function findTroubles(status: Status): Trouble[] {
  const { program, database, stores, tasks, stops, seen } = status
  const troubles: Trouble[] = []
  const say = (code: Trouble['code'], params: Trouble['params'] = {}) => troubles.push({ code, params })
  if (status.migrations !== program.migrations)
    say('migrations', { known: program.migrations, found: status.migrations })
  if (database.readOnly) say('read_only')
  for (const stop of stops) {
    if (stop.stage === 'none') say('outbox_none')
    else say('outbox_stop', { scope: stop.scope.replace(/^from:/, ''), reply: stop.reply })
  }
  if (database.outboxLate) say('outbox_late')
  if (stores.failure) say('store', { error: stores.failure })
  if (stores.mark !== 'own') say(`store_${stores.mark}`, { count: stores.files })
  for (const { task, error } of tasks) if (error !== null) say('task_failed', { task, error })
  const damaged = Object.values(status.filesDamaged).reduce((sum, n) => sum + n, 0)
  if (damaged) say('files_damaged', { count: damaged, days: CHECK_EVERY_DAYS })
  if (status.scanner?.error) say('scanner', { error: status.scanner.error })
  if (status.filesWaiting) say('files_waiting', { count: status.filesWaiting })
  const { space } = stores
  if (space && (space.free < space.total * LEAST_SHARE || space.free < LEAST_BYTES))
    say('disk', { percent: Math.round((100 * space.free) / space.total) })
  const versions = [...new Set(seen.map((one) => one.version))]
  if (versions.length > 1) say('versions', { versions: versions.sort().join(', ') })
  if (status.backupSeconds === null) say('backup_none')
  else if (status.backupSeconds > BACKUP_SECONDS) say('backup_old', { hours: Math.floor(status.backupSeconds / 3600) })
  return troubles
}

/**
 * Whether the page of the deployment is this person's: their address is in DEPLOYMENT_OWNERS; in demo mode an owner of the organisation
 * that was made first, too.
 */
export function ownsDeployment(
  person: { email: string; ownsFirstOrganization: boolean },
  setting: { deploymentOwners: string[]; demo: boolean },
): boolean {
  return setting.deploymentOwners.includes(person.email.toLowerCase()) || (setting.demo && person.ownsFirstOrganization)
}
