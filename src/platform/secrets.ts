import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Keys that the configuration did not give are made once and kept in DATA_DIR (0600): links in mails that were sent must
 * hold after a restart.
 */
export async function readSecrets(dataDir: string): Promise<{ linkKey: string; authSecret: string }> {
  const file = join(dataDir, 'secrets.json')
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error
  }
  await mkdir(dataDir, { recursive: true })
  const secrets = { linkKey: randomBytes(32).toString('hex'), authSecret: randomBytes(32).toString('hex') }
  await writeFile(file, JSON.stringify(secrets, null, 2), { mode: 0o600, flag: 'wx' })
  return secrets
}
