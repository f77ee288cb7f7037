import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import type { S3Config } from '../config.ts'
import { DomainError } from '../errors.ts'

/** Of one request until its answer begins: a part of 8 MB on a slow line included. */
const TIMEOUT_MS = 120_000
/** S3 asks its callers to try again after 5xx, 429 and broken connections. */
const TRIES = 4
const PAUSE_MS = 200

export interface S3Request {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  key?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: Uint8Array<ArrayBuffer> | string
  /** Statuses that the caller understands, besides 2xx. */
  expects?: number[]
}

/**
 * Signed requests to one bucket, by path-style addresses, which every S3 server knows. What is sent is named by its
 * SHA-256, so that bytes that change on their way are refused.
 * @returns a sender. @throws DomainError storage_full; Error in words that name the variable to look at
 */
export function createS3Requests(config: S3Config): (request: S3Request) => Promise<Response> {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = config
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 })
  const base = `${endpoint.replace(/(?<!\/)\/+$/, '')}/${encodeURIComponent(bucket)}`

  async function once({ method, key, query = {}, headers = {}, body = '' }: S3Request): Promise<Response> {
    const search = new URLSearchParams(query).toString()
    const sha256 = createHash('sha256').update(body).digest('hex')
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS)
    try {
      return await client.fetch(`${base}${key ? `/${key}` : ''}${search ? `?${search}` : ''}`, {
        method,
        headers: { ...headers, 'X-Amz-Content-Sha256': sha256 },
        ...(method === 'PUT' || method === 'POST' ? { body } : {}),
        signal: late.signal,
      })
    } finally {
      clearTimeout(timer)
    }
  }

  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await once(request).catch((error: unknown) => error as Error)
      if (!(answer instanceof Error) && (answer.ok || request.expects?.includes(answer.status))) return answer
      const again = answer instanceof Error || (answer.status >= 500 && answer.status !== 507) || answer.status === 429
      if (!again || attempt === TRIES) throw await inWords(config, answer)
      if (!(answer instanceof Error)) await answer.body?.cancel()
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** attempt * Math.random()))
    }
  }
}

/** What one element of an answer holds; the first of that name. */
export function xmlValue(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
}

const HINTS: Record<string, string> = {
  InvalidAccessKeyId: 'look at S3_ACCESS_KEY_ID',
  SignatureDoesNotMatch: 'look at S3_SECRET_ACCESS_KEY and S3_REGION',
  AuthorizationHeaderMalformed: 'look at S3_REGION',
  AccessDenied: 'the key may not do this in S3_BUCKET',
  NoSuchBucket: 'look at S3_BUCKET',
  RequestTimeTooSkewed: "look at this machine's clock",
}

/** Why a request failed. The code makes a page answer 503: the store is away, the request was none the worse. */
async function inWords({ endpoint, bucket }: S3Config, answer: Response | Error): Promise<Error> {
  const where = `S3 (${new URL(endpoint).host}, bucket ${bucket})`
  const failed = (words: string, cause?: unknown) =>
    Object.assign(new Error(`${where}: ${words}`, { cause }), { code: 'CONNECTION_S3' })
  if (answer instanceof Error) {
    const { message, cause } = answer as Error & { cause?: Error & { code?: string } }
    return failed(`cannot be reached: ${cause?.code ?? cause?.message ?? message}`, answer)
  }
  const body = (await answer.text().catch(() => '')).slice(0, 4000)
  const code = xmlValue(body, 'Code') ?? ''
  if (answer.status === 507 || /Quota|StorageFull/i.test(code)) return new DomainError('storage_full')
  // HEAD has no body to say why.
  const hint = HINTS[code] ?? (answer.status === 403 && !code ? 'look at the keys and S3_REGION' : undefined)
  return failed(
    `answered ${[answer.status, code, xmlValue(body, 'Message')].filter(Boolean).join(' ')}${hint ? `; ${hint}` : ''}`,
  )
}
