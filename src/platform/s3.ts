import type { S3Config } from '../config.ts'
import { isKey, validKey } from '../features/files/rules.ts'
import type { FileStore } from '../features/files/schema.ts'
import { type PartUpload, storeInParts } from './parts.ts'
import { createS3Requests, type S3Request, xmlValue } from './s3-requests.ts'

/** Files in a bucket of any S3 server. `assertUsable` says in one line what is wrong with the configuration. */
export function createS3Store(config: S3Config): FileStore & { assertUsable(): Promise<void> } {
  const send = createS3Requests(config)

  return {
    async assertUsable() {
      await done(await send({ method: 'GET', query: { 'list-type': '2', 'max-keys': '1', prefix: '.usable/' } }))
    },

    put(key, body, { maxBytes }) {
      const target = validKey(key)
      return storeInParts(
        {
          putWhole: async (bytes) => done(await send({ method: 'PUT', key: target, body: bytes })),
          begin: () => beginUpload(send, target),
        },
        body,
        maxBytes,
      )
    },

    async get(key, range) {
      const headers: Record<string, string> = range ? { Range: `bytes=${range.start}-${range.end}` } : {}
      const answer = await send({ method: 'GET', key: validKey(key), headers, expects: [404, 416] })
      if (answer.status === 404) return absent(answer)
      if (answer.status === 416) {
        await done(answer)
        const found = await this.head(key)
        return found && { size: found.size, body: new Blob().stream() }
      }
      const total = answer.headers.get('content-range')?.split('/')[1] ?? answer.headers.get('content-length')
      return { size: Number(total), body: bodyOf(answer) }
    },

    async head(key) {
      const answer = await send({ method: 'HEAD', key: validKey(key), expects: [404] })
      await done(answer)
      return answer.status === 404 ? undefined : { size: Number(answer.headers.get('content-length')) }
    },

    async delete(key) {
      await done(await send({ method: 'DELETE', key: validKey(key), expects: [404] }))
    },

    async move(from, to) {
      const headers = { 'x-amz-copy-source': `/${config.bucket}/${validKey(from)}` }
      const answer = await (await send({ method: 'PUT', key: validKey(to), headers })).text()
      // It may begin with 200 and end with an error.
      if (answer.includes('<Error>')) throw new Error(`S3 did not copy the file: ${answer.slice(0, 300)}`)
      await this.delete(from)
    },

    async *list(prefix) {
      for (let token: string | undefined; ; ) {
        const query = { 'list-type': '2', prefix, ...(token ? { 'continuation-token': token } : {}) }
        const xml = await (await send({ method: 'GET', query })).text()
        for (const [, entry = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
          const key = xmlValue(entry, 'Key') ?? ''
          // What is not ours in the bucket is not named: nobody may take it for a file without a row.
          if (isKey(key)) yield { key, modifiedAt: new Date(xmlValue(entry, 'LastModified') ?? '') }
        }
        token = xmlValue(xml, 'NextContinuationToken')
        if (!token || xmlValue(xml, 'IsTruncated') !== 'true') return
      }
    },
  }
}

type Send = (request: S3Request) => Promise<Response>

/** A multipart upload (CreateMultipartUpload, UploadPart, CompleteMultipartUpload, AbortMultipartUpload). */
async function beginUpload(send: Send, key: string): Promise<PartUpload> {
  const begun = await (await send({ method: 'POST', key, query: { uploads: '' } })).text()
  const uploadId = xmlValue(begun, 'UploadId')
  if (!uploadId) throw new Error(`S3 began no upload: ${begun.slice(0, 200)}`)
  return {
    async uploadPart(partNumber, body) {
      const answer = await send({ method: 'PUT', key, query: { partNumber: String(partNumber), uploadId }, body })
      await done(answer)
      return { partNumber, etag: answer.headers.get('etag') ?? '' }
    },
    async complete(parts) {
      const listed = parts.map(
        (part) => `<Part><PartNumber>${part.partNumber}</PartNumber><ETag>${part.etag}</ETag></Part>`,
      )
      const body = `<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`
      const answer = await (await send({ method: 'POST', key, query: { uploadId }, body })).text()
      // It may begin with 200 and end with an error.
      if (answer.includes('<Error>')) throw new Error(`S3 did not put the parts together: ${answer.slice(0, 300)}`)
    },
    async abort() {
      await done(await send({ method: 'DELETE', key, query: { uploadId }, expects: [404] }))
    },
  }
}

// Node cancels the body of an answer that was collected as garbage, and who reads it then finds it empty: as long as the
// body is held, so is its answer.
const answers = new WeakMap<ReadableStream<Uint8Array>, Response>()

function bodyOf(answer: Response): ReadableStream<Uint8Array> {
  const body = (answer.body as ReadableStream<Uint8Array> | null) ?? new Blob().stream()
  answers.set(body, answer)
  return body
}

/** An answer whose body says nothing: left unread, it would hold its connection. */
async function done(answer: Response): Promise<void> {
  await answer.body?.cancel()
}

async function absent(answer: Response): Promise<undefined> {
  const code = xmlValue(await answer.text(), 'Code')
  if (code && code !== 'NoSuchKey') throw Object.assign(new Error(`S3 answered ${code}`), { code: 'CONNECTION_S3' })
  return undefined
}
