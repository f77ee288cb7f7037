import { randomUUID } from 'node:crypto'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/**
 * Makes a folder and those above it. Step by step: Node's own `recursive` never ends where a file system takes no folders
 * (/proc). @throws Error with the system's code
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const folder = resolve(path)
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  if (found?.isDirectory()) return
  if (found) throw Object.assign(new Error(`${folder} is no folder`), { code: 'ENOTDIR' })
  await makeFolder(dirname(folder), mode)
  await mkdir(folder, { mode }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

/** Makes a folder and writes into it: better at the start than at the first upload. @throws Error in one line that names `variable` */
export async function assertWritable(path: string, variable: string): Promise<void> {
  const probe = join(path, `.writable-${randomUUID()}`)
  try {
    await makeFolder(path)
    await writeFile(probe, '', { flag: 'wx' })
    await rm(probe)
  } catch (error) {
    throw new Error(
      `${variable} ${path} cannot be written to (${(error as NodeJS.ErrnoException).code}): name a folder that can`,
    )
  }
}
