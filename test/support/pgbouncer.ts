import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import postgres from 'postgres'
import { freePort } from './server.ts'

export interface PgBouncer {
  /** Another database address, through it. */
  through(url: string): string
  /** Its administrator's console: `show pools`. */
  show(what: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
const works = (command: string, args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0

/** Where PgBouncer is installed, or undefined. */
export function findPgBouncer(): string | undefined {
  return places.map((folder) => join(folder, 'pgbouncer')).find((file) => works(file, ['--version']))
}

/**
 * PgBouncer in transaction mode before the server of `url`, on loopback, its files in a temporary folder. It refuses to run as
 * root, as Postgres does: root becomes nobody in a user namespace, or else nobody itself.
 */
export async function startPgBouncer(program: string, url: string, settings: Record<string, string | number> = {}) {
  const server = new URL(url)
  const folder = await mkdtemp(join(tmpdir(), 'hoithao-pgbouncer-'))
  const port = await freePort()
  const password = decodeURIComponent(server.password)
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: join(folder, 'users.txt'),
    admin_users: server.username,
    pool_mode: 'transaction',
    default_pool_size: 8,
    max_client_conn: 200,
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`)
  const target = `host=127.0.0.1 port=${server.port} connect_query='set statement_timeout = 5000'`
  await writeFile(join(folder, 'users.txt'), `"${server.username}" "${password}"\n`)
  await writeFile(join(folder, 'pgbouncer.ini'), `[databases]\n* = ${target}\n[pgbouncer]\n${lines.join('\n')}\n`)
  const child = await run(program, folder)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk))

  const through = (other: string) => {
    const changed = new URL(other)
    changed.port = String(port)
    return changed.href
  }
  // Its console speaks the simple protocol alone.
  const show = async (what: string) => {
    const console_ = new URL(through(url))
    console_.pathname = '/pgbouncer'
    const sql = postgres(console_.href, { max: 1, fetch_types: false, onnotice() {} })
    try {
      return (await sql.unsafe(`show ${what}`)) as unknown as Record<string, unknown>[]
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
  const close = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.exitCode === null && child.kill('SIGTERM')) await ended
    await rm(folder, { recursive: true, force: true })
  }
  for (let i = 0; i < 200; i++) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended: ${said}`)
    const up = await show('version').catch(() => undefined)
    if (up) return { through, show, close } satisfies PgBouncer
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await close()
  throw new Error(`pgbouncer does not answer: ${said}`)
}

async function run(program: string, folder: string): Promise<ChildProcess> {
  const args = [join(folder, 'pgbouncer.ini')]
  const options = { stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'], cwd: '/' }
  if (process.getuid?.() !== 0) return spawn(program, args, options)
  const [command, ...mapped] = ['unshare', '--user', '--map-user=65534', '--map-group=65534'] as [string, ...string[]]
  if (works(command, [...mapped, 'true'])) return spawn(command, [...mapped, program, ...args], options)
  await chmod(folder, 0o755)
  for (const file of ['', 'users.txt', 'pgbouncer.ini']) await chown(join(folder, file), 65534, 65534)
  return spawn(program, args, { ...options, uid: 65534, gid: 65534 })
}
