import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig, variables } from '../../src/config.ts'
import { main } from '../../src/node/cli/main.ts'

const operating = readFileSync('docs/operating.md', 'utf8')
const rows = [...operating.matchAll(/^\| `([A-Z_0-9]+)` \| (.*?) \| (.*?) \|/gm)].map(([, ...cells]) => cells) as [
  string,
  string,
  string,
][]

describe('docs/operating.md', () => {
  it('has every variable in its table, and no other', () => {
    expect(rows.map(([name]) => name)).toEqual(variables)
  })

  it('says their defaults', () => {
    const config = readConfig({ DATABASE_URL: 'postgres://a@b/c', BASE_URL: 'http://localhost:3000' })
    const said = Object.fromEntries(rows.map(([name, value]) => [name, /^`([^`]+)`$/.exec(value as string)?.[1]]))
    expect({
      HOST: said.HOST,
      PORT: Number(said.PORT),
      PROCESSES: Number(said.PROCESSES),
      CONNECTIONS_PER_ADDRESS: Number(said.CONNECTIONS_PER_ADDRESS),
      DATABASE_POOLER: said.DATABASE_POOLER === 'transaction',
      DATABASE_CONNECTIONS: Number(said.DATABASE_CONNECTIONS),
      DRAIN_SECONDS: Number(said.DRAIN_SECONDS),
      DATA_DIR: said.DATA_DIR,
      UPLOAD_MAX_MB: Number(said.UPLOAD_MAX_MB) * 1024 * 1024,
      API_RATE_LIMIT: Number(said.API_RATE_LIMIT),
      SLOW_QUERY_MS: Number(said.SLOW_QUERY_MS),
      LOG_LEVEL: said.LOG_LEVEL,
    }).toEqual({
      HOST: config.host,
      PORT: config.port,
      PROCESSES: config.processes,
      CONNECTIONS_PER_ADDRESS: config.connectionsPerAddress,
      DATABASE_POOLER: config.databasePooled,
      DATABASE_CONNECTIONS: config.databaseConnections,
      DRAIN_SECONDS: config.drainSeconds,
      DATA_DIR: config.dataDir,
      UPLOAD_MAX_MB: config.uploadMaxBytes,
      API_RATE_LIMIT: config.apiRateLimit,
      SLOW_QUERY_MS: config.slowQueryMs,
      LOG_LEVEL: config.logLevel,
    })
  })

  const refusal = (name: string, value: string): string => {
    try {
      readConfig({ [name]: value })
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }
  const taken = (name: string, value: string) => {
    const words = refusal(name, value)
    if (words) expect(words).toMatch(new RegExp(`^${name}\\b.*: expected `))
    return !words
  }
  it('says what they take: each bound and each word is taken, one beyond it is refused by name', () => {
    const numbers = rows.filter(([, , takes]) => /^\d+ to/.test(takes)).map(([name]) => name)
    expect(numbers).toEqual(variables.filter((name) => /whole number/.test(refusal(name, '-1'))))
    for (const [name, , takes] of rows) {
      const [, least, most] = /^(\d+) to (\d+)/.exec(takes) ?? []
      for (const word of takes.matchAll(/`([a-z]+)`/g))
        expect([name, word[1], taken(name, word[1] as string)]).toContain(true)
      if (least === undefined) continue
      expect([name, taken(name, least), taken(name, most as string)]).toEqual([name, true, true])
      expect([name, taken(name, String(Number(most) + 1))]).toEqual([name, false])
      if (Number(least) > 0) expect([name, taken(name, String(Number(least) - 1))]).toEqual([name, false])
    }
    for (const [name, , takes] of rows)
      if (takes === '32 characters or more')
        expect([taken(name, 'x'.repeat(31)), taken(name, 'x'.repeat(32))]).toEqual([false, true])
  })

  it('explains every event that the log tells as an error or a warning, and no other', () => {
    const events = { error: new Set<string>(['backup']), warn: new Set<string>() }
    for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path)))
      for (const [, level, event] of readFileSync(join('src', file), 'utf8').matchAll(
        /\blog\.(error|warn)\('([^']+)'/g,
      ))
        events[level as 'error' | 'warn'].add(event as string)
    const explained = { error: new Set<string>(), warn: new Set<string>() }
    let level: 'error' | 'warn' = 'error'
    for (const [, named, cell] of operating.matchAll(/^\| (`error` |`warn` |)\| ((?:`[a-z ]+`(?:, )?)+) \|/gm)) {
      if (named) level = named.trim().replaceAll('`', '') as 'error' | 'warn'
      for (const [, event] of (cell as string).matchAll(/`([a-z ]+)`/g)) explained[level].add(event as string)
    }
    expect({ error: [...explained.error].sort(), warn: [...explained.warn].sort() }).toEqual({
      error: [...events.error].sort(),
      warn: [...events.warn].sort(),
    })
  })

  it('names only commands, scripts and files that exist', async () => {
    const said: string[] = []
    const complain = console.error
    console.error = (line: string) => void said.push(line)
    await main([])
    console.error = complain
    const commands = [...(said[0] as string).matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name)
    for (const [, name] of operating.matchAll(
      /(?:npm run --silent cli --|dist\/cli\.js|^ *`?hoithao|`hoithao) ([a-z-]+)/gm,
    ))
      expect(commands).toContain(name)
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
    for (const [, name] of operating.matchAll(/npm run ([a-z:]+)/g)) expect(Object.keys(scripts)).toContain(name)
    for (const [, path] of operating.matchAll(/\b((?:deploy|test)\/[\w./-]+\w)/g))
      if (path !== 'deploy/.env') expect(() => readFileSync(path as string), path).not.toThrow(/ENOENT/)
  })
})

