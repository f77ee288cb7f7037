import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { main } from '../../src/node/cli/main.ts'
import { examine } from '../../src/node/doctor/examine.ts'
import type { Finding } from '../../src/node/doctor/finding.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { makeCertificate } from '../support/certificate.ts'
import { startDns, type Zone } from '../support/dns.ts'
import { createOrganization } from '../support/factories.ts'
import { freePort } from '../support/server.ts'
import { startSmtp, type TestSmtp } from '../support/smtp.ts'

const linkKey = 'd'.repeat(40)
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000)
let t: TestApp
let folder: string
let smtp: TestSmtp
const closers: (() => unknown)[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hoithao-doctor-'))
  t = await createTestApp()
  smtp = await startSmtp()
  await createOrganization(t.database.db, { email: 'vanphong@mau.example' })
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})
afterAll(async () => {
  await smtp.close()
  await t.close()
  rmSync(folder, { recursive: true, force: true })
})

const good: Zone = {
  'hoithao.example': { A: ['127.0.0.1'], TXT: ['v=spf1 a:mail.example -all'], MX: ['mail.example'] },
  '_dmarc.hoithao.example': { TXT: ['v=DMARC1; p=quarantine'] },
  'k1._domainkey.hoithao.example': { TXT: [`v=DKIM1; p=${'M'.repeat(300)}`] },
  'mail.example': { A: ['127.0.0.1'] },
  'mau.example': { TXT: ['google=x', 'v=spf1 include:_spf.mau.example ~all'], MX: ['mail.example'] },
  '_spf.mau.example': { TXT: ['v=spf1 ip4:127.0.0.0/30 -all'] },
  '_dmarc.mau.example': { TXT: ['v=DMARC1; p=none; rua=mailto:a@mau.example'] },
  'k1._domainkey.mau.example': { TXT: ['v=DKIM1; k=rsa; p='] },
}

/** The service behind TLS on loopback, as its proxy has it. */
async function serve(over: { host?: string; until?: Date; key?: string } = {}) {
  const { key, cert } = makeCertificate(over.host ?? 'hoithao.example', over.until ?? inDays(60))
  const app = createApp({ ...t.services, config: { ...t.services.config, linkKey: over.key ?? linkKey } })
  const server = createServer({ key, cert }, getRequestListener(app.fetch))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => server.closeAllConnections(),
  )
  return { port: (server.address() as AddressInfo).port, ca: cert }
}

async function look(
  over: { zone?: Zone; port?: number; ca?: string; config?: Partial<Config>; to?: string; selector?: string } = {},
): Promise<(check: string) => Finding[]> {
  const dns = await startDns({ ...good, ...over.zone })
  closers.push(dns.close)
  const config = {
    ...readConfig({
      BASE_URL: `https://hoithao.example:${over.port ?? (await freePort())}`,
      DATABASE_URL: t.database.url,
      DATA_DIR: join(folder, 'data'),
      SMTP_URL: smtp.url,
      MAIL_FROM: 'hoithao@hoithao.example',
      LINK_KEY: linkKey,
      AUTH_SECRET: 'a'.repeat(40),
    }),
    ...over.config,
  }
  const findings = await examine(config, { dns: dns.server, selector: over.selector, to: over.to, ca: over.ca })
  for (const { text, todo } of findings) expect(`${text}${todo ?? ''}`).not.toContain('\n')
  return (check) => findings.filter((finding) => finding.check.startsWith(check))
}
const levels = (findings: Finding[]) => findings.map(({ level }) => level)

