import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getPlatformProxy } from 'wrangler'
import { collect } from '../../src/features/files/bytes.ts'
import { createR2Store, type R2Bucket } from '../../src/platform/r2.ts'

// The bucket that local Workers have: workerd's own, in memory.
let dir: string
let proxy: Awaited<ReturnType<typeof getPlatformProxy<{ FILES: R2Bucket }>>>
let bucket: R2Bucket
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-r2-'))
  const configPath = join(dir, 'wrangler.toml')
  writeFileSync(
    configPath,
    'name = "t"\ncompatibility_date = "2026-09-01"\n[[r2_buckets]]\nbinding = "FILES"\nbucket_name = "test"\n',
  )
  proxy = await getPlatformProxy<{ FILES: R2Bucket }>({ configPath, persist: false })
  bucket = proxy.env.FILES
})
afterAll(async () => {
  await proxy?.dispose()
  rmSync(dir, { recursive: true, force: true })
})

const key = 'org-1/presentation/file-1'
const limits = { maxBytes: 30 * 1024 * 1024 }

function stream(size: number, fail?: Error): { body: ReadableStream<Uint8Array>; sha256: () => string } {
  const hash = createHash('sha256')
  let left = size
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left === 0) return fail ? controller.error(fail) : controller.close()
      const chunk = new Uint8Array(Math.min(left, 100_000)).fill(left % 251)
      left -= chunk.byteLength
      hash.update(chunk)
      controller.enqueue(chunk)
    },
  })
  return { body, sha256: () => hash.digest('hex') }
}

describe('an R2 bucket as a store', () => {
  it.each([0, 10, 8 * 1024 * 1024, 20_000_003])('keeps a stream of %i bytes with its SHA-256', async (size) => {
    const files = createR2Store(bucket)
    const { body, sha256 } = stream(size)
    const stored = await files.put(key, body, limits)
    expect(stored.size).toBe(size)
    expect(Buffer.from(stored.sha256).toString('hex')).toBe(sha256())
    expect(await files.head(key)).toEqual({ size })
    const back = await files.get(key)
    const hash = createHash('sha256').update(await collect(back!.body, 3e7))
    expect(hash.digest('hex')).toBe(Buffer.from(stored.sha256).toString('hex'))
  })

  it('gives a range, lists under a prefix, deletes', async () => {
    const files = createR2Store(bucket)
    await files.put('a/photo/1', new Blob(['0123456789']).stream(), limits)
    await files.put('b/photo/2', new Blob(['x']).stream(), limits)
    const part = await files.get('a/photo/1', { start: 2, end: 4 })
    expect([part!.size, new TextDecoder().decode(await collect(part!.body, 10))]).toEqual([10, '234'])
    expect((await Array.fromAsync(files.list('a/'))).map((f) => f.key)).toEqual(['a/photo/1'])
    await files.delete('a/photo/1')
    expect(await files.head('a/photo/1')).toBeUndefined()
    expect(await files.get('a/photo/1')).toBeUndefined()
    expect(await files.get('a/photo/1', { start: 0, end: 1 })).toBeUndefined()
  })

  it.each([
    ['cut', 10_000_000, new Error('cut')],
    ['too long', 40_000_000, undefined],
  ])('leaves nothing of a stream that is %s', async (_, size, fail) => {
    const files = createR2Store(bucket)
    await expect(files.put('c/presentation/3', stream(size, fail).body, limits)).rejects.toThrow()
    expect(await files.head('c/presentation/3')).toBeUndefined()
  })
})
