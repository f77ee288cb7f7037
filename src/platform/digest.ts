import { createHash } from 'node:crypto'

/** The size and SHA-256 of a stream, in pieces as they come. */
export async function digest(body: ReadableStream<Uint8Array>): Promise<{ size: number; sha256: Uint8Array }> {
  const hash = createHash('sha256')
  const reader = body.getReader()
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { size, sha256: new Uint8Array(hash.digest()) }
    size += value.byteLength
    hash.update(value)
  }
}
