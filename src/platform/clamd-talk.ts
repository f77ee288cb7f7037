import { createConnection, type Socket } from 'node:net'

/** Where clamd listens. */
export type ClamdAddress = { host: string; port: number } | { path: string }

/** How long it may take to be there, and to go on after the last byte it took or gave, in milliseconds. */
export interface ClamdLimits {
  connectMs: number
  idleMs: number
}

/** One connection: commands go out, one answer comes back. */
export interface ClamdTalk {
  /** Waits until all is on its way, so that no more than this lies in memory. @throws Error cut, or not taken in time */
  send(...pieces: (string | Uint8Array)[]): Promise<void>
  /** The answer without its NUL. @throws Error where the connection ends before it, or none comes in time */
  reply(): Promise<string>
  /** Whether an answer, or the end, is there already. */
  answered(): boolean
  end(): void
}

/** The longest answer that is read; clamd's own have a line. */
const MAX_REPLY = 4096

/** @throws Error where nobody answers there in time */
export async function talkToClamd(address: ClamdAddress, { connectMs, idleMs }: ClamdLimits): Promise<ClamdTalk> {
  const socket = createConnection(address)
  let over = false
  const answer = firstAnswer(socket).finally(() => {
    over = true
  })
  // Asked for later, or never.
  answer.catch(() => undefined)
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  await within(socket, connectMs, connected, 'it does not answer')
  return {
    send: (...pieces) => within(socket, idleMs, written(socket, pieces), 'it takes nothing more'),
    reply: () => within(socket, idleMs, answer, 'it gives no answer'),
    answered: () => over,
    end: () => void socket.destroy(),
  }
}

function written(socket: Socket, pieces: (string | Uint8Array)[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const last = pieces.length - 1
    pieces.forEach((piece, i) => {
      socket.write(piece, (error) => {
        if (error) reject(error)
        else if (i === last) resolve()
      })
    })
  })
}

function firstAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (piece: string) => {
      text += piece
      const end = text.indexOf('\0')
      if (end >= 0) resolve(text.slice(0, end))
      else if (text.length > MAX_REPLY) reject(new Error('it says too much'))
    })
    socket.on('error', reject)
    socket.once('close', () => reject(new Error('it closed the connection')))
  })
}

/** Ends the connection where something takes too long. */
async function within<T>(socket: Socket, ms: number, work: Promise<T>, late: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${late} (${ms / 1000} s)`)), ms)
  })
  try {
    return await Promise.race([work, limit])
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