describe('the address', () => {
  it('is well where DNS, certificate and answer are', async () => {
    const found = await look(await serve())
    expect(found('dns')[0]).toMatchObject({ level: 'warning', text: expect.stringContaining('has no AAAA record') })
    expect(found('tls')).toEqual([
      expect.objectContaining({ level: 'ok', text: expect.stringMatching(/\b(59|60) days more/) }),
    ])
    expect(found('address')).toEqual([
      expect.objectContaining({ level: 'ok', text: expect.stringContaining('leads to this deployment') }),
    ])
    expect(levels(found('clock http'))).toEqual(['ok'])
  })

  it('is told apart from another deployment’s by a number that only the right key can answer', async () => {
    const found = await look(await serve({ key: 'e'.repeat(40) }))
    expect(found('address')[0]).toMatchObject({ level: 'fault', text: expect.stringContaining('another deployment') })
  })

  it.each<[string, Parameters<typeof serve>[0], boolean, string, string]>([
    ['nobody trusts', {}, false, 'fault', 'does not hold'],
    ['is another host’s', { host: 'other.example' }, true, 'fault', 'does not hold'],
    ['has ended', { until: inDays(-1) }, true, 'fault', 'does not hold'],
    ['ends soon', { until: inDays(5) }, true, 'warning', 'ends in'],
  ])('has a certificate that %s', async (_, over, trusted, level, words) => {
    const { port, ca } = await serve(over)
    const found = await look({ port, ...(trusted ? { ca } : {}) })
    expect(found('tls')).toEqual([expect.objectContaining({ level, text: expect.stringContaining(words) })])
  })

  it('does not exist, has nobody behind it, or is this machine’s alone', async () => {
    expect((await look({ zone: { 'hoithao.example': {} } }))('dns')[0]).toMatchObject({
      level: 'fault',
      text: expect.stringContaining('has no address'),
    })
    const nobody = await look()
    expect(levels(nobody('tls'))).toEqual(['fault'])
    expect(levels(nobody('address'))).toEqual(['fault'])
    expect((await look({ config: { baseUrl: 'http://localhost:3000' } }))('dns')[0]?.level).toBe('fault')
  })

  it('has both kinds of addresses', async () => {
    const found = await look({ ...(await serve()), zone: { 'hoithao.example': { A: ['127.0.0.1'], AAAA: ['::1'] } } })
    expect(found('dns')[0]).toMatchObject({ level: 'ok', text: 'hoithao.example is 127.0.0.1, ::1' })
  })
})

describe('senders', () => {
  it('are looked at for each domain that letters come from', async () => {
    const found = await look({ selector: 'k1' })
    expect(found('spf hoithao.example')).toEqual([expect.objectContaining({ level: 'ok' })])
    expect(found('dkim hoithao.example')[0]?.level).toBe('ok')
    expect(found('dmarc hoithao.example')[0]).toMatchObject({
      level: 'ok',
      text: '_dmarc.hoithao.example asks for p=quarantine',
    })
    expect(found('mx hoithao.example')[0]?.level).toBe('ok')
    expect(found('spf mau.example')[0]).toMatchObject({
      level: 'ok',
      text: expect.stringContaining('names the server of SMTP_URL'),
    })
    expect(found('dkim mau.example')[0]).toMatchObject({ level: 'fault', text: expect.stringContaining('revoked') })
    expect(found('dmarc mau.example')[0]).toMatchObject({ level: 'warning', text: expect.stringContaining('p=none') })
  })

  it.each<[string, string[], string, string]>([
    ['no record', [], 'fault', 'there is no SPF record'],
    ['two records', ['v=spf1 -all', 'v=spf1 mx -all'], 'fault', 'ignore them all'],
    ['everybody', ['v=spf1 +all'], 'fault', 'every server'],
    ['no word of others', ['v=spf1 a:mail.example'], 'warning', 'other servers'],
    ['another server', ['v=spf1 ip4:192.0.2.7 -all'], 'warning', 'does not name the server'],
    [
      'too many look-ups',
      [`v=spf1 ${Array.from({ length: 11 }, (_, i) => `exists:${i}.example`).join(' ')} ip4:127.0.0.1 -all`],
      'fault',
      'look-ups',
    ],
    ['an include of itself', ['v=spf1 include:hoithao.example -all'], 'fault', 'look-ups'],
    ['a redirect', ['v=spf1 redirect=_spf.mau.example'], 'ok', '-all'],
  ])('say by SPF: %s', async (_, TXT, level, words) => {
    const found = await look({ zone: { 'hoithao.example': { A: ['127.0.0.1'], TXT } } })
    expect(found('spf hoithao.example')).toEqual([
      expect.objectContaining({ level, text: expect.stringContaining(words) }),
    ])
  })

  it('inherit DMARC from the domain above, and are told what is missing', async () => {
    const below = await look({
      zone: { 'mail.hoithao.example': {}, '_dmarc.hoithao.example': { TXT: ['v=DMARC1; p=reject'] } },
      config: { mailFrom: 'a@mail.hoithao.example' },
    })
    expect(below('dmarc mail.hoithao.example')[0]).toMatchObject({
      level: 'ok',
      text: '_dmarc.hoithao.example asks for p=reject',
    })
    expect(below('mx mail.hoithao.example')[0]?.level).toBe('fault')
    expect(below('dkim mail.hoithao.example')[0]).toMatchObject({
      level: 'warning',
      todo: expect.stringContaining('--dkim-selector'),
    })
    const none = await look({ zone: { '_dmarc.hoithao.example': {} } })
    expect(none('dmarc hoithao.example')[0]).toMatchObject({
      level: 'fault',
      todo: expect.stringContaining('v=DMARC1'),
    })
  })
})

