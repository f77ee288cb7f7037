import { isKey, validKey } from '../features/files/rules.ts'
import type { FileStore } from '../features/files/schema.ts'
import { type PartUpload, storeInParts } from './parts.ts'

/** What is used of an R2 bucket's binding. */
export interface R2Bucket {
  head(key: string): Promise<{ size: number } | null>
  get(
    key: string,
    options?: { range?: { offset: number; length: number } },
  ): Promise<{ size: number; body: ReadableStream<Uint8Array> } | null>
  put(key: string, value: Uint8Array): Promise<unknown>
  delete(key: string): Promise<void>
  list(options: {
    prefix: string
    cursor?: string
  }): Promise<{ objects: { key: string; uploaded: Date }[]; truncated: boolean; cursor?: string }>
  createMultipartUpload(key: string): Promise<PartUpload>
}

/** Files in an R2 bucket, through the binding of a Worker. */
export function createR2Store(bucket: R2Bucket): FileStore {
  return {
    put(key, body, { maxBytes }) {
      const target = validKey(key)
      return storeInParts(
        { putWhole: (bytes) => bucket.put(target, bytes), begin: () => bucket.createMultipartUpload(target) },
        body,
        maxBytes,
      )
    },

    async get(key, range) {
      if (!range) return (await bucket.get(validKey(key))) ?? undefined
      const found = await bucket.head(validKey(key))
      if (!found) return undefined
      const length = Math.min(range.end, found.size - 1) - range.start + 1
      if (length <= 0) return { size: found.size, body: new Blob().stream() }
      const part = await bucket.get(key, { range: { offset: range.start, length } })
      return part ? { size: found.size, body: part.body } : undefined
    },

    async head(key) {
      const found = await bucket.head(validKey(key))
      return found ? { size: found.size } : undefined
    },

    delete: (key) => bucket.delete(validKey(key)),

    async move(from, to) {
      const found = await bucket.get(validKey(from))
      if (!found) throw new Error(`no file under ${from}`)
      await this.put(to, found.body, { maxBytes: Number.MAX_SAFE_INTEGER })
      await bucket.delete(from)
    },

    async *list(prefix) {
      for (let cursor: string | undefined; ; ) {
        const page = await bucket.list({ prefix, cursor })
        // What is not ours in the bucket is not named: nobody may take it for a file without a row.
        for (const { key, uploaded } of page.objects) if (isKey(key)) yield { key, modifiedAt: uploaded }
        if (!page.truncated || !page.cursor) return
        cursor = page.cursor
      }
    },
  }
}
