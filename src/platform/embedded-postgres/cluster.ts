import { randomBytes } from 'node:crypto'
import {
  access,
  chmod,
  chown,
  lchown,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../folder.ts'
import type { Argument, Program, Runner } from './runner.ts'

/** The files of one embedded server; everything lies in one folder, which can be moved as a whole. */
export interface Place {
  folder: string
  cluster: string
  passwordFile: string
  logFile: string
}

export const superuser = 'hoithao'

export function placeIn(folder: string): Place {
  return {
    folder,
    cluster: join(folder, 'cluster'),
    passwordFile: join(folder, 'password'),
    logFile: join(folder, 'server.log'),
  }
}

/** @throws Error in one line when the folder cannot be made or written to. */
export async function prepareFolder(place: Place): Promise<void> {
  try {
    await makeFolder(place.folder, 0o700)
    await access(place.folder, 7)
  } catch (error) {
    throw new Error(
      `The folder ${place.folder} cannot be written to (${(error as { code?: string }).code}): set DATA_DIR to one that can.`,
    )
  }
}

export async function clusterExists(place: Place): Promise<boolean> {
  return stat(join(place.cluster, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
}

/**
 * Makes the database files. The finished cluster appears at once, by a rename: neither a second start at the same
 * time nor a killed one ever meets half a cluster.
 * @throws Error in one line with initdb's own reason.
 */
export async function createCluster(place: Place, runner: Runner, options: { sync: boolean }): Promise<void> {
  await removeLeftDrafts(place)
  await createPassword(place)
  const draft = `${place.cluster}.new-${process.pid}`
  await mkdir(draft, { mode: 0o700 })
  if (runner.owner) await chown(draft, runner.owner.uid, runner.owner.gid)
  if (runner.owner) await chown(place.passwordFile, runner.owner.uid, runner.owner.gid)
  // The built-in C.UTF-8 gives the same answers on every system, also where the machine has no UTF-8 locale.
  const args: Argument[] = ['-D', { path: draft }, '--pwfile', { path: place.passwordFile }]
  args.push(`--username=${superuser}`, '--auth=scram-sha-256', '--encoding=UTF8', '--no-instructions')
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C')
  if (!options.sync) args.push('--no-sync')
  try {
    await run(place, runner, 'initdb', args)
    await rename(draft, place.cluster)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!(await clusterExists(place))) throw error
  }
}

/** Gives the files to the user that Postgres runs as: needed when root meets a cluster made in another way. */
export async function giveCluster(place: Place, runner: Runner): Promise<void> {
  if (!runner.owner) return
  const { uid, gid } = runner.owner
  if ((await stat(place.cluster)).uid === uid) return
  for (const entry of await readdir(place.cluster, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), uid, gid)
  }
  await chown(place.cluster, uid, gid)
}

/** @throws Error in one line when there is a cluster but its password is gone. */
export async function readPassword(place: Place): Promise<string> {
  const password = await readFile(place.passwordFile, 'utf8').catch(() => '')
  if (password.trim() === '') throw new Error(`The database's password file ${place.passwordFile} cannot be read.`)
  return password.trim()
}

async function createPassword(place: Place): Promise<void> {
  const draft = `${place.passwordFile}.new-${process.pid}`
  await writeFile(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  await chmod(draft, 0o600)
  // A link fails where the file exists: of two starts at the same time both use the first one's password.
  await link(draft, place.passwordFile).catch((error) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(draft)
}

async function removeLeftDrafts(place: Place): Promise<void> {
  for (const name of await readdir(place.folder)) {
    const pid = /\.new-(\d+)$/.exec(name)?.[1]
    if (pid && (Number(pid) === process.pid || !isAlive(Number(pid)))) {
      await rm(join(place.folder, name), { recursive: true, force: true })
    }
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}

/**
 * Runs one of the programs to its end, its output going to the server's log.
 * @throws Error in one line with the program's own reason.
 */
export async function run(place: Place, runner: Runner, program: Program, args: Argument[]): Promise<void> {
  const log = await open(place.logFile, 'a', 0o600)
  const before = (await log.stat()).size
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = runner.start(program, args, { output: log.fd })
      child.once('error', reject)
      child.once('exit', resolve)
    })
    if (code === 0) return
  } catch (error) {
    throw new Error(
      `${program} does not run on this machine (${(error as Error).message}): set DATABASE_URL to a Postgres.`,
    )
  } finally {
    await log.close()
  }
  throw new Error(`${program} failed: ${await readReason(place, before)} (more in ${place.logFile})`)
}

/** The last complaint in the server's log after the given byte, on one line. */
export async function readReason(place: Place, from: number): Promise<string> {
  const text = (await readFile(place.logFile)).subarray(from).toString('utf8')
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const complaint = lines.findLast((line) => /(FATAL|PANIC|ERROR|error):/.test(line)) ?? lines.at(-1)
  return complaint?.replace(/^.*?(FATAL|PANIC|ERROR|error):\s*/, '').trim() ?? 'it said nothing'
}
