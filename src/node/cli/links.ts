import { readConfig } from '../../config.ts'
import { transaction } from '../../db/transaction.ts'
import { renewLinks } from '../../features/links/commands.ts'
import { findSecrets } from '../../platform/secrets.ts'
import type { Options, Say } from './options.ts'
import { cliContext, withDatabase } from './work.ts'

/** `renew-links`: after LINK_KEY was changed, makes every link that holds findable by its new address. */
export async function renewAllLinks(_options: Options, say: Say): Promise<void> {
  const config = readConfig(process.env)
  const linkKey = config.linkKey ?? (await findSecrets(config.dataDir))?.linkKey
  if (!linkKey) throw new Error('LINK_KEY is not set, and DATA_DIR has no secrets.json')
  const renewed = await withDatabase(({ db }) => transaction(db, (trx) => renewLinks(trx, cliContext(config, linkKey))))
  say(`${renewed} links have new addresses; the old ones no longer open. Send letters again where people need theirs.`)
}
