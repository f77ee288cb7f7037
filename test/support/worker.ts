import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { expect } from 'vitest'
import { createTestHarness } from 'wrangler'
// @ts-expect-error a script without types
import { build } from '../../scripts/build.mjs'
import { transaction } from '../../src/db/transaction.ts'
import { createApiKey } from '../../src/features/accounts/commands/api-keys.ts'
import { systemContext } from './app.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { createOrganization } from './factories.ts'
import { startSmtp, type TestSmtp } from './smtp.ts'

export const workerOrigin = 'https://hoithao.test'
/** How a page of ours sends: by Sec-Fetch-Site, for wrangler's local proxy writes its own address into Origin. */
export const ownPage = { 'sec-fetch-site': 'same-origin' }
export const workerSecrets = { LINK_KEY: 'l'.repeat(40), AUTH_SECRET: 's'.repeat(40) }
const root = fileURLToPath(new URL('../../', import.meta.url))

export interface TestWorker {
  database: TestDatabase
  smtp: TestSmtp
  /** The folder of the bundle that would be deployed. */
  bundle: string
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** What the cron trigger does once a minute. */
  runCron(): Promise<void>
  /** Connections that the Worker holds: all but this test's. */
  connections(): Promise<number>
  close(): Promise<void>
}

/** The bundle in a local workerd, with a database, R2 and a mail server of its own; nothing leaves this machine. `vars` are added. */
export async function startWorker(vars: Record<string, string> = {}): Promise<TestWorker> {
  await build({ ifStale: true })
  const database = await createTestDatabase({ max: 1 })
  const smtp = await startSmtp()
  Object.assign(process.env, {
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_LOG: 'none',
    CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE: database.url,
  })
  const bundle = mkdtempSync(join(tmpdir(), 'hoithao-worker-'))
  const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')
  // The same as `npm run deploy:dry`, with a list of what went in.
  await promisify(execFile)(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', bundle, '--metafile'], {
    cwd: root,
  })
  const server = createTestHarness({
    root,
    workers: [
      {
        configPath: 'wrangler.toml',
        prebuiltWorkerDir: bundle,
        vars: { BASE_URL: workerOrigin, LOG_LEVEL: 'error', SMTP_URL: smtp.url, ...vars },
        secrets: workerSecrets,
      },
    ],
  })
  await server.listen()
  return {
    database,
    smtp,
    bundle,
    fetch: (path, init) => server.fetch(`${workerOrigin}${path}`, { redirect: 'manual', ...init } as never) as never,
    async runCron() {
      expect((await server.getWorker().scheduled({ cron: '* * * * *' })).outcome).toBe('ok')
    },
    async connections() {
      const pid = sql<{ pid: number }>`select pg_backend_pid() as pid`
      const own = [
        (await database.sql`select pg_backend_pid() as pid`)[0]?.pid,
        (await pid.execute(database.db)).rows[0]?.pid,
      ]
      const [row] = await database.sql`
        select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> all(${own})`
      return row?.n as number
    },
    async close() {
      await server.close()
      await smtp.close()
      await database.drop()
      rmSync(bundle, { recursive: true, force: true })
    },
  }
}

/** An organisation with a key, and how to call the API with it. */
export async function createWorkerCaller(worker: TestWorker) {
  const organization = await createOrganization(worker.database.db)
  const { key } = await transaction(worker.database.db, (trx) =>
    createApiKey(trx, systemContext(), {
      organizationId: organization.id,
      name: 'test',
      scopes: ['read', 'write'],
      expiresAt: null,
    }),
  )
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const bytes = body instanceof Uint8Array
    const answer = await worker.fetch(`/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body ? { 'content-type': bytes ? 'application/octet-stream' : 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: bytes ? new Uint8Array(body) : JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
    return { status: answer.status, headers: answer.headers, body: (text ? JSON.parse(text) : undefined) as any }
  }
  return { organization, key, call }
}

/** A form with files, as bytes: workerd's client takes no form that Node made. */
export async function upload(field: string, files: { name: string; bytes: Uint8Array }[], cookie = '') {
  const form = new FormData()
  for (const { name, bytes } of files) form.append(field, new File([new Uint8Array(bytes)], name))
  const made = new Response(form)
  const headers = { 'content-type': made.headers.get('content-type') as string, ...ownPage, cookie }
  return { method: 'POST', headers, body: await made.arrayBuffer() }
}

export interface Visit {
  cookie?: string
  form?: Record<string, string>
  files?: { name: string; bytes: Uint8Array }[]
}

/** Follows redirects as a browser does, keeping cookies; a form, with files or without, is sent first. */
export async function browse(worker: TestWorker, path: string, { cookie = '', form, files }: Visit = {}) {
  let at = path
  let sent: RequestInit | undefined
  if (form) {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    sent = { method: 'POST', body: new URLSearchParams(form).toString(), headers: { ...type, ...ownPage } }
  }
  if (files) sent = await upload('file', files)
  const pairs = cookie.split('; ').filter(Boolean)
  const jar = new Map(pairs.map((pair) => pair.split('=') as [string, string]))
  for (let hops = 0; hops < 6; hops++) {
    const cookies = [...jar].map((pair) => pair.join('=')).join('; ')
    const answer = await worker.fetch(at, { ...sent, headers: { ...(sent?.headers as object), cookie: cookies } })
    for (const set of answer.headers.getSetCookie()) {
      const [name, value] = (set.split(';')[0] as string).split('=') as [string, string]
      jar.set(name, value)
    }
    const next = answer.headers.get('location')
    const html = await answer.text()
    if (!next) {
      expect([at, answer.status]).toEqual([at, 200])
      return { path: at.replace(/\?.*/, ''), html, cookie: [...jar].map((pair) => pair.join('=')).join('; ') }
    }
    at = new URL(next, `${workerOrigin}${at}`).href.slice(workerOrigin.length)
    sent = undefined
  }
  throw new Error(`too many redirects at ${at}`)
}
