import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface Received {
  from: string
  to: string
  raw: string
  messageId: string
}

/** What the server says of a recipient, or of a message; nothing means yes. */
export interface SmtpScript {
  /** A greeting that turns the connection away. */
  greeting?: () => string | undefined
  from?: (address: string) => string | undefined
  rcpt?: (address: string) => string | undefined | Promise<string | undefined>
  data?: (message: Received) => string | undefined | Promise<string | undefined>
}

export interface TestSmtp {
  url: string
  received: Received[]
  close(): Promise<void>
}

/** A real mail server on loopback. A script's text is the reply, e.g. `550 5.1.1 no such mailbox`. */
export async function startSmtp(script: SmtpScript = {}): Promise<TestSmtp> {
  const received: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onConnect(_session, callback) {
      const reply = script.greeting?.()
      callback(reply ? refusal(reply) : undefined)
    },
    onMailFrom(address, _session, callback) {
      const reply = script.from?.(address.address)
      callback(reply ? refusal(reply) : undefined)
    },
    onRcptTo(address, _session, callback) {
      void Promise.resolve(script.rcpt?.(address.address)).then((reply) => callback(reply ? refusal(reply) : undefined))
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8')
        const message = {
          from: (session.envelope.mailFrom as { address: string }).address,
          to: session.envelope.rcptTo[0]?.address as string,
          raw,
          messageId: raw.match(/^Message-ID: *(<[^>]+>)/im)?.[1] ?? '',
        }
        void Promise.resolve(script.data?.(message)).then((reply) => {
          if (reply) return callback(refusal(reply))
          received.push(message)
          callback(null, 'kept' as never)
        })
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function refusal(reply: string): Error {
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) })
}
