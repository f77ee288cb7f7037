import { join } from 'node:path'
import type { Config } from '../config.ts'
import { createAuth } from '../features/accounts/auth.ts'
import { createCards } from '../platform/cards.ts'
import { createClamd } from '../platform/clamd.ts'
import { digest } from '../platform/digest.ts'
import { createImager } from '../platform/imager.ts'
import { createInspector } from '../platform/inspector.ts'
import { createLog, gather } from '../platform/log.ts'
import { createMailer } from '../platform/mailer.ts'
import type { Connection } from '../platform/postgres.ts'
import { projectFolder } from '../platform/project.ts'
import type { Services } from '../services.ts'
import { openFiles } from './files.ts'
import { assertOwnFiles, withKeys } from './identity.ts'

/**
 * Everything the application is given on Node; `serves`: its files are asked for this deployment's mark, now and later.
 * @throws ConfigError in one line where LINK_KEY, or the files, are not this database's
 */
export async function createServices(
  given: Config,
  database: { connection: Connection; migrations: number },
  serves = false,
): Promise<Services> {
  const { db } = database.connection
  let files = await openFiles(given)
  const config = await withKeys(given, db, async () => {
    if (serves) files = await assertOwnFiles({ config: given, db, files })
  })
  const lines = gather((text) => void process.stderr.write(text))
  process.once('exit', lines.flush)
  const log = createLog(config.logLevel, lines.line)
  return {
    db,
    auth: createAuth({ db, baseUrl: config.baseUrl, secret: config.authSecret }),
    mailer: createMailer(config, db),
    files,
    scanner: config.clamd && createClamd(config.clamd),
    digest,
    inspector: createInspector(),
    imager: createImager(),
    cards: createCards(join(projectFolder(), 'dist', 'fonts')),
    config,
    clock: () => new Date(),
    migrations: database.migrations,
    log,
    later: (work) => void work.catch((error) => log.error('later', { error: String(error) })),
  }
}
