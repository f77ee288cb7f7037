import type postgres from 'postgres'

/** One connection, lent to one borrower at a time. */
export interface Line {
  /**
   * @throws Error with `code` CONNECTION_CLOSED once the connection is gone: what was begun on it never goes on elsewhere;
   * CONNECTION_SILENT where no answer came in time: the connection is closed, and whether the server did it is not known
   */
  query(text: string, parameters: unknown[]): Promise<postgres.RowList<postgres.Row[]>>
  /** Gives it back; `broken` closes it instead. */
  release(broken?: boolean): void
}

export interface PoolOptions {
  max: number
  /** Milliseconds that a borrower waits for a free connection; without it, as long as it takes. */
  waitMs?: number | undefined
  /** Told of each statement's begin; what it returns, of its end. */
  watch?: ((text: string) => (failed?: unknown) => void) | undefined
  /** Milliseconds that a query may take as its borrower sees it: a network that falls silent tells nobody. */
  queryMs: number
  /** Opens a client of exactly one connection that tells when it closed. */
  open(closed: () => void): Client
}

/** A client of one connection, and how to close its socket without asking the other side. */
export interface Client {
  sql: postgres.Sql
  cut(): void
}

interface Kept {
  client: Client
  closed: boolean
  /** Refuses what runs when the connection goes. */
  refusals: Set<(error: Error) => void>
  ends: number
  /** Of which generation; another than the present one is not lent again. */
  generation: number
  idleSince: number
}

interface Waiter {
  take(line: Line): void
  refuse(error: Error): void
}

/** A session may keep being read-only after the database is no more (`default_transaction_read_only`): it is not lent again. */
const READ_ONLY = '25006'
const IDLE_MS = 60_000
const LIFETIME_MS = 30 * 60_000

/** Ends a client politely, after `seconds` in any case. */
const endClient = ({ client }: Kept, seconds: number): Promise<void> =>
  client.sql
    .end({ timeout: seconds })
    .catch(() => undefined)
    .finally(client.cut)

/** `code` begins as those of the driver do: the shells answer all of them 503. */
const failure = (code: string, message: string) => Object.assign(new Error(message), { code })

/**
 * A pool of connections, first come first served. The driver's own pool is not used: after a connection breaks under a reserved
 * client, postgres 3.4 writes to a socket that is gone (which ends the process) and lends the dead one again; and its queue has
 * no time limit.
 */
export function createPool({ max, waitMs, queryMs, watch, open }: PoolOptions) {
  const idle: Kept[] = []
  const waiting = new Set<Waiter>()
  let count = 0
  let generation = 0
  let ended = false

  function connect(): Kept {
    count++
    const kept: Kept = {
      client: undefined as never,
      closed: false,
      refusals: new Set(),
      ends: performance.now() + LIFETIME_MS * (1 + Math.random()),
      generation,
      idleSince: 0,
    }
    kept.client = open(() => lose(kept))
    return kept
  }

  function lose(kept: Kept, error = failure('CONNECTION_CLOSED', 'the connection to the database was closed')): void {
    if (kept.closed) return
    kept.closed = true
    for (const refuse of kept.refusals) refuse(error)
    const at = idle.indexOf(kept)
    if (at < 0) return
    idle.splice(at, 1)
    count--
  }

  function close(kept: Kept): void {
    kept.closed = true
    count--
    void endClient(kept, 1)
  }

  /** No answer in time: its socket is closed at once, and so are the idle ones, which are older and may hang as well. */
  function giveUp(kept: Kept): void {
    lose(kept, failure('CONNECTION_SILENT', 'the database did not answer in time'))
    void endClient(kept, 0)
    for (const other of idle.splice(0)) close(other)
  }

  function giveBack(kept: Kept, broken: boolean): void {
    const now = performance.now()
    if (broken || kept.closed || ended || kept.generation !== generation || now > kept.ends) close(kept)
    else {
      kept.idleSince = now
      idle.push(kept)
    }
    // The longest unused stands first.
    while (idle[0] && now - idle[0].idleSince > IDLE_MS) close(idle.shift() as Kept)
    for (const waiter of waiting) {
      const next = idle.pop() ?? (count < max ? connect() : undefined)
      if (!next) break
      waiting.delete(waiter)
      waiter.take(lend(next))
    }
  }

  function lend(kept: Kept): Line {
    let lent = true
    return {
      query(text, parameters) {
        if (kept.closed || !lent)
          return Promise.reject(failure('CONNECTION_CLOSED', 'the connection to the database was closed'))
        return new Promise((resolve, reject) => {
          const late = setTimeout(giveUp, queryMs, kept)
          const ended = watch?.(text)
          const end = (failed?: unknown) => {
            if (!kept.refusals.delete(end)) return
            clearTimeout(late)
            ended?.(failed)
            if ((failed as { code?: string } | undefined)?.code === READ_ONLY) kept.generation = -1
            if (failed !== undefined) reject(failed)
          }
          kept.refusals.add(end)
          void kept.client.sql.unsafe(text, parameters as never[], { prepare: true }).then((rows) => {
            end()
            resolve(rows)
          }, end)
        })
      },
      release(broken = false) {
        if (!lent) return
        lent = false
        giveBack(kept, broken)
      },
    }
  }

  return {
    /** @throws Error with `code` CONNECTION_POOL_BUSY after `waitMs`, CONNECTION_ENDED once the pool was ended */
    async acquire(): Promise<Line> {
      if (ended) throw failure('CONNECTION_ENDED', 'the connections to the database are closed')
      const kept = idle.pop() ?? (count < max ? connect() : undefined)
      if (kept) return lend(kept)
      return new Promise((take, refuse) => {
        const timer =
          waitMs === undefined
            ? undefined
            : setTimeout(() => {
                waiting.delete(waiter)
                refuse(failure('CONNECTION_POOL_BUSY', 'every connection to the database is in use'))
              }, waitMs)
        const waiter: Waiter = {
          take(line) {
            clearTimeout(timer)
            take(line)
          },
          refuse(error) {
            clearTimeout(timer)
            refuse(error)
          },
        }
        waiting.add(waiter)
      })
    },
    /** Lends none again of the connections that there are now: what their sessions were given at the begin has changed. */
    renew(): void {
      generation++
      for (const kept of idle.splice(0)) close(kept)
    },
    /** How it stands now. */
    load: () => ({ inUse: count - idle.length, idle: idle.length, waiting: waiting.size, limit: max }),
    /** Closes what is idle now, and the others when they come back. */
    async end(): Promise<void> {
      ended = true
      for (const waiter of waiting)
        waiter.refuse(failure('CONNECTION_ENDED', 'the connections to the database are closed'))
      waiting.clear()
      const closing = idle.splice(0)
      count -= closing.length
      for (const kept of closing) kept.closed = true
      await Promise.all(closing.map((kept) => endClient(kept, 5)))
    },
  }
}
export type Pool = ReturnType<typeof createPool>
