// How long a delegate's answer takes while the public summary is read at full speed by thousands, against the same in quiet.
import { connect, invitees, LINK_KEY, links, seminar } from './support/data.mjs'
import { load, openFileLimit } from './support/load.mjs'
import { startService } from './support/service.mjs'

const SUMMARY = '/s/phat-trien-dang-vien-2023/summary'
const READERS = 3800
const ANSWERS = 200
const SECONDS = 20

/** One delegate after another. @returns the 99th percentile of an answer, in milliseconds */
async function answerAll(service, delegates, until = () => false) {
  const times = []
  for (const { token, ref } of delegates) {
    if (until()) break
    const since = performance.now()
    const answer = await fetch(`${service.origin}/invitation/${ref}`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        Origin: service.origin,
        Cookie: `__Host-link-${ref}=${token}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ ref, answer: 'attend' }),
    })
    await answer.arrayBuffer()
    if (answer.status !== 303) throw new Error(`an answer was answered ${answer.status}`)
    times.push(performance.now() - since)
  }
  times.sort((a, b) => a - b)
  return { p99: times[Math.ceil(times.length * 0.99) - 1], p50: times[times.length >> 1], count: times.length }
}

export async function measure() {
  const limit = openFileLimit()
  if (limit !== undefined && limit < READERS + 200)
    return [{ name: 'mixed.answer', refused: `open files are limited to ${limit}; ${READERS + 200} are needed` }]
  const service = await startService({ LINK_KEY, LOG_LEVEL: 'error', PROCESSES: 'auto' })
  const sql = connect(service, { max: 2 })
  try {
    const [{ id: organizationId }] = await sql`select id from organizations where slug = 'minh-ha'`
    const id = await seminar(sql, organizationId, { slug: 'bench-mixed', capacity: 400 })
    const made = await links(sql, organizationId, await invitees(sql, organizationId, id, ANSWERS * 2 + 50))
    await answerAll(service, made.splice(0, 50))
    const quiet = await answerAll(service, made.splice(0, ANSWERS))
    let over = false
    const reading = load(service.origin + SUMMARY, {
      connections: READERS,
      seconds: SECONDS,
      headers: { 'Accept-Encoding': 'gzip' },
    }).finally(() => {
      over = true
    })
    await new Promise((resolve) => setTimeout(resolve, 2000))
    const busy = await answerAll(service, made, () => over)
    const read = await reading
    return [
      {
        name: 'mixed.answer',
        value: busy.p99,
        baseline: quiet.p99,
        unit: 'ms',
        errors: read.errors,
        notes: [
          `${busy.count} answers among ${Math.round(read.responses / read.seconds)} pages a second; medians ${busy.p50.toFixed(0)} and ${quiet.p50.toFixed(1)} ms`,
        ],
      },
    ]
  } finally {
    await sql.end()
    await service.stop()
  }
}
