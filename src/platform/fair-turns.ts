import { DomainError } from '../errors.ts'

export interface TurnLimits {
  running: number
  waiting: number
}

/** How many may wait of one organisation, one seminar, one speech; further lanes as the last. */
const WAITING = [36, 24, 10]

interface Waiting {
  lanes: string[]
  go: () => void
}

/**
 * Turns for work that strangers make, where one of them must not stand in the others' way. `lanes` says whose it is, the widest
 * first: whoever was served longest ago comes first, in each lane anew, and the narrowest lane never has all the places.
 */
export function fairTurns({ running: places, waiting: most }: TurnLimits) {
  const queue: Waiting[] = []
  /** Of each lane: when it was served last, and how many of it are at work. */
  const served = new Map<string, number>()
  const working = new Map<string, number>()
  let running = 0
  let tick = 0

  const last = (lanes: string[]) => lanes.join('/')
  const mayRun = (lanes: string[]) =>
    running < places && (lanes.length === 0 || (working.get(last(lanes)) ?? 0) < Math.max(1, places - 1))
  const prefixes = (lanes: string[]) => lanes.map((_, i) => last(lanes.slice(0, i + 1)))

  const begin = (lanes: string[]) => {
    running++
    tick++
    working.set(last(lanes), (working.get(last(lanes)) ?? 0) + 1)
    for (const lane of prefixes(lanes)) served.set(lane, tick)
  }
  const first = (): Waiting | undefined => {
    let best: { waiting: Waiting; when: number[] } | undefined
    for (const waiting of queue) {
      if (!mayRun(waiting.lanes)) continue
      const when = prefixes(waiting.lanes).map((lane) => served.get(lane) ?? 0)
      if (!best || isEarlier(when, best.when)) best = { waiting, when }
    }
    return best?.waiting
  }
  const end = (lanes: string[]) => {
    running--
    const left = (working.get(last(lanes)) ?? 1) - 1
    if (left) working.set(last(lanes), left)
    else working.delete(last(lanes))
    // Who was served is forgotten where nobody waits, or where there are too many to remember.
    if ((!running && !queue.length) || served.size > 1000) served.clear()
    const next = first()
    if (!next) return
    queue.splice(queue.indexOf(next), 1)
    begin(next.lanes)
    next.go()
  }
  const isFull = (lanes: string[]) =>
    queue.length >= most ||
    prefixes(lanes).some((lane, i) => {
      const ofLane = queue.filter((waiting) => prefixes(waiting.lanes)[i] === lane).length
      return ofLane >= (WAITING[i] ?? (WAITING.at(-1) as number))
    })

  /** @returns what is to be called at the end of the turn @throws DomainError unavailable: too many wait */
  return async function turn(lanes: string[]): Promise<() => void> {
    if (mayRun(lanes)) begin(lanes)
    else if (isFull(lanes)) throw new DomainError('unavailable', { params: { retryAfter: 30 } })
    else await new Promise<void>((go) => queue.push({ lanes, go }))
    return () => end(lanes)
  }
}

function isEarlier(one: number[], other: number[]): boolean {
  for (let i = 0; i < one.length; i++) {
    const difference = (one[i] as number) - (other[i] ?? 0)
    if (difference) return difference < 0
  }
  return false
}