describe('mail', () => {
  it('is looked at without sending, and sent where an address is given', async () => {
    expect((await look())('smtp')[0]?.level).toBe('ok')
    expect(smtp.received).toHaveLength(0)
    const found = await look({ to: 'toi@mau.example' })
    expect(found('test letter')[0]).toMatchObject({ level: 'ok', text: expect.stringContaining('toi@mau.example') })
    expect(smtp.received.map(({ to }) => to)).toEqual(['toi@mau.example'])
  })

  it('is told with the server’s words where it fails', async () => {
    const refusing = await startSmtp({ rcpt: () => '554 5.7.1 relay access denied' })
    closers.push(refusing.close)
    const found = await look({ config: { smtpUrl: refusing.url }, to: 'toi@mau.example' })
    expect(found('test letter')[0]).toMatchObject({
      level: 'fault',
      text: expect.stringContaining('relay access denied'),
    })
    expect((await look({ config: { smtpUrl: `smtp://127.0.0.1:${await freePort()}` } }))('smtp')[0]?.level).toBe(
      'fault',
    )
    expect((await look({ config: { smtpUrl: undefined } }))('smtp')[0]?.level).toBe('fault')
  })
})

describe('parts', () => {
  it('are well here: Postgres, clocks, migrations, files; a backup and a scanner are missed', async () => {
    const found = await look()
    expect(levels(found('postgres'))).not.toContain('warning')
    expect(levels(found('clock'))).toEqual(['ok'])
    expect(levels(found('migrations'))).toEqual(['ok'])
    expect(levels(found('files'))).toEqual(['ok'])
    expect(found('backup')[0]?.level).toBe('warning')
    expect(found('clamd')[0]?.level).toBe('warning')
    expect(levels(found('keys'))).toEqual(['ok'])
  })

  it('are told what is wrong with them', async () => {
    await t.database
      .sql`insert into backups (place, files, bytes, made_at) values ('a:/b', 1, 1, now() - interval '40 hours')`
    const found = await look({
      config: { clamd: { host: '127.0.0.1', port: await freePort() }, authSecret: linkKey, dataDir: '/proc/nowhere' },
    })
    expect(found('backup')[0]).toMatchObject({ level: 'fault', text: 'the last one is 40 hours old' })
    expect(found('clamd')[0]?.level).toBe('fault')
    expect(found('keys').some(({ level, text }) => level === 'fault' && text.includes('the same'))).toBe(true)
    expect(found('files')[0]?.level).toBe('fault')
    await t.database.sql`delete from backups`
    expect(
      (await look({ config: { databaseUrl: `postgres://a@127.0.0.1:${await freePort()}/b` } }))('postgres')[0]?.level,
    ).toBe('fault')
  })
})

it('the command says a line a finding, and ends with 1 where there is a fault', async () => {
  const dns = await startDns(good)
  closers.push(dns.close)
  const printed: string[] = []
  const complained: string[] = []
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line)),
    vi.spyOn(console, 'error').mockImplementation((line) => void complained.push(line)),
  ]
  for (const [name, value] of Object.entries({
    BASE_URL: 'http://hoithao.example',
    DATABASE_URL: t.database.url,
    DATA_DIR: join(folder, 'data'),
    LINK_KEY: linkKey,
    AUTH_SECRET: 'a'.repeat(40),
    SMTP_URL: smtp.url,
  }))
    vi.stubEnv(name, value)
  expect(await main(['doctor', '--dns', dns.server])).toBe(1)
  expect(printed.some((line) => /^fault {4}tls: BASE_URL is plain http.* → set up TLS/.test(line))).toBe(true)
  expect(complained).toEqual([expect.stringMatching(/^doctor: \d+ faults, \d+ warnings$/)])
  printed.length = 0
  expect(await main(['doctor', '--dns', dns.server, '--json'])).toBe(1)
  expect(JSON.parse(printed.join('\n'))).toContainEqual(expect.objectContaining({ check: 'tls', level: 'fault' }))
  for (const spy of spies) spy.mockRestore()
  vi.unstubAllEnvs()
})

it('the answer to a number shows the deployment, and nothing to whoever asks otherwise', async () => {
  const app = createApp({ ...t.services, config: { ...t.services.config, linkKey } })
  const ask = async (query: string) => (await app.request(`/healthz${query}`)).json() as Promise<{ proof?: string }>
  const nonce = '0123456789abcdef'.repeat(2)
  expect((await ask(`?nonce=${nonce}`)).proof).toMatch(/^[0-9a-f]{32}$/)
  for (const other of [
    '',
    '?nonce=',
    `?nonce=${nonce}0`,
    `?nonce=${'A'.repeat(32)}`,
    '?nonce=fingerprint%20of%20LINK_KEY',
  ])
    expect((await ask(other)).proof).toBeUndefined()
})
