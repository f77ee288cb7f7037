import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { getPlatformProxy } from 'wrangler'
import { createR2Store, type R2Bucket } from '../../src/platform/r2.ts'
import { describeFileStore } from '../support/file-store.ts'

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

describeFileStore(() => createR2Store(bucket), [0, 10, 8 * 1024 * 1024, 20_000_003])
