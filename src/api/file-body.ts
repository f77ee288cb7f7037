import { z } from '@hono/zod-openapi'
import { DomainError } from '../errors.ts'
import { dispositionName } from '../http/disposition.ts'
import { changeHeaders, problem, problems } from './schemas.ts'

/** Bytes as they are (OpenAPI 3.1 section 4.8.14: a schema without a type). */
const bytes = z.any().meta({ format: 'binary' })

/** A body that is one file, of whatever type its content says. */
export const fileBody = { required: true as const, content: { 'application/octet-stream': { schema: bytes } } }

/** A file as an answer, in one of these types. */
export function fileAnswer(description: string, mediaTypes: readonly string[]) {
  const headers = {
    ETag: { schema: { type: 'string' as const } },
    'Accept-Ranges': { schema: { type: 'string' as const, enum: ['bytes'] } },
    'Content-Disposition': { schema: { type: 'string' as const } },
  }
  return { description, headers, content: Object.fromEntries(mediaTypes.map((type) => [type, { schema: bytes }])) }
}

/** What a route that takes a file may refuse. */
export function fileProblems() {
  return { ...problems(404, 409), 503: problem('unavailable, storage_full') }
}

/** How a file that is sent is called, in the address or by Content-Disposition; which type its sender thinks it has counts for nothing. */
export const nameQuery = z.object({ name: z.string().max(200, 'too_long').optional() })
export const fileHeaders = changeHeaders.extend({ 'content-disposition': z.string().optional() })

/** The name that was sent: the address before the header. */
export function sentName(
  query: { name?: string | undefined },
  headers: { 'content-disposition'?: string | undefined },
) {
  return query.name ?? dispositionName(headers['content-disposition'])
}

/**
 * The body of a request as a stream; one that breaks off is the sender's fault, not ours. Declared too large, it is refused
 * before a byte is read, and so is a form. @throws DomainError media_type (file_multipart), too_large; while it is read bad_request (upload_cut)
 */
export function streamOf(request: Request, maxBytes: number): ReadableStream<Uint8Array> {
  if (/^\s*multipart\//i.test(request.headers.get('content-type') ?? ''))
    throw new DomainError('media_type', { detail: 'file_multipart' })
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes)
    throw new DomainError('too_large', { params: { maxBytes } })
  const reader = (request.body ?? new Blob().stream()).getReader()
  return new ReadableStream(
    {
      async pull(controller) {
        const next = await reader.read().catch((error: unknown) => {
          throw new DomainError('bad_request', { detail: 'upload_cut', cause: error })
        })
        if (next.done) controller.close()
        else controller.enqueue(next.value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
