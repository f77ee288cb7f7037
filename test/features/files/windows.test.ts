import { describe, expect, it } from 'vitest'
import { budgetFor } from '../../../src/features/files/budget.ts'
import { memorySource } from '../../../src/features/files/bytes.ts'
import { checkDocument } from '../../../src/features/files/content.ts'
import { windowed } from '../../../src/features/files/windows.ts'
import { hoppingDoc } from '../../support/hopping-doc.ts'

const MB = 1024 * 1024

/** Bytes as a store far away, with what was read of it. */
function far(bytes: Uint8Array) {
  const near = memorySource(bytes)
  const told = { reads: 0, bytes: 0 }
  const source = windowed({
    size: near.size,
    read(start, length) {
      told.reads++
      told.bytes += length
      return near.read(start, length)
    },
  })
  return { source, told }
}

function numbered(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff)
}

describe('a stored document in windows', () => {
  it('gives the same bytes wherever it is asked, over the bounds of windows and at the end', async () => {
    const bytes = numbered(3 * MB + 17)
    const { source } = far(bytes)
    const asked = [
      ...[0, 10, 262_140, 524_288, MB - 1].map((at) => [at, 9] as const),
      ...([
        [100_000, 2 * MB],
        [0, bytes.length],
        [bytes.length - 3, 100],
        [bytes.length, 5],
      ] as const),
    ]
    for (const [at, length] of asked)
      expect(Buffer.compare(await source.read(at, length), bytes.subarray(at, at + length)), `${at}`).toBe(0)
  })

  it('is read once in order, in few long reads', async () => {
    const { source, told } = far(new Uint8Array(30 * MB))
    for (let at = 0; at < source.size; at += 5000) await source.read(at, 5000)
    expect(told.bytes).toBe(source.size)
    expect(told.reads).toBeLessThan(20)
  })

  it('whose chain jumps between two halves is read once as well', async () => {
    const { source, told } = far(hoppingDoc(40, 'halves'))
    expect(await checkDocument(source, 'a.doc', budgetFor(source.size))).toBe('doc')
    expect(told.bytes).toBeLessThan(source.size * 1.2)
    expect(told.reads).toBeLessThan(300)
  })

  it('that makes us read it over and over is refused, after four times its size', async () => {
    const { source, told } = far(hoppingDoc(40, 'anywhere'))
    await expect(checkDocument(source, 'a.doc', budgetFor(source.size))).rejects.toMatchObject({
      detail: 'file_too_complex',
    })
    expect(told.bytes).toBeLessThanOrEqual(source.size * 4 + 8 * MB)
    expect(told.reads).toBeLessThan(1000)
  })
})
