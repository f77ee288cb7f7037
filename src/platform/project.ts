import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Migration } from '../db/migrate.ts'

/** The project's folder, from the sources and from the bundle alike: the nearest one above that has `sql/`. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'sql', '0001_functions.sql'))) {
    const up = dirname(folder)
    if (up === folder) throw new Error('the folder sql/ was not found beside the server')
    folder = up
  }
  return folder
}

/** The files of `sql/`, in order. */
export async function readMigrations(): Promise<Migration[]> {
  const folder = join(projectFolder(), 'sql')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(folder, name), 'utf8') })))
}
