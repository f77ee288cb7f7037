import { createHash } from 'node:crypto'
import { DomainError } from '../errors.ts'
import { validKey } from '../features/files/rules.ts'
import type { FileStore } from '../features/files/schema.ts'

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
  createMultipartUpload(key: string): Promise<R2Upload>
}

interface R2Upload {
  uploadPart(number: number, value: Uint8Array): Promise<{ partNumber: number; etag: string }>
  complete(parts: { partNumber: number; etag: string }[]): Promise<unknown>
  abort(): Promise<void>
}

/** Parts but the last are of one size, at least 5 MB; one is in memory at a time. */
const PART = 8 * 1024 * 1024

/**
 * Files in an R2 bucket. A stream of unknown length goes up in parts, hashed on its way; an object appears when all
 * of them are there, or not at all.
 */
export function createR2Store(bucket: R2Bucket): FileStore {
  return {
    async put(key, body, { maxBytes }) {
      const target = validKey(key)
      const hash = createHash('sha256')
      const parts: { partNumber: number; etag: string }[] = []
      let upload: R2Upload | undefined
      let size = 0
      try {
        for await (const part of inParts(body, PART)) {
          size += part.byteLength
          if (size > maxBytes) throw new DomainError('too_large', { params: { maxBytes } })
          hash.update(part)
          if (!upload && part.byteLength < PART) await bucket.put(target, part)
          else {
            upload ??= await bucket.createMultipartUpload(target)
            if (part.byteLength) parts.push(await upload.uploadPart(parts.length + 1, part))
          }
        }
        await upload?.complete(parts)
      } catch (error) {
        await upload?.abort().catch(() => undefined)
        await body.cancel(error).catch(() => undefined)
        throw error
      }
      return { size, sha256: new Uint8Array(hash.digest()) }
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

    async *list(prefix) {
      for (let cursor: string | undefined; ; ) {
        const page = await bucket.list({ prefix, cursor })
        for (const { key, uploaded } of page.objects) yield { key, modifiedAt: uploaded }
        if (!page.truncated || !page.cursor) return
        cursor = page.cursor
      }
    },
  }
}

/** The stream in pieces of exactly `size` bytes, the last one shorter, at times empty. */
async function* inParts(body: ReadableStream<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    let part = new Uint8Array(size)
    let used = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      for (let at = 0; at < value.byteLength; ) {
        const piece = value.subarray(at, at + size - used)
        part.set(piece, used)
        used += piece.byteLength
        at += piece.byteLength
        if (used < size) continue
        yield part
        part = new Uint8Array(size)
        used = 0
      }
    }
    yield part.subarray(0, used)
  } finally {
    reader.releaseLock()
  }
}
