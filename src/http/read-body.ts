import { DomainError } from '../errors.ts'

/** A body that is read whole has so long, in milliseconds, and beyond that a second for each of so many bytes that came. */
const DEADLINE_MS = 15_000
const LEAST_BYTES_PER_SECOND = 4096

/** How patient a reader is. */
export interface Patience {
  deadlineMs?: number
}

/**
 * Reads a body whole, and gives up past `max` bytes, or where it comes too slowly to be anything but a held connection.
 * @throws DomainError too_large, request_timeout
 */
export async function readBody(
  request: Request,
  max: number,
  { deadlineMs = DEADLINE_MS }: Patience = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  const end = performance.now() + deadlineMs
  const reader = request.body.getReader()
  for (;;) {
    const left = end + (size / LEAST_BYTES_PER_SECOND) * 1000 - performance.now()
    const { done, value } = await inTime(reader.read(), left)
    if (done) break
    size += value.byteLength
    if (size > max) {
      await reader.cancel()
      throw new DomainError('too_large')
    }
    chunks.push(value)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

/** What `reading` gives, if it gives it in so many milliseconds. @throws DomainError request_timeout */
export async function inTime<T>(reading: Promise<T>, ms: number = DEADLINE_MS): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new DomainError('request_timeout')), Math.max(0, ms))
  try {
    return await Promise.race([reading, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
