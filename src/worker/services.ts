import { type Config, ConfigError, readConfig } from '../config.ts'
import { type Auth, createAuth } from '../features/accounts/auth.ts'
import { findFigures } from '../features/deployment/queries/figures.ts'
import { createPlainInspector } from '../features/files/inspector.ts'
import type { FileStore } from '../features/files/schema.ts'
import { createClamd } from '../platform/clamd.ts'
import { digest } from '../platform/digest.ts'
import { createLog } from '../platform/log.ts'
import { createMailer } from '../platform/mailer.ts'
import { connectPostgres } from '../platform/postgres.ts'
import { watchSlowQueries } from '../platform/query-watch.ts'
import { createR2Store } from '../platform/r2.ts'
import { createS3Store } from '../platform/s3.ts'
import type { Services } from '../services.ts'
import { version } from '../version.ts'
import type { WorkerEnv } from './env.ts'

export interface WorkerServices extends Services {
  /** Waits for what runs after the answer, then closes the connections. */
  close(): Promise<void>
}

/** A Worker holds at most six connections at once; mail and storage need one each. */
const CONNECTIONS = 4

/**
 * Everything the application is given for one request: its own database client through Hyperdrive, R2 or S3, SMTP. No images: a
 * photo that cannot be cleaned of its metadata is refused.
 * @throws ConfigError with one line
 */
export function openServices(env: WorkerEnv, migrations: number): WorkerServices {
  const config = readWorkerConfig(env)
  const log = createLog(config.logLevel, (line) => console.log(line))
  const watch = watchSlowQueries(log, { fromMs: config.slowQueryMs })
  const connection = connectPostgres(env.HYPERDRIVE.connectionString, { max: CONNECTIONS, watch })
  const { db } = connection
  const pending: Promise<unknown>[] = []
  const mailer = createMailer(config, db, { maxConnections: 1 })
  let auth: Auth | undefined
  return {
    db,
    // Most requests are a delegate's or the public's, who have no account.
    get auth() {
      auth ??= createAuth({ db, baseUrl: config.baseUrl, secret: config.authSecret as string })
      return auth
    },
    mailer,
    files: openFiles(env, config),
    scanner: config.clamd && createClamd(config.clamd),
    digest,
    inspector: createPlainInspector(),
    imager: undefined,
    cards: undefined,
    config,
    clock: () => new Date(),
    migrations,
    log,
    // What the database knows; a Worker has no process whose figures would mean anything.
    ...(config.metricsToken ? { metrics: () => metricsOf(db) } : {}),
    later: (work) => void pending.push(work.catch((error) => log.error('later', { error: String(error) }))),
    async close() {
      while (pending.length) await pending.shift()
      await mailer.close()
      await connection.close()
    },
  }
}

async function metricsOf(db: Services['db']): Promise<string> {
  const { databaseText } = await import('../platform/metrics.ts')
  return databaseText(() => findFigures(db), version)
}

/** The bucket that is bound, or one of another provider. @throws ConfigError where there is neither */
function openFiles(env: WorkerEnv, config: Config): FileStore {
  if (env.FILES) return createR2Store(env.FILES)
  if (config.s3) return createS3Store(config.s3)
  throw new ConfigError('FILES is missing: bind an R2 bucket in wrangler.toml, or set the S3 variables')
}

/** The variables of the Worker. There is no disk to keep generated keys on, so they must be given. */
function readWorkerConfig(env: WorkerEnv): Config {
  const given = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const config = readConfig({ ...Object.fromEntries(given), DATABASE_URL: env.HYPERDRIVE.connectionString })
  for (const name of ['BASE_URL', 'LINK_KEY', 'AUTH_SECRET']) {
    if (!env[name])
      throw new ConfigError(
        `${name} is missing: on Workers it must be set, as a variable or by: wrangler secret put ${name}`,
      )
  }
  if (config.clamd && 'path' in config.clamd)
    throw new ConfigError('CLAMD_URL: there are no sockets of a file system on Workers; expected tcp://host:3310')
  return config
}
