import { DomainError } from '../errors.ts'

/** A body that is read a little ahead, so that its markers can be found. */
export interface ByteQueue {
  /** Whether the next bytes are these. */
  startsWith(bytes: Uint8Array): Promise<boolean>
  drop(length: number): void
  /** The text up to the next CRLF, which is dropped with it. @throws DomainError bad_request past `max` bytes */
  line(max: number): Promise<string>
  /** The next bytes before a marker, never of it; undefined when the marker is next. */
  takeUntil(marker: Uint8Array): Promise<Uint8Array | undefined>
  cancel(): Promise<void>
}

/**
 * Reads a body chunk by chunk; holds one chunk and what is left of the one before.
 * @throws DomainError bad_request, detail `upload_cut`, when it ends before what is looked for; `tooLarge()` past `maxBytes`
 */
export function createByteQueue(
  body: ReadableStream<Uint8Array>,
  tooLarge: () => DomainError,
  maxBytes: number,
): ByteQueue {
  const reader = body.getReader()
  let held: Uint8Array = new Uint8Array()
  let received = 0

  async function fill(): Promise<void> {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new DomainError('bad_request', { detail: 'upload_cut', cause: error })
    })
    if (done) throw new DomainError('bad_request', { detail: 'upload_cut' })
    received += value.byteLength
    if (received > maxBytes) throw tooLarge()
    if (held.byteLength === 0) held = value
    else {
      const longer = new Uint8Array(held.byteLength + value.byteLength)
      longer.set(held)
      longer.set(value, held.byteLength)
      held = longer
    }
  }

  return {
    async startsWith(bytes) {
      while (held.byteLength < bytes.byteLength) {
        if (!begins(bytes, held, held.byteLength)) return false
        await fill()
      }
      return begins(held, bytes, bytes.byteLength)
    },

    drop(length) {
      held = held.subarray(length)
    },

    async line(max) {
      for (let from = 0; ; ) {
        const at = held.indexOf(13, from)
        if (at >= 0 && held[at + 1] === 10) {
          if (at > max) break
          const text = new TextDecoder().decode(held.subarray(0, at))
          held = held.subarray(at + 2)
          return text
        }
        if (held.byteLength > max + 2) break
        from = at >= 0 && at + 1 < held.byteLength ? at + 1 : Math.max(0, held.byteLength - 1)
        if (at < 0 || at + 1 >= held.byteLength) await fill()
      }
      throw new DomainError('bad_request', { detail: 'multipart' })
    },

    async takeUntil(marker) {
      for (;;) {
        const at = find(held, marker)
        if (at === 0) return undefined
        // What may be the beginning of the marker stays.
        const length = at > 0 ? at : held.byteLength - marker.byteLength + 1
        if (length > 0) {
          const taken = held.subarray(0, length)
          held = held.subarray(length)
          return taken
        }
        await fill()
      }
    },

    async cancel() {
      await reader.cancel().catch(() => undefined)
    },
  }
}

function begins(bytes: Uint8Array, start: Uint8Array, length: number, at = 0): boolean {
  for (let i = 0; i < length; i++) if (bytes[at + i] !== start[i]) return false
  return true
}

function find(bytes: Uint8Array, marker: Uint8Array): number {
  const last = bytes.byteLength - marker.byteLength
  for (
    let at = bytes.indexOf(marker[0] as number);
    at >= 0 && at <= last;
    at = bytes.indexOf(marker[0] as number, at + 1)
  ) {
    if (begins(bytes, marker, marker.byteLength, at)) return at
  }
  return -1
}
