import { countHit, countHits } from '../features/accounts/commands/rate-limits.ts'
import type { Services } from '../services.ts'

interface Meter {
  windowSeconds: number
  /** When the window ends, by this instance's clock, in milliseconds. */
  ends: number
  /** Hits of all instances, as the database last said. */
  known: number
  /** Hits of this instance that the database has not been told of. */
  unsettled: number
}

const SETTLE_MS = 1000
const MOST_METERS = 20_000
/** With so few hits left the database is asked each time, so that all instances agree on the last one. */
const ASK_BELOW = 20

const meters = new Map<string, Meter>()
let settledAt = 0

/**
 * Counts a hit of a key in its window. Kept in memory and settled with the database once a second, all keys in one statement: a
 * request costs none. Where little is left of the quota the database is asked each time, unless `loose`: then other instances'
 * hits count from the next second on.
 * @returns the hits so far, this one included, and the seconds until the window ends
 */
export async function meterHit(
  { db, later }: Pick<Services, 'db' | 'later'>,
  key: string,
  { quota, windowSeconds, loose = false }: { quota: number; windowSeconds: number; loose?: boolean },
): Promise<{ hits: number; retryAfter: number }> {
  const now = Date.now()
  const meter = meterOf(key, windowSeconds, now)
  const retryAfter = Math.max(1, Math.ceil((meter.ends - now) / 1000))
  const soFar = meter.known + meter.unsettled
  if (soFar > quota) return { hits: soFar + 1, retryAfter }
  if (!loose && quota - soFar <= Math.max(ASK_BELOW, quota / 10)) {
    const asked = await countHit(db, key, windowSeconds)
    note(meter, asked.hits, asked.retryAfter)
    return asked
  }
  meter.unsettled++
  if (now - settledAt >= SETTLE_MS) {
    settledAt = now
    later(settle(db))
  }
  return { hits: soFar + 1, retryAfter }
}

function meterOf(key: string, windowSeconds: number, now: number): Meter {
  const found = meters.get(key)
  if (found && now < found.ends) return found
  // A map keeps its order: the oldest go first.
  if (meters.size >= MOST_METERS) for (const old of [...meters.keys()].slice(0, MOST_METERS / 10)) meters.delete(old)
  const length = windowSeconds * 1000
  const meter = { windowSeconds, ends: (Math.floor(now / length) + 1) * length, known: 0, unsettled: 0 }
  meters.delete(key)
  meters.set(key, meter)
  return meter
}

function note(meter: Meter, hits: number, retryAfter: number): void {
  meter.known = Math.max(meter.known, hits)
  meter.ends = Date.now() + retryAfter * 1000
}

/** Tells the database what was counted since the last time, and learns what the others have. */
async function settle(db: Services['db']): Promise<void> {
  const open = [...meters].filter(([, meter]) => meter.unsettled > 0)
  for (const windowSeconds of new Set(open.map(([, meter]) => meter.windowSeconds))) {
    const of = open.filter(([, meter]) => meter.windowSeconds === windowSeconds)
    const told = new Map(of.map(([key, meter]) => [key, meter.unsettled]))
    for (const [, meter] of of) {
      meter.known += meter.unsettled
      meter.unsettled = 0
    }
    // Where the database takes nothing, the hits stay with this instance and are told the next time.
    const counted = await countHits(db, told, windowSeconds).catch(() => undefined)
    if (!counted) {
      for (const [key, meter] of of) {
        const hits = told.get(key) ?? 0
        meter.known -= hits
        meter.unsettled += hits
      }
      continue
    }
    for (const { key, hits, retryAfter } of counted) {
      const meter = meters.get(key)
      if (meter) note(meter, hits, retryAfter)
    }
  }
}
