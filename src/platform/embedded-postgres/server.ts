import { execFileSync } from 'node:child_process'
import { open, readFile, readlink, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { isAlive, type Place, readPassword, readReason, run, superuser } from './cluster.ts'
import type { Runner } from './runner.ts'

export interface Server {
  pid: number
  port: number
  password: string
}

export const urlOf = (server: Server, database: string): string =>
  `postgres://${superuser}:${server.password}@127.0.0.1:${server.port}/${database}`

/**
 * The running server of this place, proved by a query with its password; undefined when none runs. A server that
 * is starting or stopping is waited for.
 * @throws Error in one line when a server runs but does not answer in time (milliseconds).
 */
export async function findServer(place: Place, timeout: number): Promise<Server | undefined> {
  const deadline = Date.now() + timeout
  for (;;) {
    const found = await readPidFile(place)
    if (!found || !(await isServerOf(place, found.pid))) return undefined
    if (found.ready) {
      const server = { pid: found.pid, port: found.port, password: await readPassword(place) }
      const refusal = await ask(urlOf(server, 'postgres'))
      if (refusal === undefined) return server
      if (refusal === '28P01')
        throw new Error(`The database in ${place.folder} does not take the password in ${place.passwordFile}.`)
    }
    if (Date.now() > deadline) {
      throw new Error(
        `Postgres (pid ${found.pid}) runs in ${place.folder} but does not answer: end it and start again.`,
      )
    }
    await sleep(20)
  }
}

/**
 * Starts the server, detached, so that a Ctrl-C in the terminal reaches only the application, which drains first. On a free port, or
 * where it was before.
 * @returns the server, or why it did not start, in one line.
 */
export async function launchServer(
  place: Place,
  runner: Runner,
  settings: Record<string, string | number>,
  samePort?: number,
): Promise<Server | { reason: string }> {
  await disownForeignPid(place)
  await turnLog(place)
  const port = samePort ?? (await findFreePort())
  const flags = Object.entries({ port, listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings })
  const options = flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await open(place.logFile, 'a', 0o600)
  const before = (await log.stat()).size
  let ended: string | undefined
  try {
    if (process.platform === 'win32') {
      // pg_ctl drops an administrator's rights, which postgres.exe refuses to run with.
      const quoted = options.map((option) => `"${option}"`).join(' ')
      await run(place, runner, 'pg_ctl', ['start', '-W', '-D', place.cluster, '-l', place.logFile, '-o', quoted])
    } else {
      const child = runner.start('postgres', ['-D', { path: place.cluster }, ...options], {
        output: log.fd,
        detached: true,
      })
      child.once('error', (error) => (ended = error.message))
      child.once('exit', () => (ended ??= ''))
      child.unref()
    }
  } finally {
    await log.close()
  }
  const password = await readPassword(place)
  // Recovery after a crash may take long; as long as the process lives, it is working.
  for (const deadline = Date.now() + 300_000; Date.now() < deadline; await sleep(10)) {
    const found = await readPidFile(place)
    if (ended !== undefined) return { reason: ended || (await readReason(place, before)) }
    if (!found?.ready || found.port !== port) continue
    const server = { pid: found.pid, port, password }
    if ((await ask(urlOf(server, 'postgres'))) === undefined) return server
  }
  return { reason: 'it did not become ready within five minutes' }
}

/**
 * Stops the server: connections are cut and everything is written (fast shutdown); after the grace period
 * (milliseconds) at once, which the next start recovers from.
 */
export async function stopServer(place: Place, runner: Runner, server: Server, grace = 20_000): Promise<void> {
  for (const [signal, mode, wait] of [
    ['SIGINT', 'fast', grace],
    ['SIGQUIT', 'immediate', 10_000],
  ] as const) {
    if (!(await isServerOf(place, server.pid))) return
    if (process.platform === 'win32') {
      await run(place, runner, 'pg_ctl', ['stop', '-W', '-D', place.cluster, '-m', mode]).catch(() => undefined)
    } else {
      signalIfAlive(server.pid, signal)
    }
    for (const deadline = Date.now() + wait; Date.now() < deadline; await sleep(10)) {
      if (!(await isServerOf(place, server.pid))) return
    }
  }
  throw new Error(`Postgres (pid ${server.pid}) in ${place.folder} does not stop.`)
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error
  }
}

async function readPidFile(place: Place): Promise<{ pid: number; port: number; ready: boolean } | undefined> {
  const text = await readFile(join(place.cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

/** Whether that process is this place's Postgres, and not another one that got a dead server's number. */
export async function isServerOf(place: Place, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform === 'linux') {
    const [where, cluster] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => undefined),
      realpath(place.cluster),
    ])
    return where === cluster
  }
  if (process.platform === 'darwin') {
    try {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(place.cluster)
    } catch {
      return false
    }
  }
  return true
}

/**
 * Postgres will not start while the process named in its pid file lives. If that is not a Postgres, our own number
 * is put there: Postgres takes its parent's for stale, and still checks that no old backend uses the files.
 */
async function disownForeignPid(place: Place): Promise<void> {
  const found = await readPidFile(place)
  if (!found || !isAlive(found.pid) || (await isServerOf(place, found.pid))) return
  const file = join(place.cluster, 'postmaster.pid')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/^\d+/, String(process.pid)))
}

async function turnLog(place: Place): Promise<void> {
  const size = await stat(place.logFile).then(
    (found) => found.size,
    () => 0,
  )
  if (size > 5_000_000) await rename(place.logFile, `${place.logFile}.1`)
}

async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

/** Undefined when a query is answered, else the error's code. */
async function ask(url: string): Promise<string | undefined> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => undefined })
  try {
    await sql`select 1`
    return undefined
  } catch (error) {
    return (error as { code?: string }).code ?? 'unknown'
  } finally {
    await sql.end({ timeout: 1 })
  }
}
