import { createHash, randomUUID } from 'node:crypto'
import type { StatsFs } from 'node:fs'
import { open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DomainError } from '../errors.ts'
import { validKey } from '../features/files/rules.ts'
import type { FileStore } from '../features/files/schema.ts'
import { makeFolder } from './folder.ts'

const READ_SIZE = 256 * 1024
/** What a killed process left half written is removed after this long. */
const STALE_MS = 24 * 3600_000

/**
 * Files in a folder, one a key. A file appears under its key whole or not at all: it is written beside, in `.incoming` of
 * the same volume, hashed while it streams, flushed to the disk, then renamed.
 */
export function createFsStore(dir: string): FileStore {
  const incoming = join(dir, '.incoming')
  let swept: Promise<void> | undefined

  return {
    async put(key, body, { maxBytes, confirm }) {
      const target = join(dir, validKey(key))
      const part = join(incoming, randomUUID())
      try {
        await makeFolder(incoming)
        swept ??= removeStale(incoming)
        await swept
        const stored = await write(part, body, maxBytes)
        await confirm?.()
        await makeFolder(dirname(target))
        await rename(part, target)
        await flushFolder(dirname(target))
        return stored
      } catch (error) {
        await body.cancel(error).catch(() => undefined)
        await rm(part, { force: true })
        throw isFull(error) ? new DomainError('storage_full', { cause: error }) : error
      }
    },

    async get(key, range) {
      const path = join(dir, validKey(key))
      const found = await stat(path).catch(ifAbsent)
      if (!found?.isFile()) return undefined
      const { size } = found
      const [start, end] = [range?.start ?? 0, Math.min(range?.end ?? size - 1, size - 1)]
      // Read before anything is answered: what cannot be opened is an error then, and no body that breaks.
      const first = await readPiece(path, start, Math.min(READ_SIZE, end - start + 1))
      return { size, body: readFrom(path, first, start, end) }
    },

    async head(key) {
      const found = await stat(join(dir, validKey(key))).catch(ifAbsent)
      return found?.isFile() ? { size: found.size } : undefined
    },

    async delete(key) {
      await rm(join(dir, validKey(key)), { force: true })
    },

    async move(from, to) {
      const target = join(dir, validKey(to))
      await makeFolder(dirname(target))
      await rename(join(dir, validKey(from)), target)
      await flushFolder(dirname(target))
    },

    async space() {
      const { bavail, blocks, bsize } = await statfsAbove(dir)
      return { free: bavail * bsize, total: blocks * bsize }
    },

    list: (prefix) => walk(dir, prefix),
  }
}

/** Of the folder, or where it is not made yet, of the one that it will be made in. */
async function statfsAbove(dir: string): Promise<StatsFs> {
  return statfs(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || dirname(dir) === dir) throw error
    return statfsAbove(dirname(dir))
  })
}

async function write(path: string, body: ReadableStream<Uint8Array>, maxBytes: number) {
  const hash = createHash('sha256')
  const handle = await open(path, 'wx', 0o600)
  let size = 0
  try {
    const reader = body.getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        size += value.byteLength
        if (size > maxBytes) throw new DomainError('too_large', { params: { maxBytes } })
        hash.update(value)
        for (let at = 0; at < value.byteLength; ) at += (await handle.write(value, at)).bytesWritten
      }
    } finally {
      reader.releaseLock()
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { size, sha256: new Uint8Array(hash.digest()) }
}

/**
 * Opens the file anew for each piece: a reader may let go of a stream without a word, and nothing must stay open then. A file that
 * was cut meanwhile breaks the stream off: an end would tell the reader that this was all.
 */
function readFrom(path: string, first: Uint8Array, start: number, end: number): ReadableStream<Uint8Array> {
  let at = start
  let read: Uint8Array | undefined = first
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = read ?? (await readPiece(path, at, Math.min(READ_SIZE, end - at + 1)))
        read = undefined
        at += chunk.byteLength
        if (chunk.byteLength > 0) controller.enqueue(chunk)
        if (at > end) controller.close()
        else if (chunk.byteLength === 0) controller.error(new Error(`${path} ended at ${at} of ${end + 1}`))
      },
    },
    { highWaterMark: 0 },
  )
}

async function readPiece(path: string, at: number, length: number): Promise<Uint8Array> {
  if (length <= 0) return new Uint8Array()
  const handle = await open(path, 'r')
  try {
    const piece = new Uint8Array(length)
    const { bytesRead } = await handle.read(piece, 0, length, at)
    return piece.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

function ifAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')
}

/** A rename lasts only when its folder is flushed too; some systems cannot flush a folder, and need not. */
async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

async function removeStale(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name)
    const found = await stat(path).catch(ifAbsent)
    if (found && Date.now() - found.mtimeMs > STALE_MS) await rm(path, { force: true })
  }
}

async function* walk(dir: string, prefix: string, folder = ''): AsyncIterable<{ key: string; modifiedAt: Date }> {
  const entries = (await readdir(join(dir, folder), { withFileTypes: true }).catch(ifAbsent)) ?? []
  for (const entry of entries) {
    const key = folder ? `${folder}/${entry.name}` : entry.name
    if (entry.name.startsWith('.') || !(key.startsWith(prefix) || prefix.startsWith(`${key}/`))) continue
    if (entry.isDirectory()) yield* walk(dir, prefix, key)
    else {
      const found = await stat(join(dir, key)).catch(ifAbsent)
      if (found && key.startsWith(prefix)) yield { key, modifiedAt: found.mtime }
    }
  }
}
