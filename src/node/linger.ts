import type { IncomingMessage } from 'node:http'

/** What is still read of a body whose request is answered already: bytes, and milliseconds in all and without a byte. */
const MOST_BYTES = 64 * 1024 * 1024
const MOST_MS = 10_000
const STALL_MS = 2_500

/**
 * Takes the rest of a body that nobody wants, within limits: who is still sending reads no answer, and a connection closed under them
 * takes the answer away with it (RFC 9112 section 9.6).
 */
export function takeRest(incoming: IncomingMessage): Promise<void> {
  const declared = Number(incoming.headers['content-length'] ?? 0)
  if (incoming.complete || incoming.destroyed || declared > MOST_BYTES) return Promise.resolve()
  return new Promise((resolve) => {
    const until = performance.now() + MOST_MS
    let bytes = 0
    const done = () => {
      clearTimeout(stalled)
      incoming.off('data', take)
      for (const event of ['end', 'close', 'error']) incoming.off(event, done)
      resolve()
    }
    const take = (chunk: Uint8Array) => {
      bytes += chunk.byteLength
      if (bytes > MOST_BYTES || performance.now() > until) return done()
      stalled.refresh()
    }
    const stalled = setTimeout(done, STALL_MS)
    // Who read it before pauses it whenever what they hold is full.
    incoming.removeAllListeners('data')
    incoming.on('data', take)
    for (const event of ['end', 'close', 'error']) incoming.on(event, done)
    incoming.resume()
  })
}
