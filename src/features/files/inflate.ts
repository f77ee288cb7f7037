import { Inflate } from 'fflate'
import { type Budget, spend, spendUnfolded } from './budget.ts'
import { join } from './bytes.ts'
import { refused } from './refusal.ts'

/** Fed this little at a time, deflate gives at most 8 MB at once (1:1032). */
export const FEED = 8 * 1024

/** Whether the last block is over: fflate tells by its state alone (`f` the last block's mark, `l` the table in use). */
export function hasEnded(inflate: Inflate): boolean {
  const { f, l } = (inflate as unknown as { s: { f?: number; l?: unknown } }).s
  return Boolean(f) && !l
}

/**
 * What a zlib stream (RFC 1950) gives, at most `max` bytes, counted. It says itself where it ends; what is behind its end is not
 * read. One that is cut gives what came.
 * @throws DomainError file_damaged, file_bomb, file_too_complex
 */
export async function unpack(
  read: (at: number, length: number) => Promise<Uint8Array>,
  budget: Budget,
  max: number,
): Promise<Uint8Array> {
  const out: Uint8Array[] = []
  let size = 0
  const inflate = new Inflate((piece) => {
    size += piece.byteLength
    out.push(piece)
  })
  // Two bytes of header say nothing that matters here.
  for (let at = 2; !hasEnded(inflate); at += FEED) {
    const fed = (await read(at, FEED)).slice()
    if (!fed.byteLength) break
    spend(budget, fed.byteLength)
    const before = size
    try {
      inflate.push(fed)
    } catch (error) {
      throw refused('file_damaged', error)
    }
    spendUnfolded(budget, size - before)
    if (size > max) throw refused('file_bomb')
  }
  return join(out)
}
