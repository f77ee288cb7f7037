import { DomainError } from '../errors.ts'
import type { FileStore } from '../features/files/schema.ts'
import { findStoreId } from '../features/identity/queries.ts'

/**
 * A folder that is looked at before each use: a disk that is unmounted under a running process leaves an empty folder of the same
 * name, where files would be written that the disk covers when it is back. Buckets have no such double.
 * @returns the store; what is asked of it while another folder stands there fails with `unavailable` (files_unavailable)
 */
export function ownFolder(files: FileStore, id: string): FileStore {
  async function assertOwn(): Promise<void> {
    const found = await findStoreId(files)
    if (found === id) return
    const what = found === undefined ? 'bears no mark: is its disk mounted?' : 'bears the mark of another deployment'
    const cause = new Error(`the folder of files ${what}`)
    throw new DomainError('unavailable', { detail: 'files_unavailable', params: { retryAfter: 30 }, cause })
  }
  return {
    async put(key, body, limits) {
      await assertOwn()
      return files.put(key, body, limits)
    },
    // What is there is right; only what is not there may be elsewhere.
    async get(key, range) {
      const found = await files.get(key, range)
      if (!found) await assertOwn()
      return found
    },
    async head(key) {
      const found = await files.head(key)
      if (!found) await assertOwn()
      return found
    },
    async delete(key) {
      await assertOwn()
      await files.delete(key)
    },
    async move(from, to) {
      await assertOwn()
      await files.move(from, to)
    },
    async space() {
      await assertOwn()
      return (await files.space?.()) as { free: number; total: number }
    },
    async *list(prefix) {
      await assertOwn()
      yield* files.list(prefix)
    },
  }
}
