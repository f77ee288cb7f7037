import { type Db, transaction } from '../../db/transaction.ts'
import { DomainError } from '../../errors.ts'
import { beginAttempt, dropAttempt, endAttempts, type Subject, stopAttempt } from './attempts.ts'
import { storedSource } from './bytes.ts'
import type { DocumentText } from './docx.ts'
import type { Act, Answers, Inspector } from './inspector.ts'
import { refusals, refused } from './refusal.ts'
import type { FileStore } from './schema.ts'

/** What looking at a stored document needs. */
export interface InspectStores {
  db: Db
  files: FileStore
  inspector: Inspector
  log?: { warn(event: string, fields: Record<string, unknown>): void }
  /** How long whoever sent a document waits for the look, in milliseconds; 20 s by default. */
  patience?: number
}

/** A stored document, by its key; `sha256` is of its bytes. */
export interface Inspected {
  organizationId: string
  key: string
  size: number
  sha256: Uint8Array
  name: string
  /** Whose it is within the organisation (`Turn`): its seminar, its speech. */
  lanes?: string[] | undefined
}

/**
 * Looks at a stored document: at most twice where a look does not end (time, memory, a killed process), then it is refused, and so
 * are the same bytes whenever they come again. Not in a transaction.
 * @throws DomainError a refusal, `file_too_complex` after two looks that did not end; unavailable; whatever the store throws
 */
export async function inspectStored<A extends Act>(
  { db, files, inspector, log }: InspectStores,
  act: A,
  file: Inspected,
): Promise<Answers[A]> {
  const subject: Subject = { organizationId: file.organizationId, sha256: file.sha256, act }
  for (;;) {
    let attempt: string | undefined
    const begin = async () => {
      attempt = await transaction(db, (trx) => beginAttempt(trx, subject))
      if (!attempt) throw refused('file_too_complex')
    }
    try {
      const lanes = [file.organizationId, ...(file.lanes ?? [])]
      const outcome = await inspector.look(act, storedSource(files, file.key, file.size), file.name, { begin, lanes })
      if ('done' in outcome) {
        await transaction(db, (trx) => endAttempts(trx, subject))
        return outcome.done
      }
      log?.warn('inspection', { act, key: file.key, stopped: outcome.stopped, cause: String(outcome.cause ?? '') })
      if (attempt) await stop(db, subject, attempt, outcome.stopped)
    } catch (error) {
      const id = attempt
      const ended = error instanceof DomainError && (error.detail ?? '') in refusals
      if (id) await transaction(db, (trx) => (ended ? endAttempts(trx, subject) : dropAttempt(trx, subject, id)))
      throw error
    }
  }
}

const PATIENCE_MS = 20_000

/** What work on a document gives, if it does while its sender still waits for an answer; else undefined, and it goes on. */
export async function whileWaited<T>(
  { patience = PATIENCE_MS }: Pick<InspectStores, 'patience'>,
  work: Promise<T>,
): Promise<{ value: T } | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), patience)
  try {
    return await Promise.race([work.then((value) => ({ value })), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function stop(db: Db, subject: Subject, id: string, why: string): Promise<void> {
  return transaction(db, (trx) => stopAttempt(trx, subject, id, why))
}

/** A stored Word document as words. @throws DomainError as `inspectStored` */
export function readWords(
  stores: InspectStores,
  file: { organization_id: string; storage_key: string; size: number; sha256: Uint8Array; name: string },
  lanes: string[],
): Promise<DocumentText> {
  const { organization_id: organizationId, storage_key: key, size, sha256, name } = file
  return inspectStored(stores, 'words', { organizationId, key, size, sha256, name, lanes })
}
