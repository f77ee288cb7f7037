import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
