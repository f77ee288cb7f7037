// Resident set of the server's process: idle against a bare Hono server, and after an upload of 500 MB against idle.
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { linkToken } from '../src/features/links/token.ts'
import { caller, connect, LINK_KEY, seminar } from './support/data.mjs'
import { startBare, startService } from './support/service.mjs'

const MB = 1024 * 1024
const SIZE = 500 * MB

/** Megabytes; Linux only. */
function resident(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
}

/** A PDF of 500 MB in a form, made as it is sent. */
function* form(boundary) {
  yield `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="lon.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%`
  const noise = randomBytes(MB).toString('base64').slice(0, MB)
  for (let i = 0; i < SIZE / MB; i++) yield noise
  yield `\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n\r\n--${boundary}--\r\n`
}

export async function measure() {
  if (process.platform !== 'linux') return [{ name: 'memory.idle', refused: 'the resident set is read from /proc' }]
  const folder = mkdtempSync(join(tmpdir(), 'hoithao-bench-'))
  writeFileSync(join(folder, 'page'), 'x')
  const service = await startService({ LINK_KEY, LOG_LEVEL: 'error', UPLOAD_MAX_MB: '600' })
  const bare = await startBare(join(folder, 'page'), 'text/plain')
  const sql = connect(service, { max: 1 })
  try {
    await wait(3000)
    const idle = resident(service.pid)
    const base = resident(bare.pid)
    const { organizationId } = await caller(service, sql)
    const seminarId = await seminar(sql, organizationId, { slug: 'bench-upload' })
    const [{ id }] = await sql`
      insert into presentations (organization_id, seminar_id, name, topic) values (${organizationId}, ${seminarId}, 'Diễn giả', 'Tham luận lớn') returning id`
    const token = await linkToken(LINK_KEY, 'presentation', id, 1)
    await sql`insert into links (token_hash, ref, purpose, organization_id, target_id, generation)
      values (${createHash('sha256').update(token).digest()}, 'bench-upload', 'presentation', ${organizationId}, ${id}, 1)`
    const boundary = 'bench-boundary'
    let peak = 0
    const watch = setInterval(() => {
      peak = Math.max(peak, resident(service.pid))
    }, 50)
    const answer = await fetch(`${service.origin}/p/${token}/files`, {
      method: 'POST',
      redirect: 'manual',
      duplex: 'half',
      headers: { Origin: service.origin, 'Content-Type': `multipart/form-data; boundary=${boundary}` },
      body: ReadableStream.from(form(boundary)).pipeThrough(new TextEncoderStream()),
    })
    clearInterval(watch)
    const text = await answer.text()
    if (answer.status !== 303) throw new Error(`the upload answered ${answer.status}: ${text.slice(-600)}`)
    const after = resident(service.pid)
    return [
      { name: 'memory.idle', value: idle, baseline: base, unit: 'MB' },
      {
        name: 'memory.upload',
        value: after,
        baseline: idle,
        unit: 'MB',
        notes: [`peak while 500 MB came in: ${peak.toFixed(0)} MB`],
      },
    ]
  } finally {
    await sql.end()
    await bare.stop()
    await service.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
