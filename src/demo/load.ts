import type { Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import type { Services } from '../services.ts'
import { loadHeldSeminar, publishHeldSeminar } from './held.ts'
import { loadMinhHa } from './minh-ha.ts'
import type { DemoData } from './rows.ts'
import { loadMinhHaSpeeches, loadUongBiSpeeches } from './speeches.ts'
import { loadUongBi } from './uong-bi.ts'

const DEMO_LOCK = 7_204_118

/**
 * Loads the two demo organisations into an empty database; does nothing where there is any organisation. Photos and
 * papers go to the file store before what shows them.
 * @returns whether it loaded
 */
export async function loadDemo(services: Services, given: Context, data: DemoData): Promise<boolean> {
  // These papers are our own: the scanner looks at them later, and nothing of the demo waits for it.
  const ctx: Context = { ...given, scans: false }
  const loaded = await transaction(services.db, async (trx) => {
    const empty = await isEmpty(trx, DEMO_LOCK)
    if (!empty) return undefined
    const minhHa = await loadMinhHa(trx, ctx, data)
    const uongBi = await loadUongBi(trx, data.uongBi)
    const held = [{ ...uongBi, told: data.uongBi }]
    for (const told of data.minhHaHeld) {
      const { organizationId } = minhHa
      held.push({ organizationId, seminarId: await loadHeldSeminar(trx, organizationId, told), told })
    }
    return { minhHa, uongBi, held }
  })
  if (!loaded) return false
  await Promise.all([
    loadMinhHaSpeeches(services, ctx, loaded.minhHa, data),
    loadUongBiSpeeches(services, ctx, loaded.uongBi, data),
    ...loaded.held.map(({ told, ...seminar }) => publishHeldSeminar(services, ctx, seminar, told, data.photo)),
  ])
  return true
}

async function isEmpty(trx: Parameters<Parameters<typeof transaction>[1]>[0], lock: number): Promise<boolean> {
  await trx.selectNoFrom((eb) => eb.fn('pg_advisory_xact_lock', [eb.val(lock)]).as('locked')).execute()
  return (await trx.selectFrom('organizations').select('id').limit(1).executeTakeFirst()) === undefined
}
