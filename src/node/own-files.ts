import { DomainError } from '../errors.ts'
import type { FileStore } from '../features/files/schema.ts'
import { findStoreId } from '../features/identity/queries.ts'
import { MARK } from '../features/identity/schema.ts'

/**
 * A store that goes on asking whether it bears this deployment's mark: a disk that is unmounted leaves a bare folder in its place, which
 * would take files that nobody finds again. A folder is asked before each file is taken and put into place, a bucket when `look` is
 * called (by the pulse); both before a file is called missing.
 */
export function guardFiles(files: FileStore, id: string, kind: 'folder' | 'bucket'): FileStore {
  let away: DomainError | undefined
  const look = async () => {
    const found = await findStoreId(files)
    away = found === id ? undefined : strange(found)
    if (away) throw away
  }
  const beforeUse = async () => {
    if (kind === 'folder') await look()
    else if (away) throw away
  }
  // Who asks for the mark itself is told that it is not there.
  const unlessAway = async <T>(key: string, found: T | undefined): Promise<T | undefined> => {
    if (found === undefined && key !== MARK) await look()
    return found
  }
  return {
    ...files,
    look,
    async put(key, body, limits) {
      try {
        await beforeUse()
      } catch (error) {
        await body.cancel(error).catch(() => undefined)
        throw error
      }
      return files.put(key, body, kind === 'folder' ? { ...limits, confirm: look } : limits)
    },
    get: async (key, range) => unlessAway(key, await files.get(key, range)),
    head: async (key) => unlessAway(key, await files.head(key)),
    async move(from, to) {
      await beforeUse()
      await files.move(from, to)
    },
    async *list(prefix) {
      await beforeUse()
      yield* files.list(prefix)
    },
  }
}

function strange(found: string | undefined): DomainError {
  const what =
    found === undefined
      ? 'bears no mark of this deployment any more: is its disk mounted?'
      : 'bears the mark of another deployment'
  return new DomainError('unavailable', {
    detail: 'files_unavailable',
    params: { retryAfter: 30 },
    cause: new Error(`the file store ${what}`),
  })
}
