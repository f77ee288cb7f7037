import type { Context } from '../../../context.ts'
import { dbNow } from '../../../db/expressions.ts'
import { type Trx, transaction } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import type { Services } from '../../../services.ts'
import { noteDamage } from '../../files/commands/checks.ts'
import type { CheckedFile } from '../../files/queries/checks.ts'
import { listToScan } from '../../files/queries/scans.ts'
import type { ScanResult } from '../../files/schema.ts'
import { lockAway } from './infection.ts'

export type ScanServices = Pick<Services, 'db' | 'files' | 'scanner' | 'log'>

/** How much one run looks at. */
export interface ScanLimits {
  files: number
  seconds: number
}
const usual: ScanLimits = { files: 40, seconds: 20 }

/**
 * Has the scanner look at what waits for it (at one speech's files with `of`), each outside any transaction. Safe to be done twice,
 * also at once. One that fails does not stop the others; where the scanner does not answer, all go on waiting.
 * @returns how many were looked at, and why the scanner did not answer
 */
export async function scanFiles(
  services: ScanServices,
  ctx: Context,
  of?: { organizationId: string; presentationId: string },
  limits = usual,
): Promise<{ scanned: number; unreachable?: string }> {
  const { db, scanner, log } = services
  const until = performance.now() + limits.seconds * 1000
  let scanned = 0
  if (!scanner) return { scanned }
  for (const file of await listToScan(db, of, limits.files)) {
    if (performance.now() > until) break
    try {
      const result = await look(services, scanner, file)
      if (result) await transaction(db, (trx) => noteScan(trx, ctx, file, result))
      else await transaction(db, (trx) => noteTried(trx, file, null))
      if (result?.outcome === 'refused') log.warn('scan', { file: file.file_id, refused: result.reply })
      if (result) scanned++
    } catch (error) {
      if (error instanceof DomainError && error.detail === 'scanner')
        return { scanned, unreachable: String((error.cause as Error | undefined)?.message ?? error.message) }
      log.error('scan', { file: file.file_id, error: String(error) })
      await transaction(db, (trx) => noteTried(trx, file, null))
    }
  }
  return { scanned }
}

/** Undefined where the store has not what came: that is another trouble than a virus. */
async function look(
  services: ScanServices,
  scanner: NonNullable<Services['scanner']>,
  file: CheckedFile,
): Promise<ScanResult | undefined> {
  const stored = await services.files.get(file.storage_key)
  if (stored && stored.size === file.size) return scanner.scan(stored.body)
  await stored?.body.cancel().catch(() => undefined)
  await noteDamage(services, file, stored ? 'size' : 'missing')
  return undefined
}

/** Writes down what the scanner said; what it found in a file is locked away. */
async function noteScan(trx: Trx, ctx: Context, file: CheckedFile, result: ScanResult): Promise<void> {
  if (result.outcome === 'found') return lockAway(trx, ctx, file, result.name)
  if (result.outcome === 'refused') return noteTried(trx, file, result.reply)
  await ofFile(trx, file)
    .set({ scan: 'clean', scanned_at: dbNow, scan_tried_at: dbNow, scan_refusal: null })
    .where('scan', 'in', ['none', 'waiting'])
    .execute()
}

/** It is tried again after a while, the others first. */
async function noteTried(trx: Trx, file: CheckedFile, refusal: string | null): Promise<void> {
  await ofFile(trx, file).set({ scan_tried_at: dbNow, scan_refusal: refusal }).execute()
}

function ofFile(trx: Trx, file: CheckedFile) {
  return trx.updateTable('files').where('organization_id', '=', file.organization_id).where('id', '=', file.file_id)
}
