import { sql } from 'kysely'
import { dbNow } from '../../../db/expressions.ts'
import { type Trx, transaction } from '../../../db/transaction.ts'
import type { Services } from '../../../services.ts'
import { hexOf } from '../../../text/hex.ts'
import { type CheckedFile, listToCheck, totalBytes } from '../queries/checks.ts'
import { damagedFile, whyNotOpened } from '../rules/opening.ts'
import { CHECK_EVERY_DAYS, type Damage } from '../schema.ts'

type Stores = Pick<Services, 'db' | 'files' | 'digest' | 'log'>

/**
 * Asked before a file's bytes are given to anybody: the store has it, in its whole length. What is not is written down, and what is
 * back is compared anew after the answer.
 * @throws DomainError conflict (`file_waiting`), forbidden (`file_infected`), unavailable (`stored_missing`, `stored_size`,
 * `stored_content`)
 */
export async function assertWhole(services: Stores & Pick<Services, 'later'>, file: CheckedFile): Promise<void> {
  const refused = whyNotOpened(file)
  if (refused) throw refused
  const found = await services.files.head(file.storage_key)
  const damage = !found ? 'missing' : found.size !== file.size ? 'size' : null
  if (damage) {
    await noteDamage(services, file, damage)
    throw damagedFile(damage)
  }
  if (file.damage !== null) services.later(checkFile(services, file))
}

/** Compares a stored file with what came. @returns what is wrong with it; what is read counts as `read` bytes */
export async function checkFile(services: Stores, file: CheckedFile): Promise<{ damage: Damage | null; read: number }> {
  const found = await services.files.get(file.storage_key)
  let damage: Damage | null = null
  let read = 0
  if (!found) damage = 'missing'
  else if (found.size !== file.size) {
    await found.body.cancel().catch(() => undefined)
    damage = 'size'
  } else {
    const { size, sha256 } = await services.digest(found.body)
    read = size
    if (hexOf(sha256) !== hexOf(file.sha256)) damage = size === file.size ? 'content' : 'size'
  }
  await noteDamage(services, file, damage, true)
  return { damage, read }
}

/** Writes down that a file is damaged, or whole again; and says so in the log where that is new. */
export async function noteDamage(
  { db, log }: Pick<Stores, 'db' | 'log'>,
  file: CheckedFile,
  damage: Damage | null,
  compared = false,
): Promise<void> {
  const isNew = await transaction(db, (trx) => writeDamage(trx, file, damage, compared))
  if (!isNew) return
  const fields = { file: file.file_id, key: file.storage_key }
  if (damage) log.error('damaged file', { ...fields, damage })
  else log.info('file is whole again', fields)
}

async function writeDamage(trx: Trx, file: CheckedFile, damage: Damage | null, compared: boolean): Promise<boolean> {
  const of = (table: 'files') =>
    trx.updateTable(table).where('organization_id', '=', file.organization_id).where('id', '=', file.file_id)
  if (compared) await of('files').set({ checked_at: dbNow }).execute()
  const { numUpdatedRows } = await of('files')
    .set({ damage, damaged_at: damage === null ? null : sql<Date>`coalesce(damaged_at, now())` })
    .where(sql<boolean>`damage is distinct from ${damage}`)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** What one run of the task reads: by size and by time; `everySeconds` is how often it runs. */
export interface CheckLimits {
  everySeconds: number
  leastBytes: number
  seconds: number
  files: number
}

/** The bytes a run may read, so that all of them are read within the days that a check is good for. */
export function checkBudget(total: number, { everySeconds, leastBytes }: CheckLimits): number {
  return Math.max(leastBytes, Math.ceil((total * everySeconds) / (CHECK_EVERY_DAYS * 86_400)))
}

const BATCH = 20

/** Compares stored files with their SHA-256, as many as a run may read. One that cannot be read does not stop the others. */
export async function checkFiles(services: Stores, limits: CheckLimits): Promise<{ checked: number; damaged: number }> {
  const { db } = services
  const until = performance.now() + limits.seconds * 1000
  const { now } = await db.selectNoFrom(dbNow.as('now')).executeTakeFirstOrThrow()
  let left = checkBudget(await totalBytes(db), limits)
  const done = { checked: 0, damaged: 0 }
  let failure: unknown
  while (left > 0 && done.checked < limits.files && failure === undefined) {
    const batch = await listToCheck(db, now, BATCH)
    for (const file of batch) {
      if (left <= 0 || performance.now() > until) return done
      const result = await checkFile(services, file).catch((error: unknown) => {
        failure ??= error
        return undefined
      })
      if (!result) continue
      left -= result.read
      done.checked++
      if (result.damage) done.damaged++
    }
    if (batch.length < BATCH) break
  }
  if (failure !== undefined) throw failure
  return done
}
