import type { Hono } from 'hono'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Context } from '../../src/context.ts'
import type { AppEnv } from '../../src/env.ts'
import { createAuth } from '../../src/features/accounts/auth.ts'
import type { FileStore } from '../../src/features/files/schema.ts'
import type { Mailer } from '../../src/features/mail/schema.ts'
import { digest } from '../../src/platform/digest.ts'
import { createInspector } from '../../src/platform/inspector.ts'
import type { Services } from '../../src/services.ts'
import { countMigrations, createTestDatabase, type TestDatabase } from './database.ts'

export const testOrigin = 'http://hoithao.test'
export const testLinkKey = 'test-link-key-test-link-key-test-link-key'

/** One for the file's applications: its threads end by themselves. */
const inspector = createInspector()

export interface TestApp {
  app: Hono<AppEnv>
  services: Services
  database: TestDatabase
  close(): Promise<void>
}

/**
 * The whole application on a database of its own. `files` and `mailer` are real ones where a test gives them; without
 * them a test that sends or stores fails loudly.
 */
export async function createTestApp(
  parts: { files?: FileStore; mailer?: Mailer; services?: Partial<Services> } = {},
): Promise<TestApp> {
  const database = await createTestDatabase()
  const config = {
    ...readConfig({ BASE_URL: testOrigin, DEMO: 'on', API_RATE_LIMIT: '100000' }),
    linkKey: testLinkKey,
    authSecret: 's'.repeat(40),
  }
  const absent = (what: string) => () => {
    throw new Error(`this test was given no ${what}`)
  }
  const services: Services = {
    db: database.db,
    auth: createAuth({ db: database.db, baseUrl: config.baseUrl, secret: config.authSecret }),
    mailer: parts.mailer ?? { kind: 'mailbox', send: absent('mailer'), close: async () => {} },
    files: parts.files ?? {
      put: absent('files'),
      get: absent('files'),
      head: absent('files'),
      delete: absent('files'),
      move: absent('files'),
      list: absent('files'),
    },
    scanner: undefined,
    digest,
    inspector,
    imager: undefined,
    cards: undefined,
    config,
    clock: () => new Date(),
    migrations: countMigrations(),
    log: { debug() {}, info() {}, warn() {}, error: (event, fields) => console.error(event, fields) },
    later: () => {},
    ...parts.services,
  }
  return { app: createApp(services), services, database, close: () => database.drop() }
}

/** The context of a task, for commands called straight from a test. */
export function systemContext(overrides: Partial<Context> = {}): Context {
  return {
    actor: { kind: 'system', id: 'test', name: 'test' },
    now: new Date(),
    origin: testOrigin,
    locale: 'vi',
    linkKey: testLinkKey,
    mail: { from: 'hoithao@hoithao.test', inbound: false },
    scans: false,
    ...overrides,
  }
}

/** A form as a browser of ours sends it. */
export function formRequest(fields: Record<string, string | string[]>, cookie?: string): RequestInit {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) for (const v of [value].flat()) body.append(name, v)
  return {
    method: 'POST',
    body: body.toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: testOrigin,
      ...(cookie ? { cookie } : {}),
    },
  }
}
