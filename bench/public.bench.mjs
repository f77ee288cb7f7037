// The public summary and a feed's 304, under the service's own log and headers, against a bare Hono route.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare, openFileLimit } from './support/load.mjs'
import { startBare, startNginx, startService } from './support/service.mjs'

const SUMMARY = '/s/phat-trien-dang-vien-2023/summary'
const FEED = '/calendar.ics'
/** The seed's portal had this many people online. */
const ONLINE = 3800

async function zippedBytes(url) {
  // Node's fetch unpacks; what is asked for here is what goes over the wire.
  const { get } = await import('node:http')
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'Accept-Encoding': 'gzip' } }, (answer) => {
      const pieces = []
      answer.on('data', (piece) => pieces.push(piece))
      answer.on('end', () => resolve({ bytes: Buffer.concat(pieces), type: answer.headers['content-type'] }))
    }).once('error', reject)
  })
}

/** Each figure has a service and a baseline of its own, so that none carries what another left in memory. */
async function pair(run, { env = {}, baseline = startBare } = {}) {
  const service = await startService(env)
  const folder = mkdtempSync(join(tmpdir(), 'hoithao-bench-'))
  let bare
  try {
    const page = await zippedBytes(service.origin + SUMMARY)
    const file = join(folder, 'page.gz')
    writeFileSync(file, page.bytes)
    bare = await baseline(file, page.type, folder)
    if (!bare) return { refused: 'nginx is not installed' }
    return { ...(await run(service, bare)), unit: '1/s' }
  } finally {
    await bare?.stop()
    await service.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function summary(connections, seconds) {
  const headers = { 'Accept-Encoding': 'gzip' }
  return pair((service, bare) =>
    compare({ url: service.origin + SUMMARY }, { url: `${bare.origin}/page` }, { connections, seconds, headers }),
  )
}

/** All cores of the machine for the service, as for nginx. */
function againstNginx() {
  return pair(
    (service, nginx) =>
      compare(
        { url: service.origin + SUMMARY },
        { url: `${nginx.origin}/page` },
        { connections: 64, seconds: 4, headers: { 'Accept-Encoding': 'gzip' } },
      ),
    { env: { PROCESSES: 'auto' }, baseline: (file, type, folder) => startNginx(folder, file, type) },
  )
}

function unchanged() {
  return pair(async (service, bare) => {
    const url = service.origin + FEED
    const etag = (await fetch(url)).headers.get('etag')
    return compare(
      { url, options: { headers: { 'If-None-Match': etag } } },
      { url: `${bare.origin}/unchanged`, options: { headers: { 'If-None-Match': '"baseline"' } } },
      { connections: 64, seconds: 4 },
    )
  })
}

export async function measure() {
  const limit = openFileLimit()
  const refused = `open files are limited to ${limit}; ${ONLINE + 200} are needed (ulimit -n)`
  const enough = limit === undefined || limit >= ONLINE + 200
  return [
    { name: 'summary.c64', ...(await summary(64, 4)) },
    { name: 'summary.c3800', ...(enough ? await summary(ONLINE, 6) : { refused }) },
    { name: 'summary.nginx', ...(await againstNginx()) },
    { name: 'feed.304', ...(await unchanged()) },
  ]
}
