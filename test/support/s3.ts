import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { S3Config } from '../../src/config.ts'

export interface TestS3 {
  config: S3Config
  /** The folder the server keeps its objects in. */
  folder: string
  close(): Promise<void>
}

/** A real S3 server on loopback, in this process. It looks at access keys, but at no signature of version 4; it lists one page. */
export async function startS3(): Promise<TestS3> {
  // @ts-expect-error a package without types
  const { default: S3rver } = await import('s3rver')
  const folder = mkdtempSync(join(tmpdir(), 'hoithao-s3-'))
  const bucket = 'hoithao-files'
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: bucket }],
  })
  keepBeforeAnswering(server.store)
  // What it lacks: AbortMultipartUpload.
  server.middleware.unshift(
    async (ctx: { method: string; query: { uploadId?: string }; status: number }, next: () => Promise<void>) => {
      const { uploadId } = ctx.query
      if (ctx.method !== 'DELETE' || !uploadId) return next()
      rmSync(join(folder, bucket, '._S3rver_uploads', uploadId), { recursive: true })
      ctx.status = 204
    },
  )
  const { port } = (await server.run()) as { port: number }
  return {
    config: {
      endpoint: `http://127.0.0.1:${port}`,
      bucket,
      region: 'us-east-1',
      accessKeyId: 'S3RVER',
      secretAccessKey: 'S3RVER',
    },
    folder,
    async close() {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Store {
  getResourcePath(bucket: string, key: string | undefined, resource: string): string
  putMetadata(bucket: string, key: string, metadata: object, md5: string): Promise<void>
  putObject(object: { bucket: string; key: string; metadata: object; content: Readable }): Promise<Kept>
  putPart(bucket: string, uploadId: string, partNumber: number, content: Readable): Promise<Kept>
}
interface Kept {
  size: number
  md5: string
}

/** The server's own store answers when it has read a file, before it has written it: who asks for it at once finds none, or half. */
function keepBeforeAnswering(store: Store): void {
  store.putObject = async ({ bucket, key, metadata, content }) => {
    const kept = await keep(content, store.getResourcePath(bucket, key, 'object'))
    await store.putMetadata(bucket, key, metadata, kept.md5)
    return kept
  }
  store.putPart = async (bucket, uploadId, partNumber, content) => {
    const path = join(store.getResourcePath(bucket, undefined, 'uploads'), uploadId, String(partNumber))
    const kept = await keep(content, path)
    await writeFile(`${path}.md5`, kept.md5)
    return kept
  }
}

/** Whole or not at all, as S3 does. */
async function keep(content: Readable, path: string): Promise<Kept> {
  const hash = createHash('md5')
  let size = 0
  await mkdir(dirname(path), { recursive: true })
  const unfinished = join(dirname(path), randomUUID())
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      size += chunk.byteLength
      yield chunk
    }
  }
  try {
    await pipeline(content, counted, createWriteStream(unfinished))
    await rename(unfinished, path)
  } finally {
    rmSync(unfinished, { force: true })
  }
  return { size, md5: hash.digest('hex') }
}
