import { createHash } from 'node:crypto'
import { DomainError } from '../errors.ts'

/** Parts but the last are of one size, at least 5 MB (S3, R2); one is in memory at a time. */
export const PART = 8 * 1024 * 1024

export interface StoredPart {
  partNumber: number
  etag: string
}

/** An upload in parts that was begun: what was sent is an object after `complete`, and gone after `abort`. */
export interface PartUpload {
  /** Parts are numbered from 1. */
  uploadPart(number: number, bytes: Uint8Array<ArrayBuffer>): Promise<StoredPart>
  complete(parts: StoredPart[]): Promise<unknown>
  abort(): Promise<unknown>
}

/** Where an object goes: what fits into one part at once, anything longer in parts. */
export interface PartTarget {
  putWhole(bytes: Uint8Array<ArrayBuffer>): Promise<unknown>
  begin(): Promise<PartUpload>
}

/**
 * Stores a stream of unknown length, hashed on its way: an object appears when all of it is there, or not at all.
 * @throws DomainError too_large
 */
export async function storeInParts(
  target: PartTarget,
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<{ size: number; sha256: Uint8Array }> {
  const hash = createHash('sha256')
  const parts: StoredPart[] = []
  let upload: PartUpload | undefined
  let size = 0
  try {
    for await (const part of inParts(body, PART)) {
      size += part.byteLength
      if (size > maxBytes) throw new DomainError('too_large', { params: { maxBytes } })
      hash.update(part)
      if (!upload && part.byteLength < PART) await target.putWhole(part)
      else {
        upload ??= await target.begin()
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
}

/** The stream in pieces of exactly `size` bytes, the last one shorter, at times empty. */
async function* inParts(body: ReadableStream<Uint8Array>, size: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
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
