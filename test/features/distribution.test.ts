import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

/** Copied to every node: small, or looked up before the organisation is known. docs/scale.md says why for each. */
const reference = [
  'organizations',
  'slugs',
  'links',
  'api_keys',
  'members',
  'rate_limits',
  'task_runs',
  'instances',
  'deployment',
  'link_keys',
  'mail_stops',
  'backups',
  'mailbox_messages',
  'schema_migrations',
]

/**
 * Unique by itself, without the organisation, on tables that are distributed: each is random or made of the organisation's own
 * name, so that what Citus cannot enforce cannot happen either.
 */
const uniqueByNature = [
  'files.storage_key',
  'messages.message_id',
  // Slugs are kept unique by `slugs`, which is not distributed.
  'seminars.slug',
  'seminars.uid',
  'upload_parts.storage_key',
]

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const tables = async () => {
  const rows = await database.sql<{ name: string }[]>`
    select c.relname as name from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`
  return rows.map((row) => row.name)
}
const distributed = async () => (await tables()).filter((name) => !reference.includes(name))

describe('the schema can be distributed by organization_id', () => {
  it('every table has the column, never null, but those that are copied to every node', async () => {
    const rows = await database.sql<{ name: string }[]>`
      select attrelid::regclass::text as name from pg_attribute where attname = 'organization_id' and attnotnull`
    const tenant = new Set(rows.map((row) => row.name))
    expect((await distributed()).filter((name) => !tenant.has(name))).toEqual([])
    expect(reference.filter((name) => name !== 'schema_migrations')).toEqual(
      expect.arrayContaining((await tables()).filter((name) => !tenant.has(name) && name !== 'schema_migrations')),
    )
  })

  it('every primary key begins with it; every other unique index has it, or is unique by nature', async () => {
    const indexes = await database.sql<{ name: string; primary: boolean; columns: string[] }[]>`
      select i.indrelid::regclass::text as name, i.indisprimary as primary,
        array(select coalesce(a.attname, 'expression') from unnest(i.indkey::int2[]) with ordinality k(n, o)
          left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n and k.n > 0 order by k.o)::text[] as columns
      from pg_index i join pg_class c on c.oid = i.indrelid
      where i.indisunique and c.relnamespace = 'public'::regnamespace`
    const ours = new Set(await distributed())
    const own = indexes.filter(({ name }) => ours.has(name))
    expect(own.filter((i) => i.primary && i.columns[0] !== 'organization_id')).toEqual([])
    expect(own.filter((i) => i.primary)).toHaveLength(ours.size)
    const alone = own.filter((i) => !i.columns.includes('organization_id')).map((i) => `${i.name}.${i.columns}`)
    expect(alone.sort()).toEqual(uniqueByNature)
  })

  it('every foreign key goes by it to a distributed table, or to a copied one', async () => {
    const keys = await database.sql<{ name: string; target: string; columns: string[]; targets: string[] }[]>`
      select k.conrelid::regclass::text as name, k.confrelid::regclass::text as target,
        array(select attname from unnest(k.conkey) with ordinality n(c, o)
          join pg_attribute on attrelid = k.conrelid and attnum = n.c order by n.o)::text[] as columns,
        array(select attname from unnest(k.confkey) with ordinality n(c, o)
          join pg_attribute on attrelid = k.confrelid and attnum = n.c order by n.o)::text[] as targets
      from pg_constraint k join pg_class c on c.oid = k.conrelid
      where k.contype = 'f' and c.relnamespace = 'public'::regnamespace`
    const ours = new Set(await distributed())
    const bad = keys.filter(({ name, target, columns, targets }) => {
      const copied = reference.includes(target) || target.startsWith('auth.')
      // Citus: a copied table may not point into a distributed one.
      if (!ours.has(name)) return !copied
      return !copied && !(columns[0] === 'organization_id' && targets[0] === 'organization_id')
    })
    expect(bad).toEqual([])
  })

  it('docs/scale.md names every table that is not distributed, and every index that is unique by nature', () => {
    const text = readFileSync('docs/scale.md', 'utf8')
    for (const name of [...reference, ...uniqueByNature]) expect(text).toContain(`\`${name}\``)
  })
})
