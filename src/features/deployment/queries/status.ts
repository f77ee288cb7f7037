import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import { listSetAside } from '../../files/commands/quarantine.ts'
import type { FileStore } from '../../files/schema.ts'
import { findDeploymentId, findStoreId } from '../../identity/queries.ts'
import { findDatabaseHealth } from '../../tasks/queries.ts'
import type { Program, Status } from '../schema.ts'
import { findFigures } from './figures.ts'

const MOST_SET_ASIDE = 1000

/** How the whole deployment stands. Reads tables whole: for a person who looks, not for a scraper. */
export async function findStatus(db: Db, files: FileStore, program: Program): Promise<Status> {
  const figures = await findFigures(db)
  const { readOnly, outboxLate } = await findDatabaseHealth(db)
  const seen = await db
    .selectFrom('instances')
    .select(['id', 'host', 'version', 'started_at', 'seen_at'])
    .where(sql<boolean>`not is_gone(id)`)
    .orderBy('started_at')
    .execute()
  const lastBackup = await db.selectFrom('backups').selectAll().orderBy('made_at', 'desc').limit(1).executeTakeFirst()
  const key = await db.selectFrom('link_keys').select('taken_at').where('replaced_at', 'is', null).executeTakeFirst()
  const facts = await findFacts(db)
  return {
    ...figures,
    at: facts.at,
    program,
    database: { version: facts.version, bytes: facts.bytes, readOnly, outboxLate },
    seen: seen.map((row) => ({
      id: row.id,
      host: row.host,
      version: row.version,
      startedAt: row.started_at,
      seenAt: row.seen_at,
    })),
    stores: { files: facts.files, bytes: facts.fileBytes, ...(await lookAtStore(db, files)) },
    linkKeySince: key?.taken_at ?? null,
    lastBackup: lastBackup
      ? { madeAt: lastBackup.made_at, place: lastBackup.place, files: lastBackup.files, bytes: lastBackup.bytes }
      : null,
  }
}

interface Facts {
  at: Date
  version: string
  bytes: number
  files: number
  fileBytes: number
}

async function findFacts(db: Db): Promise<Facts> {
  const { rows } = await sql<Facts>`
    select now() as at, current_setting('server_version') as version, pg_database_size(current_database())::float8 as bytes,
      f.files, f."fileBytes"
    from (select count(*)::int as files, coalesce(sum(size), 0)::float8 as "fileBytes" from files) f`.execute(db)
  return rows[0] as Facts
}

async function lookAtStore(
  db: Db,
  files: FileStore,
): Promise<Pick<Status['stores'], 'setAside' | 'space' | 'mark' | 'failure'>> {
  let setAside = 0
  try {
    const id = await findDeploymentId(db)
    const found = await findStoreId(files)
    // A database that no server has met yet has no mark to look for.
    const mark = id === undefined || found === id ? 'own' : found === undefined ? 'none' : 'another'
    if (mark !== 'own') return { setAside, space: undefined, mark, failure: undefined }
    for await (const _ of listSetAside(files)) if (++setAside === MOST_SET_ASIDE) break
    return { setAside, space: await files.space?.(), mark, failure: undefined }
  } catch (error) {
    return { setAside, space: undefined, mark: 'own', failure: (error as Error).message }
  }
}

/** The domains that letters come from: of organisations' own mailboxes, and of MAIL_FROM. */
export async function listSenderDomains(db: Db, mailFrom: string): Promise<string[]> {
  const rows = await db.selectFrom('organizations').select('email').distinct().where('email', 'is not', null).execute()
  const domains = [mailFrom, ...rows.map((row) => row.email as string)].map((address) =>
    address.slice(address.lastIndexOf('@') + 1).toLowerCase(),
  )
  return [...new Set(domains)]
}

/** What a database is, for who looks before going live. */
export async function findDatabaseFacts(db: Db) {
  const { rows } = await sql<{
    now: Date
    version: number
    shown: string
    fsync: string
    fullPageWrites: string
    statementTimeout: string
    standby: boolean
    encoding: string
    migrations: number
    backup: Date | null
  }>`
    select clock_timestamp() as now, current_setting('server_version_num')::int as version, current_setting('server_version') as shown,
      current_setting('fsync') as fsync, current_setting('full_page_writes') as "fullPageWrites",
      current_setting('statement_timeout') as "statementTimeout", pg_is_in_recovery() as standby,
      current_setting('server_encoding') as encoding, (select count(*)::int from schema_migrations) as migrations,
      (select max(made_at) from backups) as backup`.execute(db)
  return rows[0] as (typeof rows)[number]
}

/** Whether a person owns the organisation that was made first. */
export async function ownsFirstOrganization(db: Db, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('members as m')
    .select('m.role')
    .where('m.user_id', '=', userId)
    .where('m.disabled_at', 'is', null)
    .where('m.role', '=', 'owner')
    .where('m.organization_id', '=', (eb) => eb.selectFrom('organizations').select('id').orderBy('id').limit(1))
    .executeTakeFirst()
  return row !== undefined
}
