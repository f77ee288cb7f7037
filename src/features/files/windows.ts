import type { ByteSource } from './bytes.ts'
import { refused } from './refusal.ts'

const WINDOW = 256 * 1024
/** Read in order, a file comes in runs of up to so many windows. */
const LONGEST_RUN = 16
/** What is kept of one file: on Node and Workers alike within what a look may have. */
const KEPT = 96
/** A file may be read so many times over, and a little more; none that a word processor wrote is. */
const TIMES = 4
const SPARE = 8 * 1024 * 1024

/**
 * A source over one that is far away (a disk, a bucket), each read of which costs: it is read in windows, the last 24 MB of which are
 * kept, in longer runs where they follow each other. What is read counts, not what is asked for: one window at least a read.
 * @throws DomainError (while it is read) file_too_complex: it makes us read it more than four times over
 */
export function windowed(far: ByteSource): ByteSource {
  const { size } = far
  const windows = new Map<number, Uint8Array>()
  let left = size * TIMES + SPARE
  let run = 1
  let expected = 0

  const fetch = async (first: number): Promise<Uint8Array> => {
    run = first === expected ? Math.min(run * 2, LONGEST_RUN) : 1
    let count = 1
    while (count < run && (first + count) * WINDOW < size && !windows.has(first + count)) count++
    left -= count * WINDOW
    if (left < 0) throw refused('file_too_complex')
    const bytes = await far.read(first * WINDOW, Math.min(count * WINDOW, size - first * WINDOW))
    // Copies: a window that is dropped would else be held by its neighbours.
    for (let i = 0; i < count; i++) windows.set(first + i, bytes.slice(i * WINDOW, (i + 1) * WINDOW))
    expected = first + count
    for (const oldest of windows.keys()) {
      if (windows.size <= KEPT) break
      windows.delete(oldest)
    }
    return windows.get(first) as Uint8Array
  }
  const get = async (at: number): Promise<Uint8Array> => {
    const known = windows.get(at)
    if (!known) return fetch(at)
    // The last that was used is the last to go.
    windows.delete(at)
    windows.set(at, known)
    return known
  }

  return {
    size,
    async read(start, length) {
      const end = Math.min(start + length, size)
      if (start >= end) return new Uint8Array()
      const first = Math.floor(start / WINDOW)
      const window = await get(first)
      if (end <= (first + 1) * WINDOW) return window.subarray(start - first * WINDOW, end - first * WINDOW)
      const whole = new Uint8Array(end - start)
      whole.set(window.subarray(start - first * WINDOW))
      for (let at = first + 1; at * WINDOW < end; at++) {
        const next = await get(at)
        whole.set(next.subarray(0, end - at * WINDOW), at * WINDOW - start)
      }
      return whole
    },
  }
}
