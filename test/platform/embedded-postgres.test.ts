import { type ChildProcess, spawn } from 'node:child_process'
import { chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findNativeFolder } from '../../src/platform/embedded-postgres/binaries.ts'
import { chooseRunner } from '../../src/platform/embedded-postgres/runner.ts'
import {
  type EmbeddedPostgres,
  findEmbeddedPostgres,
  startEmbeddedPostgres,
  startTemporaryPostgres,
} from '../../src/platform/embedded-postgres.ts'

const script = fileURLToPath(new URL('../support/own-postgres.ts', import.meta.url))
const oneLine = /^[^\n]+$/
let folder: string
let dataDir: string
const children: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hoithao-embedded-'))
  dataDir = join(folder, 'home', 'data', 'postgres')
  // Like a home folder that nobody else may enter.
  await mkdir(join(folder, 'home'), { mode: 0o700 })
})

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const start = (options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {}): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDir, log: () => undefined, ...options })

/** Starts the script that owns a server in a process of its own. */
async function startOwner(
  args: string[],
): Promise<{ child: ChildProcess; url: string; adopted: boolean; error?: string }> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const line = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(text)
    })
    child.once('exit', () => reject(new Error(`the owner ended: ${text}`)))
  })
  return { child, ...JSON.parse(line) }
}

async function endOwner(child: ChildProcess, how: 'SIGKILL' | 'politely'): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  if (how === 'SIGKILL') child.kill('SIGKILL')
  else child.stdin!.end()
  await ended
}

async function query<T>(url: string, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return await ask(sql)
  } finally {
    await sql.end()
  }
}

const write = (url: string, name: string): Promise<void> =>
  query(url, async (sql) => {
    await sql`create table if not exists kept (name text)`
    await sql`insert into kept values (${name})`
  })
const isKept = (url: string, name: string): Promise<boolean> =>
  query(url, async (sql) => (await sql`select 1 from kept where name = ${name}`).length === 1)

const readPidFile = (): Promise<string> => readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')
const readPid = async (): Promise<number> => Number((await readPidFile()).split('\n')[0])

async function untilGone(pid: number): Promise<void> {
  for (let i = 0; i < 500; i++) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const listFoldersOf = async (pid?: number): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`hoithao-test-${pid}-`))

