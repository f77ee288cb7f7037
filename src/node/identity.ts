import { join, resolve } from 'node:path'
import { type Config, ConfigError } from '../config.ts'
import type { Db } from '../db/transaction.ts'
import type { FileStore } from '../features/files/schema.ts'
import { recognizeLinkKey, recognizeStore } from '../features/identity/commands.ts'
import { findDeploymentId, findStoreId, hasLinkKey, isStoreEmpty, judgeLinkKey } from '../features/identity/queries.ts'
import { type Places, strangerInWords } from '../features/identity/rules.ts'
import type { Stranger } from '../features/identity/schema.ts'
import { findSecrets, readSecrets, secretsFile } from '../platform/secrets.ts'
import { guardFiles } from './own-files.ts'

/** What an operator of a Node deployment looks at. */
export function placesOf(config: Config): Places {
  const { s3, dataDir } = config
  return {
    files: s3
      ? `S3_BUCKET (${s3.bucket} at ${new URL(s3.endpoint).host})`
      : `DATA_DIR (${join(resolve(dataDir), 'files')})`,
    secrets: secretsFile(dataDir),
  }
}

export type ConfigWithKeys = Config & { linkKey: string; authSecret: string }

/**
 * The configuration with its keys: given, kept in DATA_DIR, or made where the database has never seen any. `beforeMaking` may refuse
 * the start for another reason: then no key is left behind.
 * @throws ConfigError in one line where the key is not the one that links were made with
 */
export async function withKeys(
  given: Config,
  db: Db,
  beforeMaking: () => Promise<unknown> = async () => {},
): Promise<ConfigWithKeys> {
  const complete = given.linkKey !== undefined && given.authSecret !== undefined
  let kept = complete ? undefined : await findSecrets(given.dataDir)
  if (!given.linkKey && !kept && (await hasLinkKey(db))) refuse({ kind: 'key_lost' }, given)
  const before = given.linkKey ?? kept?.linkKey
  if (before) refuse(await judgeLinkKey(db, before), given)
  await beforeMaking()
  if (!complete) kept ??= await readSecrets(given.dataDir)
  const linkKey = (given.linkKey ?? kept?.linkKey) as string
  refuse(await recognizeLinkKey(db, linkKey), given)
  return { ...given, linkKey, authSecret: (given.authSecret ?? kept?.authSecret) as string }
}

/** @returns the store, which goes on asking whether it is ours. @throws ConfigError in one line where the files are another deployment's */
export async function assertOwnFiles({
  config,
  db,
  files,
}: {
  config: Config
  db: Db
  files: FileStore
}): Promise<FileStore> {
  refuse(await recognizeStore(db, files), config)
  return guardFiles(files, (await findDeploymentId(db)) as string, config.s3 ? 'bucket' : 'folder')
}

/**
 * Where the embedded Postgres is yet to be made: it will know no file, so files that are there are another's.
 * @throws ConfigError in one line, before anything is made
 */
export async function assertNobodysFiles(config: Config, files: FileStore): Promise<void> {
  if (await findStoreId(files)) refuse({ kind: 'files_of_another' }, config)
  if (!(await isStoreEmpty(files))) refuse({ kind: 'files_unknown' }, config)
}

function refuse(stranger: Stranger | undefined, config: Config): void {
  if (stranger) throw new ConfigError(strangerInWords(stranger, placesOf(config)))
}
