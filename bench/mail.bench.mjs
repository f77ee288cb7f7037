// 1,000 invitations from one command to the last 250 of the server, against a bare nodemailer pool with the same content.
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { caller, connect, invitees, LINK_KEY, seminar } from './support/data.mjs'
import { startService } from './support/service.mjs'

const LETTERS = 1000
/** As many as the service opens. */
const CONNECTIONS = 5

/** Takes every letter, keeps what it holds. */
async function startSink() {
  const letters = []
  let wanted
  let arrived = () => {}
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const pieces = []
      const to = session.envelope.rcptTo[0]?.address
      stream.on('data', (piece) => pieces.push(piece))
      stream.on('end', () => {
        done()
        letters.push({ to, raw: Buffer.concat(pieces) })
        if (letters.length === wanted) arrived()
      })
    },
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `smtp://127.0.0.1:${server.server.address().port}`,
    letters,
    all: (count) =>
      new Promise((resolve) => {
        wanted = count
        arrived = resolve
        if (letters.length === count) resolve()
      }),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

export async function measure() {
  const sink = await startSink()
  const service = await startService({ LINK_KEY, LOG_LEVEL: 'error', SMTP_URL: sink.url })
  const sql = connect(service, { max: 2 })
  try {
    const { organizationId, call } = await caller(service, sql)
    const id = await seminar(sql, organizationId, { slug: 'bench-mail' })
    await invitees(sql, organizationId, id, LETTERS, { status: 'draft', email: true })
    const arrived = sink.all(LETTERS)
    const since = performance.now()
    const sent = await call('POST', `/seminars/${id}/mailing`, {})
    const commanded = (performance.now() - since) / 1000
    await arrived
    const took = (performance.now() - since) / 1000

    const letters = sink.letters.splice(0)
    const pool = createTransport({ url: sink.url, pool: true, maxConnections: CONNECTIONS })
    const again = sink.all(LETTERS)
    const begun = performance.now()
    await Promise.all(
      letters.map(({ to, raw }) => pool.sendMail({ envelope: { from: 'hoithao@localhost', to: [to] }, raw })),
    )
    await again
    const baseline = (performance.now() - begun) / 1000
    pool.close()
    return [
      {
        name: 'mail.1000',
        value: took,
        baseline,
        unit: 's',
        notes: [
          `the command took ${commanded.toFixed(2)} s (${JSON.stringify(sent)}); ${Math.round(LETTERS / took)} letters a second in all`,
        ],
      },
    ]
  } finally {
    await sql.end()
    await service.stop()
    await sink.close()
  }
}
