import { randomBytes, randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { makeFolder } from './folder.ts'

const secretsSchema = z.object({ linkKey: z.string().min(32), authSecret: z.string().min(32) })
export type Secrets = z.infer<typeof secretsSchema>

/** Where keys are kept that the configuration did not give. */
export const secretsFile = (dataDir: string) => join(dataDir, 'secrets.json')

/** The keys that were kept in DATA_DIR; undefined where there are none yet. @throws Error in one line where they cannot be read */
export async function findSecrets(dataDir: string): Promise<Secrets | undefined> {
  const file = secretsFile(dataDir)
  try {
    return secretsSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Error(
      `${file} ${code ? `cannot be read (${code})` : 'is damaged: it does not hold linkKey and authSecret'}; put back the copy you kept, or set LINK_KEY and AUTH_SECRET and remove it`,
    )
  }
}

/**
 * Keys that the configuration did not give are made once and kept in DATA_DIR (0600): links in mails that were sent must
 * hold after a restart. Of two that start at once both use the first one's.
 */
export async function readSecrets(dataDir: string): Promise<Secrets> {
  const found = await findSecrets(dataDir)
  if (found) return found
  await makeFolder(dataDir)
  const secrets = { linkKey: randomBytes(32).toString('hex'), authSecret: randomBytes(32).toString('hex') }
  const draft = `${secretsFile(dataDir)}.${randomUUID()}`
  try {
    await writeFile(draft, JSON.stringify(secrets, null, 2), { mode: 0o600, flag: 'wx', flush: true })
    // A link fails where the file exists, and is never half a file; some file systems have none.
    await link(draft, secretsFile(dataDir)).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') await rename(draft, secretsFile(dataDir))
    })
  } finally {
    await rm(draft, { force: true })
  }
  return (await findSecrets(dataDir)) as Secrets
}
