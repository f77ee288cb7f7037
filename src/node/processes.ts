import cluster, { type Worker } from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the first process and the others say to each other. */
type Message = 'tasks' | 'changed'

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 30_000
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
 * pause that grows while they die young.
 */
export function startProcesses(count: number, env: Record<string, string>, say: (line: string) => void): Processes {
  let stopping = false
  const listening = new Set<Worker>()
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
      resolve()
      giveTasks()
    })
    worker.on('message', (message: Message) => {
      if (message !== 'changed') return
      for (const other of listening) if (other !== worker) other.send('changed' satisfies Message)
    })
    worker.once('exit', (code, signal) => {
      const everListened = listening.size > 0
      listening.delete(worker)
      if (tasks === worker) tasks = undefined
      if (stopping) return
      if (!everListened) reject(new Error('its processes did not start'))
      giveTasks()
      young = Date.now() - since < SETTLED_MS ? young + 1 : 1
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (young - 1))
      say(`process ${worker.process.pid} ended (${signal ?? code}); another begins in ${pause / 1000} s`)
      void sleep(pause).then(() => stopping || begin())
    })
  }
  for (let i = 0; i < count; i++) begin()

  return {
    ready,
    async stop(signal) {
      stopping = true
      const open = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
      await Promise.all(
        open.map(async (worker) => {
          const ended = new Promise((done) => worker.once('exit', done))
          if (worker.isDead()) return
          worker.process.kill(signal)
          await ended
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
  process.once('disconnect', given.alone)
  return () => {
    if (process.connected) process.send?.('changed' satisfies Message)
  }
}