describe('the embedded Postgres', () => {
  it('is made at the first start, in UTF-8, durable, and only for this machine and user', async () => {
    const fresh = join(folder, 'first')
    const lines: string[] = []
    expect(await findEmbeddedPostgres(fresh)).toBeUndefined()
    const server = await start({ dataDir: fresh, log: (line) => lines.push(line) })
    expect(server.adopted).toBe(false)
    expect(lines).toEqual(['Creating the database (first start)'])
    const facts = await query(server.url, async (sql) => {
      const [row] = await sql`
        select current_database() as database, current_setting('server_encoding') as encoding,
          current_setting('fsync') as fsync, current_setting('timezone') as timezone,
          current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
          current_setting('max_connections')::int as connections,
          lower('ĐẠI BIỂU ƯU TÚ') as lower, 'ă' < 'b' collate "vi-x-icu" as icu,
          (select string_agg(x, ' ' order by x collate "vi-x-icu") from unnest(array['đa','dạ','âu','ăn','an','em']) x) as sorted`
      return row
    })
    expect(facts).toEqual({
      database: 'hoithao',
      encoding: 'UTF8',
      fsync: 'on',
      timezone: 'UTC',
      addresses: '127.0.0.1',
      sockets: '',
      connections: 200,
      lower: 'đại biểu ưu tú',
      icu: true,
      sorted: 'an ăn âu dạ đa em',
    })
    if (process.platform !== 'win32') expect((await stat(join(fresh, 'password'))).mode & 0o777).toBe(0o600)
    await Promise.all([server.stop(), server.stop()])
    await server.stop()
  })

  it('starts a second time with what was written, within five seconds', async () => {
    const first = await start()
    await write(first.url, 'Nguyễn Văn Ổn 🎓')
    await first.stop()
    const before = performance.now()
    const second = await start()
    expect(performance.now() - before).toBeLessThan(5_000)
    expect(second.adopted).toBe(false)
    expect(await isKept(second.url, 'Nguyễn Văn Ổn 🎓')).toBe(true)
    await second.stop()
    expect(await findEmbeddedPostgres(dataDir)).toBeUndefined()
  })

  it('refuses a second owner beside a living one in one line that names it', async () => {
    const owner = await startOwner([dataDir])
    const refusal = await start().catch((error: Error) => error.message)
    expect(refusal).toMatch(oneLine)
    expect(refusal).toContain(`already running (pid ${owner.child.pid})`)
    expect(await query(owner.url, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }])
    await endOwner(owner.child, 'politely')
  })

  it('is found by a command beside its owner, which stays the owner', async () => {
    const owner = await startOwner([dataDir])
    expect(await findEmbeddedPostgres(dataDir)).toEqual({ url: owner.url })
    await expect(start()).rejects.toThrow('already running')
    await endOwner(owner.child, 'politely')
  })

  it('is taken over with its data when its owner was killed', async () => {
    const owner = await startOwner([dataDir])
    await write(owner.url, 'trước khi bị ngắt')
    const pid = await readPid()
    await endOwner(owner.child, 'SIGKILL')
    const server = await start()
    expect(server.adopted).toBe(true)
    expect(server.url).toBe(owner.url)
    expect(await readPid()).toBe(pid)
    expect(await isKept(server.url, 'trước khi bị ngắt')).toBe(true)
    await server.stop()
    await untilGone(pid)
    expect(await findEmbeddedPostgres(dataDir)).toBeUndefined()
  })

  it('recovers when owner and server were both killed and left their pid file', async () => {
    const owner = await startOwner([dataDir])
    await write(owner.url, 'đã ghi')
    const pid = await readPid()
    await endOwner(owner.child, 'SIGKILL')
    process.kill(pid, 'SIGKILL')
    await untilGone(pid)
    expect(await readPid()).toBe(pid)
    const server = await start()
    expect(server.adopted).toBe(false)
    expect(await isKept(server.url, 'đã ghi')).toBe(true)
    await server.stop()
  })

  it('is started again on its port when its server is killed, and its address stays true', async () => {
    const lines: string[] = []
    const lost: string[] = []
    const server = await start({ dataDir, log: (line) => lines.push(line), lost: (line) => lost.push(line) })
    await write(server.url, 'trước khi máy chủ bị ngắt')
    for (let round = 0; round < 2; round++) {
      const pid = await readPid()
      process.kill(pid, 'SIGKILL')
      await expect
        .poll(() => isKept(server.url, 'trước khi máy chủ bị ngắt').catch(() => false), {
          timeout: 60_000,
          interval: 50,
        })
        .toBe(true)
      expect(await readPid()).not.toBe(pid)
      // Said a moment after it answers.
      await expect
        .poll(() => lines.filter((line) => line.includes('was started again')), { timeout: 60_000 })
        .toHaveLength(round + 1)
    }
    expect(lost).toEqual([])
    await server.stop()
    expect(await findEmbeddedPostgres(dataDir)).toBeUndefined()
  })

  it('starts although another process now has the number in the pid file', async () => {
    const server = await start()
    await write(server.url, 'số tiến trình')
    const left = await readPidFile()
    await server.stop()
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    children.push(other)
    const file = join(dataDir, 'cluster', 'postmaster.pid')
    await writeFile(file, left.replace(/^\d+/, String(other.pid)), { mode: 0o600 })
    const { uid, gid } = await stat(join(dataDir, 'cluster'))
    await chown(file, uid, gid)
    expect(await findEmbeddedPostgres(dataDir)).toBeUndefined()
    const again = await start()
    expect(await isKept(again.url, 'số tiến trình')).toBe(true)
    await again.stop()
    expect(other.exitCode).toBeNull()
    other.kill('SIGKILL')
  })

  it('lets one of two starts at the same moment have a new folder', async () => {
    const fresh = join(folder, 'race')
    const owners = await Promise.all([startOwner([fresh]), startOwner([fresh])])
    const refused = owners.filter((owner) => owner.error)
    expect(refused).toHaveLength(1)
    expect(refused[0]?.error).toMatch(/^hoithao is already running/)
    await endOwner(owners.find((owner) => !owner.error)!.child, 'politely')
    expect(await findEmbeddedPostgres(fresh)).toBeUndefined()
  })

  it('runs as the user nobody where root may not make a user namespace', async () => {
    const isRoot = process.getuid?.() === 0
    const runner = await chooseRunner(await findNativeFolder(), 'nobody')
    expect(runner.runAs).toBe(isRoot ? 'nobody' : 'self')
    // The same cluster changes hands, there and back; its data stays.
    await (await start()).stop()
    const dropped = await start({ runAs: 'nobody' })
    if (isRoot) expect((await stat(join(dataDir, 'cluster', 'global'))).uid).toBe(runner.owner?.uid)
    await write(dropped.url, 'đổi chủ')
    await dropped.stop()
    const usual = await start()
    expect(await isKept(usual.url, 'đổi chủ')).toBe(true)
    await usual.stop()
    const fresh = join(folder, 'home', 'fresh')
    const made = await start({ dataDir: fresh, runAs: 'nobody' })
    expect(await query(made.url, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }])
    await made.stop()
  })

  it('gives nobody a copy of programs that lie where only root may go', async () => {
    if (process.getuid?.() !== 0) return expect((await chooseRunner(await findNativeFolder())).runAs).toBe('self')
    const own = join(folder, 'home', 'package')
    await cp(await findNativeFolder(), join(own, 'native'), { recursive: true, verbatimSymlinks: true })
    await writeFile(join(own, 'package.json'), JSON.stringify({ version: `test-${process.pid}` }))
    const copy = join(tmpdir(), `hoithao-postgres-test-${process.pid}`)
    // Another user's folder of that name is never trusted.
    await mkdir(join(copy, 'bin'), { recursive: true })
    await chown(copy, 65_534, 65_534)
    const guarded = await chooseRunner(join(own, 'native'), 'nobody')
    expect(await readdir(copy, { recursive: true })).toEqual(['bin'])
    await rm(copy, { recursive: true })
    const copied = await chooseRunner(join(own, 'native'), 'nobody')
    const kept = await chooseRunner(join(own, 'native'), 'nobody')
    expect([guarded.runAs, copied.runAs, kept.runAs]).toEqual(['nobody', 'nobody', 'nobody'])
    for (const name of await readdir(tmpdir())) {
      if (name.startsWith(basename(copy))) await rm(join(tmpdir(), name), { recursive: true })
    }
  })

  it('says in one line that the folder cannot be used', async () => {
    await writeFile(join(folder, 'file'), '')
    const refusal = await start({ dataDir: join(folder, 'file', 'data') }).catch((error: Error) => error.message)
    expect(refusal).toMatch(oneLine)
    expect(refusal).toContain('DATA_DIR')
  })

  it('says in one line why the server does not start', async () => {
    const spoilt = join(folder, 'spoilt')
    await (await start({ dataDir: spoilt })).stop()
    await writeFile(join(spoilt, 'cluster', 'PG_VERSION'), '9.6\n')
    const refusal = await start({ dataDir: spoilt }).catch((error: Error) => error.message)
    expect(refusal).toMatch(oneLine)
    expect(refusal).toContain('incompatible with server')
  })
})

describe('a temporary Postgres', () => {
  it('leaves nothing behind when it stops', async () => {
    const server = await startTemporaryPostgres()
    expect(await listFoldersOf(process.pid)).toHaveLength(1)
    const [row] = await query(
      server.url,
      (sql) => sql`
        select current_setting('fsync') as fsync, current_setting('max_connections')::int as connections`,
    )
    expect(row).toEqual({ fsync: 'off', connections: 300 })
    await server.stop()
    await expect(query(server.url, (sql) => sql`select 1`)).rejects.toThrow('ECONNREFUSED')
    expect(await listFoldersOf(process.pid)).toEqual([])
  })

  it('removes one whose process was killed', async () => {
    const left = await startOwner([])
    await endOwner(left.child, 'SIGKILL')
    expect(await listFoldersOf(left.child.pid)).toHaveLength(1)
    await (await startTemporaryPostgres()).stop()
    await expect(query(left.url, (sql) => sql`select 1`)).rejects.toThrow('ECONNREFUSED')
    expect(await listFoldersOf(left.child.pid)).toEqual([])
  })
})
