import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../src/app.ts'
import { createAuth } from '../../src/features/accounts/auth.ts'
import { listen } from '../../src/node/http.ts'
import { loadAssets } from '../../src/platform/assets.ts'
import { createCards } from '../../src/platform/cards.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { createImager } from '../../src/platform/imager.ts'
import { createMailbox } from '../../src/platform/mailbox.ts'
import type { Services } from '../../src/services.ts'
import { runDueTasks } from '../../src/tasks.ts'
import { setAssets } from '../../src/web/assets.ts'
import { createTestApp, type TestApp } from './app.ts'

export interface TestServer extends Omit<TestApp, 'app'> {
  origin: string
  /** Runs what is due once: mails go out. */
  runTasks(): Promise<void>
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

/**
 * The whole service as it runs: HTTP on loopback, files in a folder, photos by sharp, mail into the mailbox, the built
 * assets. `npm test` builds them first.
 */
export async function startTestServer(overrides: Partial<Services> = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'hoithao-files-'))
  const t = await createTestApp({ files: createFsStore(folder) })
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const config = { ...t.services.config, baseUrl: origin, host: '127.0.0.1', port }
  const services: Services = {
    ...t.services,
    config,
    auth: createAuth({ db: t.database.db, baseUrl: origin, secret: config.authSecret as string }),
    mailer: createMailbox(t.database.db),
    imager: createImager(),
    cards: createCards('dist/fonts'),
    ...overrides,
  }
  const assets = await loadAssets('dist')
  setAssets(assets.names)
  const app = createApp(services)
  const server = await listen({
    fetch: (request, env) => assets.respond(request) ?? app.fetch(request, env as object),
    host: '127.0.0.1',
    port,
  })
  return {
    origin,
    services,
    database: t.database,
    runTasks: async () => {
      await runDueTasks(services, { worker: 'test' })
    },
    async close() {
      await server.stop()
      await t.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
