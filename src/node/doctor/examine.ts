import { Resolver } from 'node:dns/promises'
import type { Config } from '../../config.ts'
import { listSenderDomains } from '../../features/deployment/queries/status.ts'
import { readMigrations } from '../../platform/project.ts'
import { findSecrets } from '../../platform/secrets.ts'
import { withDatabaseOf } from '../database.ts'
import { openFiles } from '../files.ts'
import { type Finding, fault, reason } from './finding.ts'
import { checkSmtp, sendTest } from './mail.ts'
import { addressesOf } from './names.ts'
import { checkDatabase, checkKeys, checkScanner, checkStore } from './parts.ts'
import { checkSender } from './senders.ts'
import { checkSite } from './site.ts'

export interface Examination {
  /** A DNS server to ask, `9.9.9.9` or `127.0.0.1:5353`; without it those of this machine. */
  dns?: string | undefined
  /** What the mail server signs with. */
  selector?: string | undefined
  /** An address that gets a test letter. */
  to?: string | undefined
  /** Certificates trusted besides the system's: for tests. */
  ca?: string
}

/** Looks at everything that a deployment stands on. Nothing is changed, but for a file that is written and removed. */
export async function examine(config: Config, { dns, selector, to, ca }: Examination): Promise<Finding[]> {
  const names = new Resolver({ timeout: 3_000, tries: 2 })
  if (dns) names.setServers([dns])
  const kept = await findSecrets(config.dataDir)
  const linkKey = config.linkKey ?? kept?.linkKey
  let domains = [config.mailFrom.slice(config.mailFrom.lastIndexOf('@') + 1)]
  const findings: Finding[] = []
  await withDatabaseOf(
    config,
    () => undefined,
    async ({ db }) => {
      const migrations = (await readMigrations()).length
      findings.push(...(await checkDatabase(db, config, migrations)), ...(await checkKeys(db, config, kept)))
      domains = await listSenderDomains(db, config.mailFrom)
    },
  ).catch((error) => {
    findings.push(
      fault('postgres', reason(error), 'look at DATABASE_URL, and run the command migrate where the database is new'),
    )
  })
  const store = openFiles(config).then(checkStore, (error) => [
    fault('files', reason(error), 'look at DATA_DIR or the S3 settings'),
  ])
  const servers = await serversOf(config, names)
  const rest = await Promise.all([
    store,
    checkSite({ config, linkKey, names, ...(ca ? { ca } : {}) }),
    checkSmtp(config),
    ...domains.map((domain) => checkSender({ names, domain, servers, selector })),
    checkScanner(config).then((finding) => [finding]),
    to ? sendTest(config, to).then((finding) => [finding]) : [],
  ])
  return [...findings, ...rest.flat()]
}

/** Addresses of the mail server; none where it is not known, or DNS gives no answer: the log-in tells of that. */
async function serversOf({ smtpUrl }: Config, names: Resolver): Promise<string[]> {
  if (!smtpUrl) return []
  const found = await addressesOf(names, new URL(smtpUrl).hostname).catch(() => ({ v4: [], v6: [] }))
  return [...found.v4, ...found.v6]
}
