import { sizeInWords } from '../../../features/files/rules.ts'
import { ask, type Reply } from './ask.ts'
import { type Begun, isBeginning } from './begun.ts'
import type { Line } from './line.ts'
import { readyToRetry } from './retry.ts'
import type { UploadTexts } from './texts.ts'

const KB = 1024
const [SMALLEST, FIRST, LARGEST] = [64 * KB, 512 * KB, 4096 * KB]
/** A piece sent within this time may be followed by one twice its size. */
const QUICK_MS = 4000
/** How long to wait before the server is asked again whether it has put the pieces together. */
const CHECK_MS = 2000

export interface Sending {
  file: File
  /** Uploads begun before that may be this file. */
  begun: Begun[]
  /** Told of the one that is: no other file goes on with it. */
  taken: (one: Begun) => void
  /** All of it is there, and the look at it takes long. */
  arrived: () => void
  /** Where new uploads are made. */
  at: string
  line: Line
  texts: UploadTexts
  signal: AbortSignal
}

/**
 * Sends one file in pieces until it is kept or refused. What cuts it, it goes on from where the server says that it stands;
 * it never gives up by itself.
 */
export async function send(sending: Sending): Promise<'kept' | 'refused' | 'cancelled'> {
  const { file, begun, at, line, texts, signal } = sending
  const { size } = file
  const left = [...begun]
  let url: string | undefined
  let key = newKey()
  let offset = 0
  let sure = true
  let piece = FIRST
  let failures = 0
  // Some networks let no PATCH through; tus allows POST for it.
  let byPost = false

  const words = (text: string) => {
    const locale = document.documentElement.lang === 'en' ? 'en' : 'vi'
    return text.replace('{received}', sizeInWords(offset, locale)).replace('{size}', sizeInWords(size, locale))
  }
  const sent = (bytes: number) => {
    const share = size ? (offset + bytes) / size : 1
    const percent = `${Math.floor(share * 100)}%`
    line.progress(share, share < 1 ? texts.sending.replace('{percent}', percent) : texts.checking)
  }
  const refuse = (text = texts.failed) => {
    line.say(text, 'bad')
    return 'refused' as const
  }

  const next = (): Promise<Reply> => {
    const [one] = left
    if (!url && one) return ask('GET', one.url, { signal })
    if (!url) {
      const metadata = `filename ${base64(file.name)},lastmodified ${base64(String(file.lastModified))}`
      const headers = { 'Upload-Length': String(size), 'Upload-Metadata': metadata, 'Idempotency-Key': key }
      return ask('POST', at, { headers, signal })
    }
    if (!sure) return ask('HEAD', url, { signal })
    return ask(byPost ? 'POST' : 'PATCH', url, {
      headers: {
        'Content-Type': 'application/offset+octet-stream',
        'Upload-Offset': String(offset),
        ...(byPost ? { 'X-HTTP-Method-Override': 'PATCH' } : {}),
      },
      body: file.slice(offset, offset + piece),
      signal,
      onSent: sent,
    })
  }

  line.say(texts.connecting)
  for (;;) {
    const since = performance.now()
    const [looking, creating] = [!url && left.length > 0, !url && !left.length]
    const reply = await next()
    const quick = performance.now() - since < QUICK_MS
    if (signal.aborted) {
      if (url) void ask('DELETE', url)
      return 'cancelled'
    }
    const { status } = reply
    if ((status === 405 || status === 501) && !byPost) byPost = true
    else if (status === 0 || status === 429 || status >= 500) {
      if (!(await readable(file, offset))) return refuse(texts.unreadable)
      const cut = offset === 0 ? texts.cutNone : texts.cut
      line.say(words(status >= 500 ? (reply.body?.text ?? texts.busy) : status ? texts.busy : cut), 'cut')
      sure = false
      piece = Math.max(SMALLEST, piece / 2)
      await readyToRetry(failures++, line, signal)
    } else if (looking) {
      const one = left.shift() as Begun
      if (status !== 200 || !(await isBeginning(file, one, reply))) continue
      url = one.url
      offset = reply.offset ?? 0
      one.item.remove()
      sending.taken(one)
      line.say(words(texts.resumed))
    } else if (url && (status === 404 || status === 410)) {
      // Discarded, or its days are over: it begins anew.
      url = undefined
      offset = 0
      key = newKey()
    } else if (reply.offset !== undefined && (status < 400 || reply.body?.code === 'upload_offset')) {
      url ??= reply.location ?? undefined
      const further = reply.offset > offset
      offset = reply.offset
      sure = true
      if (further) failures = 0
      if (further && quick && !creating) piece = Math.min(LARGEST, piece * 2)
      if (offset < size) continue
      sent(0)
      if (reply.state === 'kept') {
        line.say(texts.kept, 'ok')
        return 'kept'
      }
      if (reply.state === 'checking') {
        line.progress(1, texts.arrived)
        sending.arrived()
      }
      if (!further) await new Promise((resolve) => setTimeout(resolve, CHECK_MS))
    } else return refuse(reply.body?.text)
  }
}

/** The device may take a file away while it is being sent: a picture in the cloud, a memory card. */
async function readable(file: File, offset: number): Promise<boolean> {
  return file
    .slice(offset, offset + 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    )
}

// Not crypto.randomUUID: that is there over https alone.
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('-')
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
