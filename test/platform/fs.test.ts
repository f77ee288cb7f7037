import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DomainError } from '../../src/errors.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { describeFileStore, key } from '../support/file-store.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-fs-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

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

describeFileStore(() => createFsStore(dir))

describe('a folder as a store', () => {
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

  it('breaks off where a file is cut while it is read: an end would say that this was all', async () => {
    const files = createFsStore(dir)
    await files.put(key, stream(20), limits)
    const found = await files.get(key)
    truncateSync(join(dir, key), 700_000)
    let read = 0
    const reading = async () => {
      for await (const chunk of found!.body) read += chunk.byteLength
    }
    await expect(reading()).rejects.toThrow('ended at 700000 of 1310720')
    expect(read).toBe(700_000)
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

  it('lists what is there, never what is half written', async () => {
    const files = createFsStore(dir)
    await files.put(key, new Blob(['x']).stream(), limits)
    writeFileSync(join(dir, '.incoming', 'half'), 'x')
    expect((await Array.fromAsync(files.list(''))).map((f) => f.key)).toEqual([key])
  })

  it('removes what a killed process left half written, a day later', async () => {
    mkdirSync(join(dir, '.incoming'))
    for (const name of ['old', 'new']) writeFileSync(join(dir, '.incoming', name), 'x')
    utimesSync(join(dir, '.incoming', 'old'), 0, 0)
    await createFsStore(dir).put(key, new Blob(['x']).stream(), limits)
    expect(readdirSync(join(dir, '.incoming'))).toEqual(['new'])
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
