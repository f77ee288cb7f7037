import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type Program = 'initdb' | 'postgres' | 'pg_ctl'
/** A path among the arguments is marked, since a runner may have to hand it over as an open file. */
export type Argument = string | { path: string }
export type RunAs = 'self' | 'namespace' | 'nobody'

export interface Runner {
  readonly runAs: RunAs
  /** Who the cluster's files must belong to; undefined: whoever runs this process. */
  readonly owner?: { uid: number; gid: number }
  start(program: Program, args: Argument[], options: { output: number | 'ignore'; detached?: boolean }): ChildProcess
}

/**
 * Decides how Postgres, which refuses to run as root, is run here: as the present user; for root in a user
 * namespace where root appears as `nobody`; where that is refused, as the user `nobody` itself.
 * @throws Error in one line when `nobody` cannot run the programs either.
 */
export async function chooseRunner(native: string, wanted?: RunAs): Promise<Runner> {
  if (process.getuid?.() !== 0) return makeRunner('self', native, [])
  const nobody = await findNobody()
  if (wanted !== 'nobody') {
    const map = ['unshare', '--user', `--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`]
    const runner = makeRunner('namespace', native, map, { uid: 0, gid: 0 })
    if (await works(runner)) return runner
  }
  const inPlace = makeRunner('nobody', native, [], nobody)
  if (await works(inPlace)) return inPlace
  const copied = makeRunner('nobody', await copyForNobody(native), [], nobody)
  if (await works(copied)) return copied
  throw new Error(
    `Postgres does not run as root, and the user nobody cannot run it from ${tmpdir()}: start hoithao as an ordinary user, or set DATABASE_URL.`,
  )
}

function makeRunner(runAs: RunAs, native: string, prefix: string[], owner?: { uid: number; gid: number }): Runner {
  return {
    runAs,
    owner,
    start(program, args, { output, detached = false }) {
      const files: number[] = []
      // Root without its powers may not enter every folder above (a home of mode 0700), but may use an open one.
      const plain = args.map((arg) => {
        if (typeof arg === 'string') return arg
        if (runAs === 'self') return arg.path
        return `/proc/self/fd/${2 + files.push(openSync(arg.path, 'r'))}`
      })
      const [command, ...rest] = [...prefix, join(native, 'bin', program), ...plain]
      try {
        return spawn(command!, rest, {
          cwd: process.platform === 'win32' ? native : '/',
          env: cleanEnvironment(),
          stdio: ['ignore', output, output, ...files],
          detached,
          windowsHide: true,
          ...(runAs === 'nobody' ? owner : {}),
        })
      } finally {
        files.forEach(closeSync)
      }
    },
  }
}

/** Settings meant for other Postgres programs, and the machine's language, must not reach ours. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|TZ$|NODE_)/.test(name))
  return Object.fromEntries(kept)
}

async function works(runner: Runner): Promise<boolean> {
  return new Promise((resolve) => {
    const child = runner.start('postgres', ['--version'], { output: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}

/** initdb looks its user up, so the number must have an entry in /etc/passwd. */
async function findNobody(): Promise<{ uid: number; gid: number }> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const entry = /^nobody:[^:]*:(\d+):(\d+):/m.exec(users)
  return { uid: Number(entry?.[1] ?? 65534), gid: Number(entry?.[2] ?? 65534) }
}

/** A copy of the programs (some 50 MB) that every user may read, kept for the next start. */
async function copyForNobody(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8'))
  const kept = join(tmpdir(), `hoithao-postgres-${version}`)
  if (await isOurs(kept)) return kept
  const draft = await mkdtemp(`${kept}-`)
  await cp(native, draft, { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') })
  await chmod(draft, 0o755)
  for (const entry of await readdir(draft, { recursive: true, withFileTypes: true })) {
    const runs = entry.isDirectory() || /[\\/](bin|lib)$/.test(entry.parentPath)
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), runs ? 0o755 : 0o644)
  }
  try {
    await rename(draft, kept)
    return kept
  } catch {
    if (!(await isOurs(kept))) return draft
    await rm(draft, { recursive: true })
    return kept
  }
}

/** The folder for temporary files is everybody's: a copy is only run when root alone can have put it there. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined)
  return found?.isDirectory() === true && found.uid === 0 && (found.mode & 0o022) === 0
}
