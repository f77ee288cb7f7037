import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
// @ts-expect-error a script without types
import { build } from '../../scripts/build.mjs'
import { findFigures } from '../../src/features/deployment/queries/figures.ts'
import { createMetrics } from '../../src/node/metrics.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { readExposition } from '../support/exposition.ts'

let database: TestDatabase
let folder: string
beforeAll(async () => {
  await build({ ifStale: true })
  database = await createTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'hoithao-watching-'))
})
afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true })
})

/** Every name that a scrape gives, those of histograms with their endings. */
async function names(): Promise<Set<string>> {
  await database.sql`insert into backups (place, files, bytes) values ('a:/b', 1, 1)`
  await database.sql`insert into task_runs (task, worker, started_at, finished_at) values ('outbox', 'w', now(), now()) on conflict do nothing`
  const sources = {
    pool: () => ({ inUse: 0, idle: 0, waiting: 0, limit: 1 }),
    kept: () => ({ whole: 0, unchanged: 0 }),
  }
  const { meter, text } = createMetrics({ db: database.db }, sources, 'alone')
  meter.task('x', 1, false)
  expect((await findFigures(database.db)).backupSeconds).not.toBeNull()
  const { types } = readExposition(await text())
  return new Set(
    [...types].flatMap(([name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )
}
const named = (text: string) => [...text.matchAll(/\bhoithao_[a-z0-9_]+/g)].map(([name]) => name)

interface Rule {
  alert: string
  expr: string
  for?: string
  labels: { severity: string }
  annotations: { summary: string }
}

describe('deploy/', () => {
  it('has alerts that are read, each on figures that there are', async () => {
    const { groups } = parse(readFileSync('deploy/alerts.yml', 'utf8')) as { groups: { name: string; rules: Rule[] }[] }
    const rules = groups.flatMap((group) => group.rules)
    const there = await names()
    expect(new Set(rules.map((rule) => rule.alert)).size).toBe(rules.length)
    for (const rule of rules) {
      expect(['page', 'ticket']).toContain(rule.labels.severity)
      expect(rule.annotations.summary).toBeTruthy()
      expect((rule.expr.match(/\(/g) ?? []).length, rule.expr).toBe((rule.expr.match(/\)/g) ?? []).length)
      if (rule.alert !== 'HoithaoDown') expect(named(rule.expr).length, rule.expr).toBeGreaterThan(0)
      for (const name of named(rule.expr)) expect([...there], rule.alert).toContain(name)
    }
  })

  it('has a dashboard of figures that there are, none beside or over another', async () => {
    const { panels } = JSON.parse(readFileSync('deploy/dashboard.json', 'utf8'))
    const there = await names()
    const places = new Set<string>()
    for (const { title, gridPos, targets } of panels) {
      places.add(`${gridPos.x},${gridPos.y}`)
      for (const { expr } of targets) for (const name of named(expr)) expect([...there], title).toContain(name)
    }
    expect(places.size).toBe(panels.length)
  })

  it('has rules for plain log files that logrotate reads, where there is one', () => {
    // It refuses rules that others may write.
    const path = join(folder, 'logrotate')
    cpSync('deploy/logrotate', path)
    chmodSync(path, 0o644)
    const { error, status, stderr } = spawnSync('logrotate', ['--debug', '--state', join(folder, 'state'), path], {
      encoding: 'utf8',
    })
    if (error) return expect((error as NodeJS.ErrnoException).code).toBe('ENOENT')
    expect([status, stderr.split('\n').filter((line) => line.startsWith('error'))]).toEqual([0, []])
  })
})

interface Service {
  image?: string
  command?: string[]
  logging?: { driver: string; options: Record<string, string> }
  mem_limit?: string
  volumes?: string[]
}

describe('compose.yaml', () => {
  const { services, volumes } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as {
    services: Record<string, Service>
    volumes: Record<string, unknown>
  }

  it('bounds memory and logs of each container, and names its volumes', () => {
    for (const service of Object.values(services)) {
      expect(service.mem_limit).toMatch(/^\d+[mg]$/)
      expect(service.logging).toEqual({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } })
      for (const volume of service.volumes ?? []) expect(Object.keys(volumes)).toContain(volume.split(':')[0])
    }
  })

  it('names images by an exact version: the Node of package.json, the Postgres that the tests run on', async () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    const from = [...readFileSync('Dockerfile', 'utf8').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)
    expect(new Set(from.map((image) => image?.split('@')[0]))).toEqual(new Set([`node:${devDependencies.node}-slim`]))
    const [row] = await database.sql`select split_part(current_setting('server_version'), ' ', 1) as version`
    expect(services.db?.image?.split('@')[0]).toBe(`postgres:${row?.version}`)
  })

  it('backs up by the command it names: at once where none is there, then waits, and ends when told', async () => {
    const command = services.backup?.command as string[]
    expect(command[0]).toBe('node')
    const backups = join(folder, 'backups')
    const child = spawn(
      process.execPath,
      command.slice(1).map((word) => (word === '/backups' ? backups : word)),
      {
        env: {
          PATH: process.env.PATH,
          BASE_URL: 'http://localhost:3000',
          DATABASE_URL: database.url,
          DATA_DIR: join(folder, 'data'),
          LINK_KEY: 'l'.repeat(40),
          AUTH_SECRET: 's'.repeat(40),
        } as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let said = ''
    child.stdout.on('data', (piece) => void (said += piece))
    child.stderr.on('data', (piece) => void (said += piece))
    const ended = new Promise((resolve) => child.once('exit', resolve))
    try {
      await expect.poll(() => said, { timeout: 60_000 }).toContain('Not in it: LINK_KEY')
      const names = readdirSync(backups)
      expect(names).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT\d{6}Z$/)])
      execFileSync('sha256sum', ['--quiet', '-c', 'SHA256SUMS'], { cwd: join(backups, names[0] as string) })
      expect(child.exitCode).toBeNull()
    } finally {
      child.kill('SIGTERM')
    }
    expect(await ended).toBe(0)
    const last = readFileSync('Dockerfile', 'utf8')
      .split(/^FROM /m)
      .at(-1) as string
    expect(last).toMatch(/install -d -o node -g node -m 0700 \/data \/backups/)
  })
})

