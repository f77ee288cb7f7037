// The console's list of invitees, in an organisation with a million past invitations and in one with a thousand.
import { connect, invitees, LINK_KEY, seminar, signIn } from './support/data.mjs'
import { startService } from './support/service.mjs'

const INVITEES = 1000
const ROUNDS = 60

async function stage(past) {
  const service = await startService({ LINK_KEY, LOG_LEVEL: 'error' })
  const sql = connect(service, { max: 1 })
  try {
    const [{ id: organizationId }] = await sql`select id from organizations where slug = 'minh-ha'`
    const perSeminar = Math.min(past, 10_000)
    for (let i = 0; i < past / perSeminar; i++) {
      const id = await seminar(sql, organizationId, { slug: `bench-past-${i}`, daysAhead: -30 - i })
      await sql`
        insert into invitations (organization_id, seminar_id, name, family, middle, given, positions, status, sent_at, answer, answered_at)
        select ${organizationId}, ${id}, 'Nguyễn Văn Đại biểu ' || n, 'Nguyễn', 'Văn Đại', 'biểu ' || n,
          array['Bí thư Chi bộ số ' || n], 'sent', now(), 'declined', now()
        from generate_series(1, ${perSeminar}::int) n`
    }
    const current = await seminar(sql, organizationId, { slug: 'bench-current' })
    await invitees(sql, organizationId, current, INVITEES)
    await sql`vacuum analyze`
    const cookie = await signIn(service)
    const url = `${service.origin}/console/minh-ha/seminars/${current}/invitations`
    return {
      stop: service.stop,
      async once() {
        const since = performance.now()
        const answer = await fetch(url, { headers: { Cookie: cookie }, redirect: 'error' })
        await answer.arrayBuffer()
        if (!answer.ok) throw new Error(`the list answered ${answer.status}`)
        return performance.now() - since
      },
    }
  } catch (error) {
    await service.stop()
    throw error
  } finally {
    await sql.end()
  }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

export async function measure() {
  const small = await stage(1000)
  let large
  try {
    large = await stage(1_000_000)
    const times = { small: [], large: [] }
    for (let i = 0; i < ROUNDS; i++) {
      times.small.push(await small.once())
      times.large.push(await large.once())
    }
    // The first rounds warm both sides.
    const [value, baseline] = [times.large, times.small].map((all) => median(all.slice(10)))
    return [{ name: 'list.growth', value, baseline, unit: 'ms' }]
  } finally {
    await large?.stop()
    await small.stop()
  }
}
