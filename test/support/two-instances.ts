import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestApp, type TestApp, testLinkKey } from './app.ts'
import { type Balancer, startBalancer } from './balancer.ts'
import { type Instance, startInstance } from './instance.ts'
import { freePort } from './server.ts'
import { type SmtpScript, startSmtp, type TestSmtp } from './smtp.ts'

export interface TwoInstances {
  /** The test's own way to the database that both share. */
  t: TestApp
  instances: [Instance, Instance]
  balancer: Balancer
  smtp: TestSmtp
  /** Starts the instance at this place again, on its port. */
  again(place: 0 | 1): Promise<Instance>
  close(): Promise<void>
}

/** Two processes of the whole service on one Postgres and one folder of files, a balancer before them, one mail server behind. */
export async function startTwo(script: SmtpScript = {}, extra: Record<string, string> = {}): Promise<TwoInstances> {
  const t = await createTestApp()
  const folder = await mkdtemp(join(tmpdir(), 'hoithao-two-'))
  const smtp = await startSmtp(script)
  const ports = [await freePort(), await freePort()] as [number, number]
  const balancer = await startBalancer(ports)
  const env = {
    DATABASE_URL: t.database.url,
    DATABASE_CONNECTIONS: '10',
    DATA_DIR: folder,
    BASE_URL: balancer.origin,
    SMTP_URL: smtp.url,
    MAIL_FROM: 'hoithao@hoithao.test',
    LINK_KEY: testLinkKey,
    AUTH_SECRET: t.services.config.authSecret as string,
    TRUST_PROXY: '127.0.0.1',
    DRAIN_SECONDS: '1',
    ...extra,
  }
  const instances = (await Promise.all(ports.map((port) => startInstance(port, env)))) as [Instance, Instance]
  return {
    t,
    instances,
    balancer,
    smtp,
    async again(place) {
      instances[place] = await startInstance(ports[place], env)
      return instances[place]
    },
    async close() {
      for (const instance of instances) instance.kill('SIGKILL')
      await Promise.all(instances.map((instance) => instance.ended))
      await balancer.close()
      await smtp.close()
      await t.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
