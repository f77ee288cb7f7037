import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { collect } from '../../src/features/files/bytes.ts'
import type { FileStore } from '../../src/features/files/schema.ts'

setFlagsFromString('--expose-gc')
const freeMemory: () => void = runInNewContext('gc')

export const key = 'org-1/presentation/file-1'
export const limits = { maxBytes: 30 * 1024 * 1024 }
export const text = async (files: FileStore, name: string) => new Response((await files.get(name))?.body).text()

/** A stream of `size` bytes, made as they are asked for; `fail` ends it with an error. `seen` is told of each chunk. */
export function made(size: number, { fail, seen }: { fail?: Error; seen?: (left: number) => void } = {}) {
  const hash = createHash('sha256')
  let left = size
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (left === 0) return fail ? controller.error(fail) : controller.close()
        const chunk = new Uint8Array(Math.min(left, 100_000)).fill(left % 251)
        left -= chunk.byteLength
        hash.update(chunk)
        seen?.(left)
        controller.enqueue(chunk)
      },
    },
    { highWaterMark: 0 },
  )
  return { body, sha256: () => hash.digest('hex') }
}

/** What every store does, whatever it keeps its files in. */
export function describeFileStore(open: () => FileStore, sizes: number[] = [0, 10, 20_000_003]): void {
  describe('as any store', () => {
    it.each(sizes)('keeps a stream of %i bytes with its SHA-256', async (size) => {
      const files = open()
      const { body, sha256 } = made(size)
      const stored = await files.put(key, body, limits)
      expect(stored.size).toBe(size)
      expect(Buffer.from(stored.sha256).toString('hex')).toBe(sha256())
      expect(await files.head(key)).toEqual({ size })
      const back = await files.get(key)
      expect(back!.size).toBe(size)
      const hash = createHash('sha256').update(await collect(back!.body, 3e7))
      expect(hash.digest('hex')).toBe(Buffer.from(stored.sha256).toString('hex'))
    })

    it('gives a range, its bounds included, and what there is of one that is too long', async () => {
      const files = open()
      await files.put(key, new Blob(['0123456789']).stream(), limits)
      const range = async (start: number, end: number) => {
        const part = await files.get(key, { start, end })
        return [part!.size, new TextDecoder().decode(await collect(part!.body, 100))]
      }
      expect(await range(2, 4)).toEqual([10, '234'])
      expect(await range(8, 400)).toEqual([10, '89'])
      expect(await range(10, 20)).toEqual([10, ''])
    })

    it('gives a file whole to who reads it late, whatever memory was freed meanwhile', async () => {
      const files = open()
      await files.put(key, new Blob(['0123456789']).stream(), limits)
      const found = await files.get(key)
      for (let i = 0; i < 3; i++) {
        await sleep(10)
        freeMemory()
      }
      expect(new TextDecoder().decode(await collect(found!.body, 100))).toBe('0123456789')
    })

    it.each([
      ['cut', 10_000_000, new Error('cut')],
      ['cut at once', 0, new Error('cut')],
      ['too long', 40_000_000, undefined],
    ])('leaves nothing of a stream that is %s', async (_, size, fail) => {
      const files = open()
      await expect(files.put('c/presentation/3', made(size, { fail }).body, limits)).rejects.toThrow()
      expect(await files.head('c/presentation/3')).toBeUndefined()
      expect(await Array.fromAsync(files.list('c/'))).toEqual([])
    })

    it('stops reading a stream that is too long', async () => {
      let cancelled = false
      const endless = new ReadableStream<Uint8Array>({
        pull: (c) => c.enqueue(new Uint8Array(65536)),
        cancel() {
          cancelled = true
        },
      })
      await expect(open().put(key, endless, { maxBytes: 200_000 })).rejects.toMatchObject({ code: 'too_large' })
      expect(cancelled).toBe(true)
    })

    it('keeps the old file until a new one under the same key is whole', async () => {
      const files = open()
      await files.put(key, new Blob(['old']).stream(), limits)
      await expect(files.put(key, made(9_000_000, { fail: new Error('cut') }).body, limits)).rejects.toThrow('cut')
      expect(await text(files, key)).toBe('old')
    })

    it('lists what lies under a prefix', async () => {
      const files = open()
      for (const name of ['x/photo/1', 'x/presentation/2', 'y/presentation/3'])
        await files.put(name, new Blob([name]).stream(), limits)
      const keys = async (prefix: string) => (await Array.fromAsync(files.list(prefix))).map((f) => f.key).sort()
      expect(await keys('x/')).toEqual(['x/photo/1', 'x/presentation/2'])
      expect(await keys('x/pres')).toEqual(['x/presentation/2'])
      expect(await keys('')).toEqual(expect.arrayContaining(['x/photo/1', 'y/presentation/3']))
      const [first] = await Array.fromAsync(files.list('x/'))
      expect(Math.abs(Date.now() - first!.modifiedAt.getTime())).toBeLessThan(60_000)
    })

    it.each([10, 9_000_000])('moves %i bytes to another key, whole, and over what was there', async (size) => {
      const files = open()
      await files.put('quarantine/2026-11-24/m/1', new Blob(['old']).stream(), limits)
      const { body, sha256 } = made(size)
      await files.put('m/photo/1', body, limits)
      await files.move('m/photo/1', 'quarantine/2026-11-24/m/1')
      expect(await files.head('m/photo/1')).toBeUndefined()
      const moved = await files.get('quarantine/2026-11-24/m/1')
      const hash = createHash('sha256').update(await collect(moved!.body, 1e7))
      expect([moved!.size, hash.digest('hex')]).toEqual([size, sha256()])
      await expect(files.move('m/photo/1', 'm/photo/2')).rejects.toThrow()
      expect(await files.head('m/photo/2')).toBeUndefined()
    })

    it('says what is not there, and removes what is, twice if need be', async () => {
      const files = open()
      expect(await files.get('d/none/1')).toBeUndefined()
      expect(await files.get('d/none/1', { start: 0, end: 1 })).toBeUndefined()
      await files.put(key, new Blob(['x']).stream(), limits)
      await files.delete(key)
      await files.delete(key)
      expect(await files.head(key)).toBeUndefined()
    })

    it.each(['../out', '/etc/passwd', 'a/../../b'])('takes no key but its own kind (%s)', async (bad) => {
      const files = open()
      const put = async () => files.put(bad, new Blob(['x']).stream(), limits)
      await expect(put()).rejects.toThrow(RangeError)
      await expect((async () => files.get(bad))()).rejects.toThrow(RangeError)
    })
  })
}
