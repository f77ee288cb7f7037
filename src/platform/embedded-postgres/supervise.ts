import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type Place } from './cluster.ts'
import type { Runner } from './runner.ts'
import { findServer, isServerOf, launchServer, type Server } from './server.ts'

const LOOK_MS = 250
/** Pauses between tries, in seconds. What a killed server left (its backends, their memory) may need a moment to go. */
const PAUSES = [0.1, 0.2, 0.4, 0.8, 1, 2, 4, 8, 16]

/** A process that nobody has buried (in a container whose first process is ours) has a number still, but no folder. */
const lives = async (place: Place, pid: number): Promise<boolean> =>
  isAlive(pid) && (process.platform !== 'linux' || (await isServerOf(place, pid)))

interface Supervised {
  place: Place
  runner: Runner
  server: Server
  settings: Record<string, string | number>
  log(line: string): void
  lost(line: string): void
}

/**
 * Looks four times a second whether the server's process lives, and starts it again where it does not, on the same port, so that every
 * address stays true. After ten tries in vain it gives up. @returns how to end, before the server is stopped on purpose
 */
export function supervise({ place, runner, server, settings, log, lost }: Supervised): { end(): Promise<Server> } {
  let current = server
  let ended = false
  const watching = (async () => {
    while (!ended) {
      await sleep(LOOK_MS, undefined, { ref: false })
      if (ended || (await lives(place, current.pid))) continue
      const again = await restart()
      if (again) current = again
      else return
    }
  })()

  async function restart(): Promise<Server | undefined> {
    let reason = ''
    for (const pause of [...PAUSES, 0]) {
      if (ended) return undefined
      const made = await launchServer(place, runner, settings, server.port).catch((error: Error) => ({
        reason: error.message,
      }))
      if (!('reason' in made)) {
        log(`Postgres had ended (pid ${current.pid}) and was started again (pid ${made.pid})`)
        return made
      }
      reason = made.reason
      // A start beside ours, e.g. by hand.
      const other = await findServer(place, 1_000).catch(() => undefined)
      if (other?.port === server.port) return other
      await sleep(pause * 1000, undefined, { ref: false })
    }
    lost(`Postgres had ended and could not be started again: ${reason} (more in ${place.logFile})`)
    return undefined
  }

  return {
    async end() {
      ended = true
      await watching
      return current
    },
  }
}