it('deploy/pin-images writes digests behind versions, and again over older ones', () => {
  const place = join(folder, 'pin')
  mkdirSync(join(place, 'deploy'), { recursive: true })
  mkdirSync(join(place, 'bin'))
  for (const file of ['Dockerfile', 'compose.yaml', 'deploy/pin-images']) cpSync(file, join(place, file))
  const pin = (digit: string) => {
    // What docker says of an image; none is needed to see what the script makes of it.
    writeFileSync(join(place, 'bin/docker'), `#!/bin/sh\necho sha256:${digit.repeat(64)}\n`, { mode: 0o755 })
    return spawnSync('sh', ['deploy/pin-images'], {
      cwd: place,
      encoding: 'utf8',
      env: { PATH: `${join(place, 'bin')}:/usr/bin:/bin` },
    })
  }
  const read = (file: string) => readFileSync(join(place, file), 'utf8')
  expect(pin('a').status).toBe(0)
  expect(read('Dockerfile').match(/^FROM node:[\d.]+-slim@sha256:a{64}/gm)).toHaveLength(3)
  expect(read('compose.yaml')).toMatch(/^ +image: postgres:[\d.]+@sha256:a{64}$/m)
  expect(pin('b').status).toBe(0)
  expect(read('Dockerfile').match(/^FROM node:[\d.]+-slim@sha256:b{64}( AS \w+)?$/gm)).toHaveLength(3)
  expect(read('compose.yaml')).not.toContain('aaaa')
  expect(existsSync(join(place, 'Dockerfile.new'))).toBe(false)
  writeFileSync(join(place, 'bin/docker'), '#!/bin/sh\necho nothing\n', { mode: 0o755 })
  const refused = spawnSync('sh', ['deploy/pin-images'], {
    cwd: place,
    encoding: 'utf8',
    env: { PATH: `${join(place, 'bin')}:/usr/bin:/bin` },
  })
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('no digest')])
})
