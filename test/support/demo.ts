import { transaction } from '../../src/db/transaction.ts'
import { loadDemo } from '../../src/demo/load.ts'
import { ensureSetupLink } from '../../src/features/accounts/commands/set-up.ts'
import { readDemoData } from '../../src/node/demo-data.ts'
import { systemContext } from '../../src/node/greeting.ts'
import type { TestServer } from './server.ts'

/** Loads the demo, as `npm start` does at its first start. @returns the one-time link to own it */
export async function loadTestDemo({ services }: TestServer): Promise<string> {
  await loadDemo(services, systemContext(services), await readDemoData())
  return (await transaction(services.db, (trx) =>
    ensureSetupLink(trx, systemContext(services), { demo: true }),
  )) as string
}
