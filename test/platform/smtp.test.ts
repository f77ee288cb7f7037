import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createSmtpMailer } from '../../src/platform/smtp.ts'
import { calendarRequest, outgoing } from '../support/mail.ts'
import { startSmtp, type TestSmtp } from '../support/smtp.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})
const server = async (...args: Parameters<typeof startSmtp>): Promise<TestSmtp> => {
  const smtp = await startSmtp(...args)
  open.push(() => smtp.close())
  return smtp
}
const mailer = (...args: Parameters<typeof createSmtpMailer>) => {
  const made = createSmtpMailer(...args)
  open.push(() => made.close())
  return made
}

/** A server that says these lines, one each time it is spoken to, then nothing more. */
async function mute(
  greeting: string | null,
  answer: (line: string, socket: Socket) => void = () => {},
): Promise<string> {
  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    if (greeting) socket.write(`${greeting}\r\n`)
    socket.on('data', (data) => answer(data.toString(), socket))
  })
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  open.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => tcp.close(resolve))
  })
  return `smtp://127.0.0.1:${(tcp.address() as { port: number }).port}`
}

describe('sending over SMTP', () => {
  it('delivers, and tells what the server said', async () => {
    const smtp = await server()
    const result = await mailer(smtp.url).send(outgoing({ calendar: { method: 'REQUEST', content: calendarRequest } }))
    expect(result).toEqual({ outcome: 'sent', reply: '250 kept' })
    expect(smtp.received[0]).toMatchObject({
      from: 'vanphong@mau.example',
      to: 'thuy@mau.example',
      messageId: '<1@mau.example>',
    })
    expect(smtp.received[0]!.raw).toContain('text/calendar; charset=UTF-8; method=REQUEST')
  })

  it('sends to the stored address alone, whatever the name looks like', async () => {
    const smtp = await server()
    await mailer(smtp.url).send(
      outgoing({ to: { name: 'x <bad@evil.example>, y@evil.example', address: 'thuy@mau.example' } }),
    )
    expect(smtp.received.map((m) => m.to)).toEqual(['thuy@mau.example'])
  })

  it.each([
    ['550 5.1.1 no such mailbox', 'permanent'],
    ['552 5.2.2 mailbox full', 'permanent'],
    ['451 4.7.1 greylisted, come back', 'temporary'],
    ['530 5.7.0 authentication required', 'temporary'],
  ])('takes “%s” for a recipient as %s', async (reply, outcome) => {
    const smtp = await server({ rcpt: () => reply })
    const result = await mailer(smtp.url).send(outgoing())
    expect(result.outcome).toBe(outcome)
    expect(result.reply).toContain(reply)
  })

  it('takes a refusal of the content as permanent, and the next message flows over the same connection', async () => {
    let refuse = true
    const smtp = await server({ data: () => (refuse ? '554 5.6.0 looks like spam' : undefined) })
    const out = mailer(smtp.url)
    expect((await out.send(outgoing())).outcome).toBe('permanent')
    refuse = false
    expect((await out.send(outgoing())).outcome).toBe('sent')
  })

  it('waits for another day where nobody listens', async () => {
    const result = await mailer('smtp://127.0.0.1:1').send(outgoing())
    expect(result.outcome).toBe('temporary')
    expect(result.reply).toMatch(/ECONNREFUSED|ESOCKET/)
  })

  it('waits where the server turns everybody away at the door', async () => {
    const url = await mute('554 5.3.2 no service here')
    expect((await mailer(url, { connection: 1, greeting: 1, socket: 1 }).send(outgoing())).outcome).toBe('temporary')
  })

  it('waits where the server closes with 421 in the middle', async () => {
    const url = await mute('220 ready', (line, socket) => {
      if (line.startsWith('EHLO')) socket.write('250 hello\r\n')
      else socket.end('421 4.3.2 shutting down\r\n')
    })
    const result = await mailer(url, { connection: 1, greeting: 1, socket: 1, message: 5 }).send(outgoing())
    expect(result.outcome).toBe('temporary')
  })

  it('gives up on a server that falls silent, before or after its greeting', async () => {
    for (const greeting of [null, '220 ready']) {
      const started = performance.now()
      const result = await mailer(await mute(greeting), { connection: 0.3, greeting: 0.3, socket: 0.3 }).send(
        outgoing(),
      )
      expect(result.outcome).toBe('temporary')
      expect(performance.now() - started).toBeLessThan(3000)
    }
  })

  it('gives up on a server that trickles its answer for ever', async () => {
    const url = await mute('220 ready', (line, socket) => {
      if (!line.startsWith('EHLO')) return
      const timer = setInterval(() => socket.write('250-x\r\n'), 50)
      socket.on('close', () => clearInterval(timer))
    })
    const started = performance.now()
    const result = await mailer(url, { message: 0.5 }).send(outgoing())
    expect(result.outcome).toBe('temporary')
    expect(performance.now() - started).toBeLessThan(3000)
  })

  it('keeps the password of its address out of every reply', async () => {
    const result = await mailer('smtp://user:geheim@127.0.0.1:1').send(outgoing())
    expect(result.reply).not.toContain('geheim')
  })
})
