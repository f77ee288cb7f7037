import type { FileStore } from './schema.ts'

/** Bytes that are looked at piece by piece, never as a whole. */
export interface ByteSource {
  size: number
  /** Up to `length` bytes from `start`; fewer only at the end. */
  read(start: number, length: number): Promise<Uint8Array>
}

/** One read of the store fetches this much; later reads inside it cost nothing. */
const WINDOW = 512 * 1024

/** A stored file as a source. Holds at most one window in memory. */
export function storedSource(files: FileStore, key: string, size: number): ByteSource {
  return windowed(size, async (start, length) => {
    const found = await files.get(key, { start, end: start + length - 1 })
    if (!found) throw new Error('the stored file is gone')
    return collect(found.body, length)
  })
}

/** A source over what is far away: near reads are answered from one window. `fetch` is asked for what exists only. */
export function windowed(size: number, fetch: (start: number, length: number) => Promise<Uint8Array>): ByteSource {
  let at = 0
  let window: Uint8Array = new Uint8Array()
  return {
    size,
    async read(start, length) {
      const wanted = Math.min(length, size - start)
      if (wanted <= 0) return new Uint8Array()
      if (wanted > WINDOW) return fetch(start, wanted)
      if (start < at || start + wanted > at + window.byteLength) {
        window = await fetch(start, Math.min(WINDOW, size - start))
        at = start
      }
      return window.subarray(start - at, start - at + wanted)
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
