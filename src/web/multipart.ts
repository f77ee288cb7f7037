import { DomainError } from '../errors.ts'
import { type ByteQueue, createByteQueue } from './byte-queue.ts'

/** One part of multipart/form-data (RFC 7578). Its body is read, or thrown away, before the next part comes. */
export interface Part {
  name: string
  /** As the sender wrote it; undefined for a field. */
  filename: string | undefined
  body: ReadableStream<Uint8Array>
}

export interface MultipartLimits {
  /** Of the whole body, files and all between them. */
  maxBytes: number
  maxParts: number
}

const MAX_HEADERS = 8 * 1024
/** After the last delimiter; a line break may follow, or not. */
const DASHES = new TextEncoder().encode('--')

/**
 * The parts of a form that carries files, one after another; nothing is held but a few kilobytes. A body that is declared
 * too large is refused before a byte is read.
 * @throws DomainError media_type, too_large, bad_request (detail `multipart`: not what it claims to be; `upload_cut`: it
 * ended too early)
 */
export async function* readMultipart(request: Request, limits: MultipartLimits): AsyncGenerator<Part> {
  const boundary = boundaryOf(request.headers.get('content-type') ?? '')
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > limits.maxBytes) throw tooLarge(limits)
  if (!request.body) throw malformed()
  const queue = createByteQueue(request.body, () => tooLarge(limits), limits.maxBytes)
  try {
    yield* parts(queue, boundary, limits)
  } finally {
    await queue.cancel()
  }
}

async function* parts(queue: ByteQueue, boundary: string, limits: MultipartLimits): AsyncGenerator<Part> {
  const delimiter = new TextEncoder().encode(`\r\n--${boundary}`)
  // The first delimiter may stand without the line break that belongs to it (RFC 2046 section 5.1.1).
  if (!(await queue.startsWith(delimiter.subarray(2)))) {
    if (!(await queue.startsWith(delimiter))) throw malformed()
    queue.drop(2)
  }
  queue.drop(delimiter.byteLength - 2)
  for (let count = 1; ; count++) {
    if (await queue.startsWith(DASHES)) return
    if ((await queue.line(MAX_HEADERS)).trim() !== '' || count > limits.maxParts) throw malformed()
    const head = await readHead(queue)
    const body = bodyUntil(queue, delimiter)
    yield { ...head, body: body.stream }
    await body.finish()
    queue.drop(delimiter.byteLength)
  }
}

async function readHead(queue: ByteQueue): Promise<{ name: string; filename: string | undefined }> {
  let left = MAX_HEADERS
  let disposition = ''
  for (;;) {
    const line = await queue.line(left)
    if (line === '') break
    left -= line.length + 2
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*)$/s.exec(line) ?? []
    if (!name || value === undefined) throw malformed()
    if (/^content-disposition$/i.test(name)) disposition = value
    if (/^content-transfer-encoding$/i.test(name) && !/^(7bit|8bit|binary)$/i.test(value.trim())) throw malformed()
  }
  const name = parameter(disposition, 'name')
  if (!/^form-data\s*;/i.test(disposition) || name === undefined) throw malformed()
  return { name, filename: parameter(disposition, 'filename') }
}

/** A parameter as browsers write it: `%22`, `%0D`, `%0A` for what would end it (HTML, multipart form data); curl writes `\"`. */
function parameter(disposition: string, wanted: string): string | undefined {
  const [, quoted, bare] =
    new RegExp(`;\\s*${wanted}=(?:"((?:\\\\["\\\\]|[^"])*)"|([^\\s;"]+))`, 'i').exec(disposition) ?? []
  return (
    quoted
      ?.replace(/\\(["\\])/g, '$1')
      .replace(/%22/g, '"')
      .replace(/%0D/gi, '\r')
      .replace(/%0A/gi, '\n') ?? bare
  )
}

function bodyUntil(queue: ByteQueue, delimiter: Uint8Array) {
  let ended = false
  const next = async () => {
    const chunk = ended ? undefined : await queue.takeUntil(delimiter)
    if (!chunk) ended = true
    return chunk
  }
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await next()
        if (chunk) controller.enqueue(chunk)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  return {
    stream,
    async finish() {
      while (await next());
    },
  }
}

function boundaryOf(type: string): string {
  if (!/^multipart\/form-data\s*(;|$)/i.test(type)) throw new DomainError('media_type')
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i.exec(type) ?? []
  const boundary = quoted ?? bare ?? ''
  if (!/^[\w'()+,./:=? -]*[\w'()+,./:=?-]$/.test(boundary)) throw malformed()
  return boundary
}

function tooLarge({ maxBytes }: MultipartLimits): DomainError {
  return new DomainError('too_large', { params: { maxBytes } })
}

function malformed(): DomainError {
  return new DomainError('bad_request', { detail: 'multipart' })
}

/** The text of a field, at most 64 KB. @throws DomainError too_large */
export async function readField(part: Part): Promise<string> {
  const max = 64 * 1024
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of part.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > max) throw new DomainError('too_large', { params: { maxBytes: max } })
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
