import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

// A backup is a folder: manifest.json, tables/<schema>.<table>.copy.gz, files/<key>, and SHA256SUMS over all of them,
// which `sha256sum -c` reads too.
export const MANIFEST = 'manifest.json'
export const SUMS = 'SHA256SUMS'
export const MISSING = 'MISSING'

const manifestSchema = z.object({
  format: z.literal(1),
  madeAt: z.string(),
  /** The migrations of the database, in order. */
  migrations: z.array(z.string()).min(1),
  /** In the order in which they can be filled: what others point at comes first. */
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()), rows: z.int() })),
  files: z.object({
    count: z.int(),
    bytes: z.int(),
    /** That the database names and the store did not have; the file MISSING lists them. */
    missing: z.int(),
  }),
  /** Tells whether a LINK_KEY is the one that the personal links were made with; null where it was not known. */
  linkKey: z.string().nullable(),
  /** Which deployment was backed up; null where it had no identity yet. */
  deployment: z.uuid().nullable().default(null),
})
export type Manifest = z.infer<typeof manifestSchema>
export type TableDump = Manifest['tables'][number]

export const tableFile = (name: string) => `tables/${name}.copy.gz`

/** What tells keys apart without telling the key. */
export function fingerprint(key: string | undefined): string | null {
  return key === undefined ? null : createHash('sha256').update(`hoithao backup|${key}`).digest('hex').slice(0, 16)
}

/**
 * Reads every byte of a backup and compares it with its sums. Nothing is written anywhere.
 * @returns what is in it. @throws Error in one line on anything that is damaged, missing or of another format
 */
export async function verifyBackup(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new Error(`${folder} holds no whole backup: ${MANIFEST} is not there`)
  })
  let named = 0
  let files = 0
  for await (const { path, sha256 } of readSums(folder)) {
    const found = await hashFile(join(folder, path)).catch(() => undefined)
    if (found === undefined) throw new Error(`the backup is damaged: ${path} is missing`)
    if (found !== sha256) throw new Error(`the backup is damaged: ${path} is not what was written`)
    named++
    if (path.startsWith('files/')) files++
  }
  const manifest = parse(text)
  const expected = manifest.tables.length + manifest.files.count + (manifest.files.missing ? 2 : 1)
  if (named !== expected || files !== manifest.files.count)
    throw new Error(`the backup is damaged: ${SUMS} names ${named} files instead of ${expected}`)
  return manifest
}

function parse(text: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(text))
  } catch {
    throw new Error('the backup was written by a version that this one does not know, or is damaged: manifest.json')
  }
}

/** The lines of SHA256SUMS, one at a time: there may be millions. */
export async function* readSums(folder: string): AsyncGenerator<{ path: string; sha256: string }> {
  try {
    for await (const line of readLines(join(folder, SUMS))) {
      const [, sha256 = '', path = ''] = /^([0-9a-f]{64}) {2}([\w./-]+)$/.exec(line) ?? []
      if (!path || path.split('/').includes('..')) throw new Error(`the backup is damaged: a line of ${SUMS}`)
      yield { path, sha256 }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Error(`the backup is damaged: ${SUMS} is missing`)
  }
}

/** A file line by line; closed also where the reader stops early. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const handle = await open(path)
  try {
    for await (const line of handle.readLines({ autoClose: false })) yield line
  } finally {
    await handle.close()
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
