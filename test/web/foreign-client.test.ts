import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DetailedError, Upload, type UploadOptions } from 'tus-js-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { listVersions } from '../../src/features/presentations/queries.ts'
import { listen } from '../../src/node/http.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createOrganization, createSeminar } from '../support/factories.ts'
import { pdf } from '../support/office-files.ts'
import { freePort } from '../support/server.ts'
import { createSpeech } from '../support/speeches.ts'

// The protocol's own client, as any other program would use it, over a real connection.
let t: TestApp
let dir: string
let origin: string
let stop: () => Promise<void>
let seminar: Awaited<ReturnType<typeof createSeminar>>

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  t = await createTestApp({ files: createFsStore(dir) })
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  const app = createApp({ ...t.services, config: { ...t.services.config, baseUrl: origin } })
  stop = (await listen({ fetch: (request, env) => app.fetch(request, env as object), host: '127.0.0.1', port })).stop
  const organization = await createOrganization(t.services.db)
  seminar = await createSeminar(t.services.db, organization.id)
})
afterAll(async () => {
  await stop()
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})

const bytes = pdf({ padding: 900_000 })
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
const stored = () => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).length

/** Begins to send; `ended` is settled at its end. */
function begin(linkPath: string, options: Partial<UploadOptions> = {}, data = bytes) {
  let upload!: Upload
  const ended = new Promise<void>((resolve, reject) => {
    upload = new Upload(Buffer.from(data), {
      endpoint: `${origin}${linkPath}/uploads`,
      headers: { Origin: origin },
      metadata: { filename: 'Bài của máy khác.pdf', filetype: 'application/pdf' },
      chunkSize: 200_000,
      retryDelays: [0, 10, 20],
      onSuccess: () => resolve(),
      onError: reject,
      ...options,
    })
    upload.start()
  })
  return { upload, ended }
}

it('sends a file in pieces, and it is kept byte for byte', async () => {
  const speech = await createSpeech(t, seminar)
  await begin(speech.linkPath).ended
  const [version, ...more] = await listVersions(t.services.db, speech.organization_id, speech.id)
  expect(more).toEqual([])
  expect(version).toMatchObject({ name: 'Bài của máy khác.pdf', size: bytes.length })
  expect(Buffer.from(version!.sha256).toString('hex')).toBe(sha256(bytes))
})

it.each([
  ['with the beginning', { uploadDataDuringCreation: true }],
  ['in one request', { chunkSize: Number.POSITIVE_INFINITY }],
  ['by POST alone', { overridePatchMethod: true }],
] as [string, Partial<UploadOptions>][])('sends %s', async (_, options) => {
  const speech = await createSpeech(t, seminar)
  await begin(speech.linkPath, options).ended
  expect(await listVersions(t.services.db, speech.organization_id, speech.id)).toHaveLength(1)
})

it('stops, and another run goes on from there', async () => {
  const speech = await createSpeech(t, seminar)
  const first = begin(speech.linkPath)
  let url = ''
  await new Promise<void>((resolve) => {
    first.upload.options.onChunkComplete = (_size, accepted) => {
      if (accepted < 400_000) return
      url = first.upload.url as string
      void first.upload.abort().then(resolve)
    }
  })
  let sent = 0
  const onChunkComplete = (size: number) => {
    sent += size
  }
  await begin(speech.linkPath, { uploadUrl: url, onChunkComplete }).ended
  expect(sent).toBeLessThanOrEqual(bytes.length - 400_000)
  const [version] = await listVersions(t.services.db, speech.organization_id, speech.id)
  expect(Buffer.from(version!.sha256).toString('hex')).toBe(sha256(bytes))
})

it('takes back what it began', async () => {
  const speech = await createSpeech(t, seminar)
  const before = stored()
  const { upload } = begin(speech.linkPath)
  await new Promise<void>((resolve) => {
    upload.options.onChunkComplete = () => void upload.abort(true).then(resolve)
  })
  await expect.poll(stored).toBe(before)
})

it('hears why a file is refused', async () => {
  const speech = await createSpeech(t, seminar)
  const locked = pdf({ trailer: '/Encrypt 9 0 R', padding: 300_000 })
  const error = await begin(speech.linkPath, {}, locked).ended.catch((e: unknown) => e)
  expect(error).toBeInstanceOf(DetailedError)
  const { originalResponse } = error as DetailedError
  expect([originalResponse?.getStatus(), JSON.parse(originalResponse?.getBody() ?? '')]).toEqual([
    422,
    { code: 'file_encrypted', text: expect.stringContaining('mật khẩu') },
  ])
})
