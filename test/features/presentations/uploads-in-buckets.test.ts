import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getPlatformProxy } from 'wrangler'
import type { FileStore } from '../../../src/features/files/schema.ts'
import { listVersions } from '../../../src/features/presentations/queries.ts'
import { createR2Store, type R2Bucket } from '../../../src/platform/r2.ts'
import { createS3Store } from '../../../src/platform/s3.ts'
import { createTestApp, type TestApp, testOrigin } from '../../support/app.ts'
import { createMember, createOrganization, createSeminar } from '../../support/factories.ts'
import { docx, pdf } from '../../support/office-files.ts'
import { startS3 } from '../../support/s3.ts'
import { createSpeech, filesRequest, openSpeechLink } from '../../support/speeches.ts'
import { beginning, sender } from '../../support/uploads.ts'

/** workerd's own bucket, as Workers have it. */
async function openR2(): Promise<{ files: FileStore; close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'hoithao-r2-'))
  const configPath = join(dir, 'wrangler.toml')
  writeFileSync(
    configPath,
    'name = "t"\ncompatibility_date = "2026-09-01"\n[[r2_buckets]]\nbinding = "FILES"\nbucket_name = "test"\n',
  )
  const proxy = await getPlatformProxy<{ FILES: R2Bucket }>({ configPath, persist: false })
  return {
    files: createR2Store(proxy.env.FILES),
    async close() {
      await proxy.dispose()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function openS3() {
  const s3 = await startS3()
  return { files: createS3Store(s3.config), close: s3.close }
}

describe.each([
  ['R2', openR2],
  ['S3', openS3],
])('the application with its files in %s', (_, open) => {
  let t: TestApp
  let bucket: { files: FileStore; close(): Promise<void> }
  let organization: { id: string; slug: string }
  let seminar: Awaited<ReturnType<typeof createSeminar>>
  beforeAll(async () => {
    bucket = await open()
    t = await createTestApp({ files: bucket.files })
    organization = await createOrganization(t.services.db)
    seminar = await createSeminar(t.services.db, organization.id)
  })
  afterAll(async () => {
    await t?.close()
    await bucket?.close()
  })
  const keys = async () => (await Array.fromAsync(bucket.files.list(organization.id))).map((file) => file.key)

  it('takes a speech by a plain form, and gives it back to the desk, whole and in ranges', async () => {
    const speech = await createSpeech(t, seminar)
    const { path, cookie } = await openSpeechLink(t, speech.linkPath)
    const bytes = docx()
    const sent = await t.app.request(
      `${testOrigin}${path}/files`,
      filesRequest([{ name: 'Bài.docx', bytes }], { cookie }),
    )
    expect([sent.status, sent.headers.get('location')]).toEqual([303, `${path}?received`])
    const member = await createMember(t.services, organization.id)
    const file = `${testOrigin}/console/${organization.slug}/seminars/${seminar.id}/presentations/${speech.id}/files/1`
    const get = async (headers: Record<string, string> = {}) =>
      t.app.request(file, { headers: { cookie: member.cookie, ...headers } })
    const whole = await get()
    expect(whole.status).toBe(200)
    expect(Buffer.from(await whole.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true)
    const part = await get({ range: 'bytes=10-19' })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.byteLength}`])
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(new Uint8Array(bytes.slice(10, 20)))
    for (const key of await keys()) await bucket.files.delete(key)
    expect((await get()).status).toBe(503)
  })

  it('puts a file together that came in pieces, one of them cut, and leaves none of them', async () => {
    const speech = await createSpeech(t, seminar)
    const speaker = sender(t, `${speech.linkPath}/uploads`)
    const bytes = pdf({ padding: 10_000_000 })
    const url = await speaker.open('Bài.pdf', bytes.length)

    await speaker.patch(url, 0, bytes.subarray(0, 4_000_000))
    await speaker.patch(url, 4_000_000, beginning(bytes.subarray(4_000_000), 1_234_567, new Error('cut')))
    expect((await speaker.state(url)).received).toBe(5_234_567)
    expect((await keys()).every((key) => key.startsWith(`${organization.id}/upload/`))).toBe(true)
    const last = await speaker.patch(url, 5_234_567, bytes.subarray(5_234_567))
    expect(last.headers.get('upload-state')).toBe('kept')

    const [version] = await listVersions(t.services.db, speech.organization_id, speech.id)
    expect(Buffer.from(version!.sha256).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(await keys()).toEqual([version!.storage_key])
    expect(await bucket.files.head(version!.storage_key)).toEqual({ size: bytes.length })
  })
})

it('answers 503 while its files are away, and says in the log why', async () => {
  const said: unknown[] = []
  const away = { endpoint: 'http://127.0.0.1:1', bucket: 'b', region: 'r', accessKeyId: 'k', secretAccessKey: 's' }
  const log = { debug() {}, info() {}, warn() {}, error: (_: string, fields: unknown) => void said.push(fields) }
  const t = await createTestApp({ files: createS3Store(away), services: { log: log as never } })
  const seminar = await createSeminar(t.services.db, (await createOrganization(t.services.db)).id)
  const speech = await createSpeech(t, seminar)
  const { path, cookie } = await openSpeechLink(t, speech.linkPath)
  const sent = await t.app.request(
    `${testOrigin}${path}/files`,
    filesRequest([{ name: 'a.docx', bytes: docx() }], { cookie }),
  )
  expect(sent.status).toBe(503)
  expect(said).toEqual([
    expect.objectContaining({ error: expect.stringMatching(/^S3 \(127\.0\.0\.1:1, bucket b\): /) }),
  ])
  await t.close()
})
