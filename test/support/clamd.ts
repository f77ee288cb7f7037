import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createClamd } from '../../src/platform/clamd.ts'
import { pdf } from './office-files.ts'
import { freePort } from './server.ts'

/** The test file that every scanner is to find (eicar.org), put together here: as a whole a scanner would take this source away. */
export const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS', '-TEST-FILE!$H+H*'].join('')

/** A PDF as any other to our own checks, with that in it. */
export const infectedPdf = () => pdf({ object: `<< >>\n%${eicar}` })

const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']

/** Where clamd is installed, or undefined. */
export function findClamd(): string | undefined {
  return places
    .map((folder) => join(folder, 'clamd'))
    .find((file) => spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0)
}

export interface RealClamd {
  tcp: { host: string; port: number }
  unix: { path: string }
  close(): Promise<void>
}

/** ClamAV's own daemon on loopback and on a socket, with one signature of our own, made here: nothing is fetched. */
export async function startClamd(program: string, settings: Record<string, string> = {}): Promise<RealClamd> {
  const folder = await mkdtemp(join(tmpdir(), 'hoithao-clamd-'))
  const port = await freePort()
  const path = join(folder, 'clamd.sock')
  const hex = Buffer.from(eicar).toString('hex')
  await writeFile(join(folder, 'ours.ndb'), `Eicar-Of-The-Test:0:*:${hex}\n`)
  const all = {
    Foreground: 'yes',
    DatabaseDirectory: folder,
    LocalSocket: path,
    TCPAddr: '127.0.0.1',
    TCPSocket: String(port),
    MaxThreads: '4',
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} ${value}\n`)
  await writeFile(join(folder, 'clamd.conf'), lines.join(''))
  const child = spawn(program, [`--config-file=${join(folder, 'clamd.conf')}`], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const close = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.exitCode === null && child.kill('SIGTERM')) await ended
    await rm(folder, { recursive: true, force: true })
  }
  const started = { tcp: { host: '127.0.0.1', port }, unix: { path }, close }
  for (let i = 0; i < 1200; i++) {
    if (child.exitCode !== null) throw new Error(`clamd ended: ${said}`)
    const up = await createClamd(started.tcp)
      .ping()
      .then(
        () => true,
        () => false,
      )
    if (up) return started
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await close()
  throw new Error(`clamd does not answer: ${said}`)
}

/** How the test's scanner behaves. */
export interface Behaviour {
  /** clamd's StreamMaxLength, in bytes. */
  limit?: number
  /** Answers nothing. */
  silent?: boolean
  /** Closes the connection once so many bytes of a file have come, without a word. */
  cutAfter?: number
  /** Says this of every file. */
  says?: string
}

export interface TestClamd {
  address: { host: string; port: number }
  behaviour: Behaviour
  /** Every file that was sent whole, as its bytes. */
  scanned: Uint8Array[]
  close(): Promise<void>
}

/** A server that speaks clamd's protocol (PING, INSTREAM) over TCP, and finds EICAR: for machines without clamd, and for its moods. */
export async function startTestClamd(behaviour: Behaviour = {}): Promise<TestClamd> {
  const sockets = new Set<Socket>()
  const started: TestClamd = { address: { host: '127.0.0.1', port: 0 }, behaviour, scanned: [], close }
  const server = createServer((socket) => {
    sockets.add(socket)
    let bytes = Buffer.alloc(0)
    const file: Buffer[] = []
    let command: string | undefined
    let size = 0
    const answer = (reply: string) => (started.behaviour.silent ? undefined : socket.end(`${reply}\0`))
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      if (command === undefined) {
        const end = bytes.indexOf(0)
        if (end < 0) return
        command = bytes.subarray(0, end).toString()
        bytes = bytes.subarray(end + 1)
        if (command === 'zPING') return void answer('PONG')
        if (command !== 'zINSTREAM') return void answer('UNKNOWN COMMAND')
      }
      while (command === 'zINSTREAM' && bytes.length >= 4) {
        const length = bytes.readUInt32BE(0)
        if (length === 0) {
          const whole = Buffer.concat(file)
          started.scanned.push(whole)
          return void answer(started.behaviour.says ?? verdict(whole))
        }
        if (bytes.length < 4 + length) return
        file.push(bytes.subarray(4, 4 + length))
        bytes = bytes.subarray(4 + length)
        size += length
        const { limit, cutAfter } = started.behaviour
        if (cutAfter !== undefined && size > cutAfter) return void socket.resetAndDestroy()
        if (limit !== undefined && size > limit) return void answer('INSTREAM size limit exceeded. ERROR')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  started.address.port = (server.address() as AddressInfo).port
  async function close() {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return started
}

function verdict(whole: Buffer): string {
  return whole.includes(eicar) ? 'stream: Eicar-Of-The-Test FOUND' : 'stream: OK'
}
