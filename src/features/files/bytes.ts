import type { FileStore } from './schema.ts'

/** Bytes that are looked at piece by piece, never as a whole. */
export interface ByteSource {
  size: number
  /** Up to `length` bytes from `start`; fewer only at the end. */
  read(start: number, length: number): Promise<Uint8Array>
}

/** A stored file as a source: each read is one of the store. */
export function storedSource(files: FileStore, key: string, size: number): ByteSource {
  return {
    size,
    async read(start, length) {
      const wanted = Math.min(length, size - start)
      if (wanted <= 0) return new Uint8Array()
      const found = await files.get(key, { start, end: start + wanted - 1 })
      if (!found) throw new Error('the stored file is gone')
      return collect(found.body, wanted)
    },
  }
}

/** Bytes in memory as a source: for a document inside a document. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return { size: bytes.byteLength, read: async (start, length) => bytes.subarray(start, start + length) }
}

/** Everything a stream gives, at most `max` bytes. @throws RangeError past them */
export async function collect(body: ReadableStream<Uint8Array>, max: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > max) {
      await reader.cancel()
      throw new RangeError('more bytes than expected')
    }
    chunks.push(value)
  }
  return join(chunks, size)
}

/** One array of several. */
export function join(chunks: Uint8Array[], size = chunks.reduce((n, c) => n + c.byteLength, 0)): Uint8Array {
  const only = chunks[0]
  if (chunks.length === 1 && only) return only
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

// Not TextDecoder('latin1'): that label means windows-1252, which moves the bytes 0x80–0x9f.
/** Bytes as characters of the same numbers, so that a regular expression can look for them. */
export function byteString(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.byteLength; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

/** Whether `bytes` has the bytes of `signature` (one character a byte) at `at`. */
export function hasAt(bytes: Uint8Array, at: number, signature: string): boolean {
  if (at < 0 || at + signature.length > bytes.byteLength) return false
  for (let i = 0; i < signature.length; i++) if (bytes[at + i] !== signature.charCodeAt(i)) return false
  return true
}
