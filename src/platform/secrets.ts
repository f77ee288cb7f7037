import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Secrets {
  linkKey: string
  authSecret: string
}

const fileIn = (dataDir: string) => join(dataDir, 'secrets.json')

/** The keys that were kept in DATA_DIR; undefined where there are none yet. */
export async function findSecrets(dataDir: string): Promise<Secrets | undefined> {
  try {
    return JSON.parse(await readFile(fileIn(dataDir), 'utf8'))
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Keys that the configuration did not give are made once and kept in DATA_DIR (0600): links in mails that were sent must
 * hold after a restart.
 */
export async function readSecrets(dataDir: string): Promise<Secrets> {
  const found = await findSecrets(dataDir)
  if (found) return found
  await mkdir(dataDir, { recursive: true })
  const secrets = { linkKey: randomBytes(32).toString('hex'), authSecret: randomBytes(32).toString('hex') }
  await writeFile(fileIn(dataDir), JSON.stringify(secrets, null, 2), { mode: 0o600, flag: 'wx' })
  return secrets
}
