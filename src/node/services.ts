import { join } from 'node:path'
import type { Config } from '../config.ts'
import { createAuth } from '../features/accounts/auth.ts'
import { createCards } from '../platform/cards.ts'
import { createImager } from '../platform/imager.ts'
import { createLog, gather } from '../platform/log.ts'
import { createMailer } from '../platform/mailer.ts'
import type { Connection } from '../platform/postgres.ts'
import { projectFolder } from '../platform/project.ts'
import { readSecrets } from '../platform/secrets.ts'
import type { Services } from '../services.ts'
import { openFiles } from './files.ts'

/** Everything the application is given on Node. */
export async function createServices(
  given: Config,
  database: { connection: Connection; migrations: number },
): Promise<Services> {
  const kept = given.linkKey && given.authSecret ? undefined : await readSecrets(given.dataDir)
  const config = { ...given, linkKey: given.linkKey ?? kept?.linkKey, authSecret: given.authSecret ?? kept?.authSecret }
  const { db } = database.connection
  const lines = gather((text) => void process.stderr.write(text))
  process.once('exit', lines.flush)
  const log = createLog(config.logLevel, lines.line)
  return {
    db,
    auth: createAuth({ db, baseUrl: config.baseUrl, secret: config.authSecret as string }),
    mailer: createMailer(config, db),
    files: await openFiles(config),
    imager: createImager(),
    cards: createCards(join(projectFolder(), 'dist', 'fonts')),
    config,
    clock: () => new Date(),
    migrations: database.migrations,
    log,
    later: (work) => void work.catch((error) => log.error('later', { error: String(error) })),
  }
}