it('.env.example has every variable', () => {
  const example = readFileSync('.env.example', 'utf8')
  expect([...example.matchAll(/^# ([A-Z_0-9]+)=/gm)].map(([, name]) => name).sort()).toEqual([...variables].sort())
})

it('deploy/env.example holds only variables, and is refused until its keys are filled in', () => {
  const lines = readFileSync('deploy/env.example', 'utf8').split('\n')
  const given = Object.fromEntries(
    lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(/=(.*)/).slice(0, 2)),
  )
  expect(variables).toEqual(expect.arrayContaining(Object.keys(given)))
  expect(readConfig(given)).toMatchObject({ baseUrl: 'https://hoithao.example.vn', demo: false, linkKey: undefined })
})

describe('deploy/hoithao.service', () => {
  const unit = readFileSync('deploy/hoithao.service', 'utf8')

  it('runs the Node that package.json pins, on what a build makes, as nobody in particular', () => {
    expect(unit).toMatch(/^ExecStart=\/opt\/hoithao\/node_modules\/node\/bin\/node dist\/server\.js$/m)
    for (const line of ['User=hoithao', 'ProtectSystem=strict', 'NoNewPrivileges=yes', 'StateDirectory=hoithao'])
      expect(unit.split('\n')).toContain(line)
    // DRAIN_SECONDS (60 at most), then 30 s whatever hangs.
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThanOrEqual(90)
  })

  it('is a unit that systemd reads without a complaint, where there is systemd', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hoithao-unit-'))
    const path = join(folder, 'hoithao.service')
    writeFileSync(path, unit.replace('/opt/hoithao/node_modules/node/bin/node', process.execPath))
    const { error, status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })
    rmSync(folder, { recursive: true })
    if (error) return expect((error as NodeJS.ErrnoException).code).toBe('ENOENT')
    expect([status, stderr.split('\n').filter((line) => line.includes('hoithao.service'))]).toEqual([0, []])
  })
})

describe('.dockerignore', () => {
  const lines = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
  const [first, ...more] = lines
  const allowed = more.map((line) => line.slice(1))

  it('keeps everything out of the build but named files and folders: keys, data and history too', () => {
    expect(first).toBe('*')
    for (const line of more) expect(line).toMatch(/^!\w[\w.-]*$/)
    for (const name of ['.git', '.env', 'deploy', 'data', 'node_modules', 'dist', 'docs', 'test'])
      expect(allowed).not.toContain(name)
  })

  it('lets in what the Dockerfile copies, and nothing else', () => {
    const copied = [...readFileSync('Dockerfile', 'utf8').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from]) =>
      (from as string).split(' '),
    )
    expect([...new Set(copied)].sort()).toEqual([...allowed].sort())
  })
})
