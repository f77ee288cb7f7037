import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DomainError } from '../../src/errors.ts'
import { collect } from '../../src/features/files/bytes.ts'
import { readField, readMultipart } from '../../src/web/multipart.ts'

const limits = { maxBytes: 1024 * 1024, maxParts: 5 }

function request(
  body: string | Uint8Array,
  options: { boundary?: string; type?: string; chunk?: number; length?: number } = {},
): Request {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body
  const step = options.chunk ?? bytes.byteLength + 1
  let at = 0
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.byteLength) return controller.close()
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + step)))
      at += step
    },
  })
  const headers: Record<string, string> = {
    'content-type': options.type ?? `multipart/form-data; boundary=${options.boundary ?? 'XX'}`,
  }
  if (options.length !== undefined) headers['content-length'] = String(options.length)
  return new Request('http://a/', { method: 'POST', body: stream, headers, duplex: 'half' } as RequestInit)
}

async function read(req: Request): Promise<{ name: string; filename: string | undefined; text: string }[]> {
  const parts = []
  for await (const part of readMultipart(req, limits)) {
    parts.push({
      name: part.name,
      filename: part.filename,
      text: Buffer.from(await collect(part.body, 1e7)).toString('latin1'),
    })
  }
  return parts
}

async function refusal(req: Request): Promise<string> {
  try {
    await read(req)
    return 'taken'
  } catch (error) {
    return error instanceof DomainError ? `${error.code} ${error.detail ?? ''}`.trim() : String(error)
  }
}

const part = (head: string, body: string) => `--XX\r\n${head}\r\n\r\n${body}\r\n`
const field = part('Content-Disposition: form-data; name="note"', 'hello')
const file = part(
  'Content-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf',
  '%PDF\r\n--X\r\n',
)

describe('a form with files', () => {
  it.each([1, 2, 3, 7, 64, undefined])('is read part by part, in pieces of %s bytes', async (chunk) => {
    expect(await read(request(`${field}${file}--XX--\r\n`, { chunk }))).toEqual([
      { name: 'note', filename: undefined, text: 'hello' },
      { name: 'file', filename: 'a.pdf', text: '%PDF\r\n--X\r\n' },
    ])
  })

  it('is read as a browser writes it', async () => {
    const form = new FormData()
    form.append('note', 'Kính gửi')
    form.append('file', new File([new Uint8Array(100_000).fill(13)], 'Tham "luận".docx'))
    const sent = new Request('http://a/', { method: 'POST', body: form })
    const parts: string[] = []
    for await (const each of readMultipart(sent, limits)) {
      parts.push(
        each.filename ? `${each.filename} ${(await collect(each.body, 1e6)).byteLength}` : await readField(each),
      )
    }
    expect(parts).toEqual(['Kính gửi', 'Tham "luận".docx 100000'])
  })

  it('may end without a last line break, and may be skipped unread', async () => {
    const names: string[] = []
    for await (const each of readMultipart(request(`${file}${field}--XX--`), limits)) names.push(each.name)
    expect(names).toEqual(['file', 'note'])
  })

  it('gives any content back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('\r', '\n', '-', 'X', '--XX', '\r\n--X', 'a'), { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        async (pieces, chunk) => {
          let content = pieces.join('')
          // What stands around one that is taken out may be another.
          while (content.includes('\r\n--XX')) content = content.replaceAll('\r\n--XX', '')
          const [got] = await read(
            request(`${part('Content-Disposition: form-data; name="file"; filename="a"', content)}--XX--\r\n`, {
              chunk,
            }),
          )
          expect(got?.text).toBe(content)
        },
      ),
    )
  })

  it.each([
    ['another type', request('a=b', { type: 'application/x-www-form-urlencoded' }), 'media_type'],
    ['no boundary', request('', { type: 'multipart/form-data' }), 'bad_request multipart'],
    ['a boundary of 100 letters', request('', { boundary: 'x'.repeat(100) }), 'bad_request multipart'],
    ['something before the first part', request(`hello${field}--XX--`), 'bad_request multipart'],
    ['a part without a name', request(`${part('Content-Disposition: form-data', 'x')}--XX--`), 'bad_request multipart'],
    ['a header that is none', request(`${part('nonsense', 'x')}--XX--`), 'bad_request multipart'],
    [
      'a transfer encoding',
      request(`${part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64', 'eA==')}--XX--`),
      'bad_request multipart',
    ],
    ['endless headers', request(`--XX\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`), 'bad_request multipart'],
    [
      'endless headers without a line break',
      request(`--XX\r\n${'x'.repeat(600_000)}`, { chunk: 10_000 }),
      'bad_request multipart',
    ],
    ['too many parts', request(`${field.repeat(6)}--XX--`), 'bad_request multipart'],
    ['an end in the middle of a file', request(file.slice(0, -4)), 'bad_request upload_cut'],
    ['an end after a part', request(field), 'bad_request upload_cut'],
    ['nothing', request(''), 'bad_request upload_cut'],
    ['too much, as declared', request('', { length: 2 ** 31 }), 'too_large'],
    [
      'too much, as counted',
      request(`--XX\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n${'x'.repeat(1_100_000)}`, {
        chunk: 65536,
      }),
      'too_large',
    ],
  ])('is refused for %s', async (_, req, code) => {
    expect(await refusal(req)).toBe(code)
  })

  it('is not read on when its reader stops', async () => {
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (c) => c.enqueue(new TextEncoder().encode(file)),
      cancel() {
        cancelled = true
      },
    })
    const req = new Request('http://a/', {
      method: 'POST',
      body: endless,
      headers: { 'content-type': 'multipart/form-data; boundary=XX' },
      duplex: 'half',
    } as RequestInit)
    for await (const _ of readMultipart(req, limits)) break
    expect(cancelled).toBe(true)
  })

  it('does not hold more than one field of 64 KB', async () => {
    for await (const each of readMultipart(
      request(`${part('Content-Disposition: form-data; name="a"', 'x'.repeat(70_000))}--XX--`),
      limits,
    )) {
      await expect(readField(each)).rejects.toMatchObject({ code: 'too_large' })
      break
    }
  })
})
