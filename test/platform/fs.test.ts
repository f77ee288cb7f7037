import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DomainError } from '../../src/errors.ts'
import { collect } from '../../src/features/files/bytes.ts'
import { createFsStore } from '../../src/platform/fs.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-fs-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const key = 'org-1/presentation/file-1'
const limits = { maxBytes: 100 * 1024 * 1024 }

/** `count` chunks of 64 KB, made as they are asked for; `fail` ends the stream with an error after them. */
function stream(count: number, fail?: Error): ReadableStream<Uint8Array> {
  let n = 0
  return new ReadableStream({
    pull(controller) {
      if (n++ < count) controller.enqueue(new Uint8Array(65536).fill(n))
      else if (fail) controller.error(fail)
      else controller.close()
    },
  })
}

function readlink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function left(): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
}

describe('a folder as a store', () => {
  it('keeps a stream with its size and SHA-256', async () => {
    const files = createFsStore(dir)
    const hash = createHash('sha256')
    for (let n = 1; n <= 3; n++) hash.update(new Uint8Array(65536).fill(n))
    const stored = await files.put(key, stream(3), limits)
    expect(stored.size).toBe(3 * 65536)
    expect(Buffer.from(stored.sha256).toString('hex')).toBe(hash.digest('hex'))
    expect(await files.head(key)).toEqual({ size: 3 * 65536 })
    const back = await files.get(key)
    expect((await collect(back!.body, 1e6)).byteLength).toBe(3 * 65536)
  })

  it('keeps nothing open for a reader who lets go', async () => {
    const files = createFsStore(dir)
    await files.put(key, stream(20), limits)
    for (let i = 0; i < 20; i++) {
      await files.get(key)
      await (await files.get(key))!.body.getReader().read()
    }
    const open = (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : []).map((fd) =>
      readlink(`/proc/self/fd/${fd}`),
    )
    expect(open.filter((path) => path.startsWith(dir))).toEqual([])
  })

  it('gives a range, its bounds included', async () => {
    const files = createFsStore(dir)
    await files.put(key, new Blob(['0123456789']).stream(), limits)
    const part = await files.get(key, { start: 2, end: 4 })
    expect(new TextDecoder().decode(await collect(part!.body, 100))).toBe('234')
    expect(part!.size).toBe(10)
    const end = await files.get(key, { start: 8, end: 400 })
    expect(new TextDecoder().decode(await collect(end!.body, 100))).toBe('89')
  })

  it('leaves nothing of a stream that is cut', async () => {
    const files = createFsStore(dir)
    await expect(files.put(key, stream(5, new Error('gone')), limits)).rejects.toThrow('gone')
    expect(left()).toEqual([])
    expect(await files.head(key)).toBeUndefined()
  })

  it('leaves nothing of a stream that is too long, and stops reading it', async () => {
    const files = createFsStore(dir)
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (c) => c.enqueue(new Uint8Array(65536)),
      cancel() {
        cancelled = true
      },
    })
    await expect(files.put(key, endless, { maxBytes: 200_000 })).rejects.toMatchObject({ code: 'too_large' })
    expect(cancelled).toBe(true)
    expect(left()).toEqual([])
  })

  it('keeps the old file until a new one under the same key is whole', async () => {
    const files = createFsStore(dir)
    await files.put(key, new Blob(['old']).stream(), limits)
    await expect(files.put(key, stream(2, new Error('cut')), limits)).rejects.toThrow('cut')
    expect(await new Response((await files.get(key))!.body).text()).toBe('old')
  })

  it('lists keys under a prefix, never what is half written', async () => {
    const files = createFsStore(dir)
    for (const name of ['a/photo/1', 'a/presentation/2', 'b/presentation/3'])
      await files.put(name, new Blob([name]).stream(), limits)
    mkdirSync(join(dir, '.incoming'), { recursive: true })
    writeFileSync(join(dir, '.incoming', 'half'), 'x')
    const keys = async (prefix: string) => (await Array.fromAsync(files.list(prefix))).map((f) => f.key).sort()
    expect(await keys('')).toEqual(['a/photo/1', 'a/presentation/2', 'b/presentation/3'])
    expect(await keys('a/')).toEqual(['a/photo/1', 'a/presentation/2'])
    expect(await keys('a/pres')).toEqual(['a/presentation/2'])
  })

  it('removes what a killed process left half written, a day later', async () => {
    mkdirSync(join(dir, '.incoming'))
    for (const name of ['old', 'new']) writeFileSync(join(dir, '.incoming', name), 'x')
    utimesSync(join(dir, '.incoming', 'old'), 0, 0)
    await createFsStore(dir).put(key, new Blob(['x']).stream(), limits)
    expect(readdirSync(join(dir, '.incoming'))).toEqual(['new'])
  })

  it('says what is not there, and removes what is', async () => {
    const files = createFsStore(dir)
    expect(await files.get(key)).toBeUndefined()
    await files.put(key, new Blob(['x']).stream(), limits)
    await files.delete(key)
    await files.delete(key)
    expect(await files.head(key)).toBeUndefined()
  })

  it.each(['../out', '/etc/passwd', 'a/../../b'])('never leaves its folder (%s)', async (bad) => {
    const files = createFsStore(join(dir, 'inside'))
    await expect(files.put(bad, new Blob(['x']).stream(), limits)).rejects.toThrow(RangeError)
    await expect(files.get(bad)).rejects.toThrow(RangeError)
    expect(existsSync(join(dir, 'out'))).toBe(false)
  })

  it('answers storage_full when the disk is full, and leaves nothing', async () => {
    const full = fullDisk()
    if (!full) return expect(mountRefused).not.toBe('')
    try {
      const files = createFsStore(full.path)
      const refused = await files.put(key, stream(64), limits).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(DomainError)
      expect((refused as DomainError).code).toBe('storage_full')
      expect(await files.head(key)).toBeUndefined()
      expect(readdirSync(join(full.path, '.incoming'))).toEqual([])
    } finally {
      full.unmount()
    }
  })
})

let mountRefused = ''

/** A disk of 1 MB in memory; undefined, with the reason, where this user may not mount one. */
function fullDisk() {
  const path = join(dir, 'disk')
  mkdirSync(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'pipe' })
  } catch (error) {
    mountRefused = String(error)
    return undefined
  }
  return { path, unmount: () => execFileSync('umount', [path]) }
}
