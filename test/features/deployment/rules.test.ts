import { describe, expect, it } from 'vitest'
import { findTroubles, ownsDeployment } from '../../../src/features/deployment/rules.ts'
import type { Status } from '../../../src/features/deployment/schema.ts'
import { hasText } from '../../../src/i18n.ts'

const at = new Date('2026-11-24T08:00:00Z')
const well: Status = {
  at,
  program: { version: '1.0.0', build: '', migrations: 40 },
  database: { version: '18.0', bytes: 1, readOnly: false, outboxLate: false },
  seen: [{ id: 'a', host: 'a', version: '1.0.0', startedAt: at, seenAt: at }],
  stores: { files: 0, bytes: 0, setAside: 0, space: { free: 50e9, total: 100e9 }, mark: 'own', failure: undefined },
  linkKeySince: at,
  lastBackup: { madeAt: at, place: 'a:/b', files: 0, bytes: 0 },
  tasks: [],
  outbox: { queued: 0, sending: 0, bounced: 0, failed: 0, oldestDueSeconds: null, oldestSeconds: null },
  stops: [],
  callsOpen: 0,
  uploadsOpen: 0,
  filesWaiting: 0,
  scanner: { error: null, since: at },
  filesDamaged: { missing: 0, size: 0, content: 0 },
  backupSeconds: 60,
  migrations: 40,
  instances: 1,
}
const stop = { scope: 'server', stage: 'login', reply: '535 no', since: at, nextProbeAt: at } as const
const task = { task: 'x', worker: 'w', startedAt: at, finishedAt: at, error: 'no', ageSeconds: 1, lengthSeconds: 0 }

describe('what asks for a hand', () => {
  it('is nothing where all is well', () => {
    expect(findTroubles(well)).toEqual([])
  })

  it.each<[string, Partial<Status>]>([
    ['migrations', { migrations: 39 }],
    ['read_only', { database: { ...well.database, readOnly: true } }],
    ['outbox_late', { database: { ...well.database, outboxLate: true } }],
    ['outbox_stop', { stops: [stop] }],
    ['outbox_none', { stops: [{ ...stop, stage: 'none' }] }],
    ['task_failed', { tasks: [task] }],
    ['versions', { seen: [...well.seen, { ...(well.seen[0] as never as Status['seen'][0]), version: '1.1.0' }] }],
    ['files_damaged', { filesDamaged: { missing: 0, size: 1, content: 2 } }],
    ['scanner', { scanner: { error: 'ECONNREFUSED', since: at } }],
    ['files_waiting', { filesWaiting: 2 }],
    ['store', { stores: { ...well.stores, failure: 'away' } }],
    ['store_none', { stores: { ...well.stores, mark: 'none' } }],
    ['store_another', { stores: { ...well.stores, mark: 'another' } }],
    ['disk', { stores: { ...well.stores, space: { free: 9e9, total: 100e9 } } }],
    ['disk', { stores: { ...well.stores, space: { free: 1e9, total: 2e9 } } }],
    ['backup_none', { backupSeconds: null }],
    ['backup_old', { backupSeconds: 27 * 3600 }],
  ])('%s', (code, change) => {
    expect(findTroubles({ ...well, ...change }).map((trouble) => trouble.code)).toEqual([code])
    expect(hasText(`deployment:trouble.${code}`)).toBe(true)
  })
})

describe('whose page it is', () => {
  const setting = { deploymentOwners: ['ops@mau.example'], demo: false }
  it.each([
    ['who is named, in any case of letters', 'Ops@Mau.example', false, setting, true],
    ['nobody else', 'a@mau.example', false, setting, false],
    ['not an owner of the first organisation', 'a@mau.example', true, setting, false],
    ['but in demo mode', 'a@mau.example', true, { ...setting, demo: true }, true],
    ['and there nobody else', 'a@mau.example', false, { deploymentOwners: [], demo: true }, false],
  ])('%s', (_, email, ownsFirstOrganization, given, owns) => {
    expect(ownsDeployment({ email, ownsFirstOrganization }, given)).toBe(owns)
  })
})
