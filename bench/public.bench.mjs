// The public summary and a feed's 304, under the service's own log and headers, against a bare Hono route.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare, openFileLimit } from './support/load.mjs'
import { startBare, startService } from './support/service.mjs'

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

export async function measure() {
  const service = await startService()
  const folder = mkdtempSync(join(tmpdir(), 'hoithao-bench-'))
  let bare
  try {
    const page = await zippedBytes(service.origin + SUMMARY)
    const file = join(folder, 'page.gz')
    writeFileSync(file, page.bytes)
    bare = await startBare(file, page.type)
    const own = { url: service.origin + SUMMARY }
    const base = { url: `${bare.origin}/page` }
    const headers = { 'Accept-Encoding': 'gzip' }
    const rows = [
      { name: 'summary.c64', ...(await compare(own, base, { connections: 64, seconds: 4, headers })), unit: '1/s' },
    ]
    const limit = openFileLimit()
    if (limit !== undefined && limit < ONLINE + 200) {
      rows.push({
        name: 'summary.c3800',
        refused: `open files are limited to ${limit}; ${ONLINE + 200} are needed (ulimit -n)`,
      })
    } else {
      const many = await compare(own, base, { connections: ONLINE, seconds: 6, headers })
      rows.push({ name: 'summary.c3800', ...many, unit: '1/s' })
    }
    const etag = (await fetch(service.origin + FEED)).headers.get('etag')
    const unchanged = await compare(
      { url: service.origin + FEED, options: { headers: { 'If-None-Match': etag } } },
      { url: `${bare.origin}/unchanged`, options: { headers: { 'If-None-Match': '"baseline"' } } },
      { connections: 64, seconds: 4 },
    )
    rows.push({ name: 'feed.304', ...unchanged, unit: '1/s' })
    return rows
  } finally {
    await bare?.stop()
    await service.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
