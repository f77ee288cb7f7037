import cluster, { type Worker } from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the first process and the others say to each other. */
type Message = 'tasks' | 'changed' | 'alive'

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 30_000
/** Each of them says that its loop turns so often; one that has not for so long hangs. */
const SIGN_MS = 2_000
const SILENT_MS = 30_000
/** And so long after all were told to end. */
const LAST_MS = 15_000
/** A process that lived so long did not die of its start. */
const SETTLED_MS = 60_000

export interface Processes {
  /** Resolves when the first one listens. @throws Error where it ended before it did: it has said why */
  ready: Promise<void>
  /** Tells all to end and waits until they have. */
  stop(signal: 'SIGTERM' | 'SIGINT'): Promise<void>
}

/**
 * Serves from `count` processes of this program that share one port. One of them does the tasks. One that dies is replaced, after a
 * pause that grows while they die young; so is one that hangs, which is killed first.
 */
export function startProcesses(count: number, env: Record<string, string>, say: (line: string) => void): Processes {
  let stopping = false
  const listening = new Set<Worker>()
  const heard = new Map<Worker, number>()
  const hung = new Set<Worker>()
  let tasks: Worker | undefined
  let young = 0
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>()

  /** One of those that listen does the tasks: the others may not be able to hear of it yet. */
  const giveTasks = () => {
    if (tasks) return
    tasks = listening.values().next().value
    tasks?.send('tasks' satisfies Message)
  }
  const begin = () => {
    const worker = cluster.fork(env)
    const since = Date.now()
    worker.once('listening', () => {
      listening.add(worker)
      heard.set(worker, performance.now())
      resolve()
      giveTasks()
    })
    worker.on('message', (message: Message) => {
      if (message === 'alive' && heard.has(worker)) heard.set(worker, performance.now())
      if (message !== 'changed') return
      for (const other of listening) if (other !== worker) other.send('changed' satisfies Message)
    })
    worker.once('exit', (code, signal) => {
      const everListened = listening.size > 0
      listening.delete(worker)
      heard.delete(worker)
      if (tasks === worker) tasks = undefined
      if (stopping) return
      if (!everListened) reject(new Error('its processes did not start'))
      giveTasks()
      young = Date.now() - since < SETTLED_MS ? young + 1 : 1
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (young - 1))
      const why = hung.delete(worker)
        ? `gave no sign of life for ${SILENT_MS / 1000} s and was killed`
        : `ended (${signal ?? code})`
      say(`process ${worker.process.pid} ${why}; another begins in ${pause / 1000} s`)
      void sleep(pause).then(() => stopping || begin())
    })
  }
  for (let i = 0; i < count; i++) begin()
  let looked = performance.now()
  const watch = setInterval(() => {
    const now = performance.now()
    // This process, or the machine, stood still itself: what they said lies unread.
    if (now - looked > 3 * SIGN_MS) for (const worker of heard.keys()) heard.set(worker, now)
    looked = now
    for (const [worker, at] of heard) {
      if (now - at < SILENT_MS || hung.has(worker)) continue
      hung.add(worker)
      worker.process.kill('SIGKILL')
    }
  }, SIGN_MS)
  watch.unref()

  return {
    ready,
    async stop(signal) {
      stopping = true
      clearInterval(watch)
      const open = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
      await Promise.all(
        open.map(async (worker) => {
          const ended = new Promise((done) => worker.once('exit', done))
          if (worker.isDead()) return
          worker.process.kill(signal)
          // One that hangs hears no signal; one that is only slow goes on saying that it lives.
          const late = setTimeout(() => {
            if (performance.now() - (heard.get(worker) ?? 0) > LAST_MS / 2) worker.process.kill('SIGKILL')
          }, LAST_MS)
          await ended
          clearTimeout(late)
        }),
      )
    },
  }
}

/** Whether this is one of several processes that the first one started. */
export const isOneOfSeveral = () => cluster.isWorker

/**
 * In one of several processes: what to do when this one is given the tasks, when another one has changed something, and when the first
 * one is gone. @returns how to tell the others of a change
 */
export function joinProcesses(given: { tasks(): void; changed(): void; alone(): void }): () => void {
  process.on('message', (message: Message) => {
    if (message === 'tasks') given.tasks()
    if (message === 'changed') given.changed()
  })
  const sign = setInterval(() => {
    if (process.connected) process.send?.('alive' satisfies Message)
  }, SIGN_MS)
  sign.unref()
  process.once('disconnect', given.alone)
  return () => {
    if (process.connected) process.send?.('changed' satisfies Message)
  }
}
