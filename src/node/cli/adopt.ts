import { readConfig } from '../../config.ts'
import { transaction } from '../../db/transaction.ts'
import { ensureDeployment, markStore, replaceLinkKey } from '../../features/identity/commands.ts'
import { lookForFiles } from '../../features/identity/queries.ts'
import { renewLinks } from '../../features/links/commands.ts'
import { findSecrets, secretsFile } from '../../platform/secrets.ts'
import { withDatabaseOf } from '../database.ts'
import { openFiles } from '../files.ts'
import { placesOf } from '../identity.ts'
import type { Options, Say } from './options.ts'
import { cliContext } from './work.ts'

/**
 * `adopt`: joins on purpose what a start refuses: `--files` writes this database's mark into the file store, `--link-key` takes
 * the LINK_KEY that is set and gives every link its new address. Without a server, or beside one.
 */
export async function adopt(options: Options, say: Say): Promise<void> {
  if (!options.files && !options['link-key']) throw new Error('say what to adopt: --files, --link-key, or both')
  if (options['link-key']) await renewAllLinks(options, say)
  if (options.files) await adoptFiles(say)
}

async function adoptFiles(say: Say): Promise<void> {
  const config = readConfig(process.env)
  const files = await openFiles(config)
  const { looked, found } = await withDatabaseOf(config, console.error, async ({ db }) => {
    const id = await transaction(db, ensureDeployment)
    const sample = await lookForFiles(db, files)
    await markStore(files, id)
    return sample
  })
  say(
    `${placesOf(config).files} is this database's from now on; of ${looked} files that were looked for it has ${found}`,
  )
}

/** `renew-links`: takes the LINK_KEY that is set, and makes every link that holds findable by its new address. */
export async function renewAllLinks(_options: Options, say: Say): Promise<void> {
  const config = readConfig(process.env)
  const linkKey = config.linkKey ?? (await findSecrets(config.dataDir))?.linkKey
  if (!linkKey)
    throw new Error(
      `LINK_KEY is not set, and ${secretsFile(config.dataDir)} is not there; set one, e.g. from: openssl rand -hex 32`,
    )
  const renewed = await withDatabaseOf(config, console.error, ({ db }) =>
    transaction(db, async (trx) => {
      await replaceLinkKey(trx, linkKey)
      return renewLinks(trx, cliContext(config, linkKey))
    }),
  )
  say(`${renewed} links have new addresses; the old ones no longer open. Send letters again where people need theirs.`)
  say('A server that still has the old key sends nothing more: restart it with the new one.')
}
