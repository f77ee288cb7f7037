import { DomainError } from '../errors.ts'
import type { Scanner, ScanResult } from '../features/files/schema.ts'
import { type ClamdAddress, type ClamdLimits, type ClamdTalk, talkToClamd } from './clamd-talk.ts'

/** Clamd's own MaxScanTime is two minutes. */
const usual: ClamdLimits = { connectMs: 3_000, idleMs: 150_000 }
/** A ping is answered beside all scans. */
const PING_MS = 20_000

/**
 * Viruses by clamd, ClamAV's daemon, over its INSTREAM command (clamd(8)): a connection a file, four bytes of length before each
 * piece, a length of zero at the end. The file is never held whole.
 */
export function createClamd(address: ClamdAddress, limits: ClamdLimits = usual): Scanner {
  const ping = async () => {
    const talk = await talkToClamd(address, { ...limits, idleMs: Math.min(limits.idleMs, PING_MS) })
    try {
      await talk.send('zPING\0')
      const reply = await talk.reply()
      if (reply !== 'PONG') throw new Error(`it said “${reply}”`)
    } finally {
      talk.end()
    }
  }

  return {
    async scan(body) {
      const reader = body.getReader()
      let sent = 0
      let talk: ClamdTalk | undefined
      try {
        talk = await talkToClamd(address, limits).catch(unreachable)
        await talk.send('zINSTREAM\0').catch(unreachable)
        for (;;) {
          const { done, value } = await reader.read()
          if (done) return readReply(await endStream(talk))
          // It answers early where it takes no more.
          if (talk.answered()) return readReply(await talk.reply())
          if (value.byteLength === 0) continue
          const cut = await talk.send(length(value.byteLength), value).catch((error: Error) => error)
          if (cut) return await whyCut(talk, cut, sent, ping)
          sent += value.byteLength
        }
      } catch (error) {
        await reader.cancel(error).catch(() => undefined)
        throw error
      } finally {
        talk?.end()
      }
    },
    ping: () => ping().catch(unreachable),
  }
}

function endStream(talk: ClamdTalk): Promise<string> {
  return talk
    .send(length(0))
    .then(() => talk.reply())
    .catch(unreachable)
}

/** A connection cut in the middle of a file: one that takes no more often resets it, and its words are lost. */
async function whyCut(talk: ClamdTalk, cut: Error, sent: number, ping: () => Promise<void>): Promise<ScanResult> {
  const said = await talk.reply().catch(() => undefined)
  if (said !== undefined) return readReply(said)
  await ping().catch(() => unreachable(cut))
  return { outcome: 'refused', reply: `the connection was cut after ${sent} bytes (StreamMaxLength?)` }
}

/** `stream: OK`, `stream: Win.Test.EICAR_HDB-1 FOUND`, `INSTREAM size limit exceeded. ERROR`. */
function readReply(reply: string): ScanResult {
  const words = reply.replace(/^stream: /, '')
  if (words === 'OK') return { outcome: 'clean' }
  const found = /^(.+) FOUND$/.exec(words)?.[1]
  if (found) return { outcome: 'found', name: found.slice(0, 200) }
  return { outcome: 'refused', reply: words.slice(0, 200) }
}

/** Four bytes, the highest first. */
function length(bytes: number): Uint8Array {
  const field = new Uint8Array(4)
  new DataView(field.buffer).setUint32(0, bytes)
  return field
}

function unreachable(cause: unknown): never {
  if (cause instanceof DomainError) throw cause
  throw new DomainError('unavailable', { detail: 'scanner', cause })
}
