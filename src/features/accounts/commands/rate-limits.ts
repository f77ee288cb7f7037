import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'

/**
 * Counts one hit of a key in its window, by the database's clock and in a statement of its own: the count stays when what
 * follows is rolled back. @returns the hits so far and the seconds until the window ends.
 */
export async function countHit(
  db: Db,
  key: string,
  windowSeconds: number,
): Promise<{ hits: number; retryAfter: number }> {
  const { rows } = await sql<{ hits: number; left: number }>`
    insert into rate_limits as r (key, window_start)
    values (${key}, to_timestamp(floor(extract(epoch from now()) / ${windowSeconds}::int) * ${windowSeconds}::int))
    on conflict (key, window_start) do update set hits = r.hits + 1
    returning r.hits, ceil(extract(epoch from r.window_start) + ${windowSeconds}::int - extract(epoch from now()))::int as left`.execute(
    db,
  )
  const row = rows[0] as { hits: number; left: number }
  return { hits: row.hits, retryAfter: Math.max(1, row.left) }
}

/** Counts hits of many keys at once, in one statement. @returns for each its hits so far and the seconds until the window ends */
export async function countHits(
  db: Db,
  hits: Map<string, number>,
  windowSeconds: number,
): Promise<{ key: string; hits: number; retryAfter: number }[]> {
  const { rows } = await sql<{ key: string; hits: number; left: number }>`
    insert into rate_limits as r (key, window_start, hits)
    select key, to_timestamp(floor(extract(epoch from now()) / ${windowSeconds}::int) * ${windowSeconds}::int), hits
    from unnest(${[...hits.keys()]}::text[], ${[...hits.values()]}::int[]) as given (key, hits) order by key
    on conflict (key, window_start) do update set hits = r.hits + excluded.hits
    returning r.key, r.hits, ceil(extract(epoch from r.window_start) + ${windowSeconds}::int - extract(epoch from now()))::int as left`.execute(
    db,
  )
  return rows.map((row) => ({ key: row.key, hits: row.hits, retryAfter: Math.max(1, row.left) }))
}

/**
 * Lets at most `limit` hits of a key through in a window.
 * @throws DomainError too_many_requests, params.retryAfter in seconds, with the `detail` that has words of its own
 */
export async function hitRateLimit(
  db: Db,
  key: string,
  { limit, windowSeconds, detail }: { limit: number; windowSeconds: number; detail?: string },
): Promise<void> {
  const { hits, retryAfter } = await countHit(db, key, windowSeconds)
  if (hits > limit)
    throw new DomainError('too_many_requests', { ...(detail ? { detail } : {}), params: { retryAfter } })
}

/** Forgets a key's hits: after a right password the wrong ones before it no longer count. */
export async function forgetHits(db: Db, key: string): Promise<void> {
  await db.deleteFrom('rate_limits').where('key', '=', key).execute()
}

/** Removes windows long past; a recurring task. No window is longer than a day. */
export async function removePastHits(db: Db): Promise<void> {
  await sql`delete from rate_limits where window_start < now() - interval '2 days'`.execute(db)
}
