// 10,000 delegates answer for 400 places over HTTP, against the bare conditional update on as many connections.
import { connect, invitees, LINK_KEY, links, seminar } from './support/data.mjs'
import { startService } from './support/service.mjs'

const DELEGATES = 10_000
const PLACES = 400
/** As many as the service has to its database. */
const CONNECTIONS = 20

/** Runs `work` over all items, `width` at a time. @returns seconds */
async function inParallel(items, width, work) {
  let at = 0
  const since = performance.now()
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (at < items.length) await work(items[at++])
    }),
  )
  return (performance.now() - since) / 1000
}

export async function measure() {
  const service = await startService({ LINK_KEY, LOG_LEVEL: 'error' })
  const sql = connect(service, { max: CONNECTIONS })
  try {
    const [{ id: organizationId }] = await sql`select id from organizations where slug = 'minh-ha'`
    const asked = await seminar(sql, organizationId, { slug: 'bench-answers', capacity: PLACES })
    const bare = await seminar(sql, organizationId, { slug: 'bench-bare', capacity: PLACES })
    const made = await links(sql, organizationId, await invitees(sql, organizationId, asked, DELEGATES))
    await sql`vacuum analyze`

    const took = await inParallel(made, CONNECTIONS * 2, async ({ token, ref }) => {
      const answer = await fetch(`${service.origin}/i/${token}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { Origin: service.origin, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ ref, answer: 'attend' }),
      })
      await answer.arrayBuffer()
      if (answer.status !== 303) throw new Error(`an answer was answered ${answer.status}`)
    })
    const [after] = await sql`
      select p.taken, p.waiting_last, (select count(*)::int from invitations where seminar_id = ${asked} and answer = 'waitlisted') as waiting
      from seminar_places p where p.seminar_id = ${asked}`
    if (after.taken !== PLACES || after.waiting !== DELEGATES - PLACES || after.waiting_last !== DELEGATES - PLACES)
      throw new Error(`places came out wrong: ${JSON.stringify(after)}`)

    const baseline = await inParallel(
      made,
      CONNECTIONS,
      () => sql`
        update seminar_places set taken = taken + (taken < capacity)::int, waiting_last = waiting_last + (taken >= capacity)::int
        where organization_id = ${organizationId} and seminar_id = ${bare} returning taken, waiting_last`,
    )
    const times = await where(sql)
    return [
      {
        name: 'answers.10000',
        value: took,
        baseline,
        unit: 's',
        notes: [`${Math.round(DELEGATES / took)} answers a second; exactly ${PLACES} places`, ...times],
      },
    ]
  } finally {
    await sql.end()
    await service.stop()
  }
}

/** What the database did meanwhile, counted by its own statistics. */
async function where(sql) {
  const [row] = await sql`
    select xact_commit::int as commits, (tup_inserted + tup_updated)::int as written from pg_stat_database where datname = current_database()`
  return [`database since its start: ${row.commits} transactions, ${row.written} rows written`]
}
