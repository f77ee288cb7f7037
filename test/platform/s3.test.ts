import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createS3Store } from '../../src/platform/s3.ts'
import { describeFileStore, key, limits, made } from '../support/file-store.ts'
import { startS3, type TestS3 } from '../support/s3.ts'

let s3: TestS3
beforeAll(async () => {
  s3 = await startS3()
})
afterAll(() => s3.close())

describeFileStore(() => createS3Store(s3.config), [0, 10, 8 * 1024 * 1024, 20_000_003])

describe('a bucket as a store', () => {
  it('is never ahead of the server by more than two parts, however long the stream is', async () => {
    const aws = await answering([200, '<R><UploadId>u</UploadId></R>'], [200, ''])
    const files = createS3Store({ ...s3.config, endpoint: aws.endpoint })
    const size = 64_000_000
    let most = 0
    const { body } = made(size, { seen: (left) => void (most = Math.max(most, size - left - aws.received())) })
    await files.put(key, body, { maxBytes: size })
    expect(aws.received()).toBeGreaterThan(size)
    expect(most).toBeLessThan(2 * 8 * 1024 * 1024)
  })

  it('leaves no parts of an upload that was cut', async () => {
    const parts = () =>
      readdirSync(s3.folder, { recursive: true, encoding: 'utf8' }).filter((name) => /_uploads\//.test(name))
    const files = createS3Store(s3.config)
    await expect(
      files.put('e/presentation/1', made(20_000_000, { fail: new Error('cut') }).body, limits),
    ).rejects.toThrow('cut')
    expect(parts()).toEqual([])
  })

  it('lists page after page, and of what lies there only what is ours', async () => {
    const page = (keys: string[], next?: string) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><IsTruncated>${Boolean(next)}</IsTruncated>${next ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''}${keys
        .map((k) => `<Contents><Key>${k}</Key><LastModified>2026-11-24T08:45:52.000Z</LastModified></Contents>`)
        .join('\n')}</ListBucketResult>`
    const aws = await answering(
      [200, page(['p/photo/1', 'notes &amp; more.txt'], 'a+b/c=')],
      [200, page(['p/photo/2'])],
    )
    const files = createS3Store({ ...s3.config, endpoint: aws.endpoint })
    const modifiedAt = new Date('2026-11-24T08:45:52Z')
    expect(await Array.fromAsync(files.list('p/'))).toEqual([
      { key: 'p/photo/1', modifiedAt },
      { key: 'p/photo/2', modifiedAt },
    ])
    expect(aws.asked[1]).toContain('continuation-token=a%2Bb%2Fc%3D')
    await aws.close()
  })
})

describe('a store that is away or configured wrongly says so', () => {
  it('of the access key and the bucket, before anything else', async () => {
    await createS3Store(s3.config).assertUsable()
    await expect(createS3Store({ ...s3.config, accessKeyId: 'NOBODY' }).assertUsable()).rejects.toThrow(
      /^S3 \(127\.0\.0\.1:\d+, bucket hoithao-files\): answered 403 InvalidAccessKeyId .*; look at S3_ACCESS_KEY_ID$/,
    )
    await expect(createS3Store({ ...s3.config, bucket: 'another' }).assertUsable()).rejects.toThrow(
      /answered 404 NoSuchBucket .*; look at S3_BUCKET$/,
    )
  })

  it('of the secret: what S3 answers to a wrong signature is told with the variable to look at', async () => {
    const aws = await answering([
      403,
      '<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match</Message></Error>',
    ])
    const files = createS3Store({ ...s3.config, endpoint: aws.endpoint })
    await expect(files.get(key)).rejects.toThrow(/SignatureDoesNotMatch.*; look at S3_SECRET_ACCESS_KEY and S3_REGION$/)
    await expect(files.head(key)).rejects.toThrow(/answered 403/)
    await aws.close()
  })

  it('and answers 503 in the application', async () => {
    const files = createS3Store({ ...s3.config, endpoint: 'http://127.0.0.1:1' })
    await expect(files.get(key)).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be reached: (ECONNREFUSED|bad port)/),
      code: 'CONNECTION_S3',
    })
  })

  it('tries again what failed once, and gives a full store its own error', async () => {
    const aws = await answering([503, '<Error><Code>SlowDown</Code></Error>'], [200, ''], [507, ''])
    const files = createS3Store({ ...s3.config, endpoint: aws.endpoint })
    expect(await files.put(key, new Blob(['x']).stream(), limits)).toMatchObject({ size: 1 })
    await expect(files.put(key, new Blob(['x']).stream(), limits)).rejects.toMatchObject({ code: 'storage_full' })
    expect(aws.asked.map((line) => line.split(' ')[0])).toEqual(['PUT', 'PUT', 'PUT'])
    await aws.close()
  })

  it('takes an upload that S3 could not put together for none', async () => {
    const aws = await answering(
      [200, '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>'],
      [200, ''],
      [200, '<Error><Code>InternalError</Code></Error>'],
      [204, ''],
    )
    const files = createS3Store({ ...s3.config, endpoint: aws.endpoint })
    await expect(files.put(key, made(8 * 1024 * 1024).body, limits)).rejects.toThrow(/InternalError/)
    expect(aws.asked.map((line) => line.split(' ')[0])).toEqual(['POST', 'PUT', 'POST', 'DELETE'])
    await aws.close()
  })
})

/** Answers of AWS that the test's server does not give, in their order; the last one stays. */
async function answering(...answers: [status: number, body: string][]) {
  const asked: string[] = []
  let received = 0
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    request.on('data', (chunk: Uint8Array) => void (received += chunk.byteLength))
    request.on('end', () => {
      const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) as [number, string]
      response.writeHead(status, { etag: '"e"' }).end(request.method === 'HEAD' ? undefined : body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    asked,
    received: () => received,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
