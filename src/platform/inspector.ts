import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { DomainError } from '../errors.ts'
import type { ByteSource } from '../features/files/bytes.ts'
import type { Act, Answers, Inspector, Outcome, Turn } from '../features/files/inspector.ts'
import { type Refusal, refused } from '../features/files/refusal.ts'
import { fairTurns } from './fair-turns.ts'

/** What the thread says: a range of the document it wants, or how it ended. */
export type FromThread =
  | { want: [start: number, length: number] }
  | { done: Answers[Act] }
  | { refusal: Refusal }
  | { fault: string }
export type ToThread = { act: Act; size: number; name: string } | { bytes: Uint8Array }

export interface InspectorLimits {
  /** Of one look, from its beginning to its end, reads of the store included. */
  milliseconds: number
  memoryMb: number
  threads: number
  waiting: number
  /** A thread that has nothing to do ends after this long. */
  idleMs: number
}

const defaults: InspectorLimits = {
  milliseconds: 10_000,
  memoryMb: 256,
  threads: Math.min(2, availableParallelism()),
  waiting: 50,
  idleMs: 30_000,
}

// Beside this file: its source under a runner of tests, its bundle in `dist/`.
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './inspector-thread.ts' : './inspector-thread.js',
  import.meta.url,
)

/**
 * Looks at documents in threads of their own. What takes longer or more memory than it may is ended with its thread; the process
 * that answers requests only hands it bytes. Threads begin with the first document and end when there is none.
 */
export function createInspector(given: Partial<InspectorLimits> = {}): Inspector {
  const limits = { ...defaults, ...given }
  const idle: { thread: Worker; timer: NodeJS.Timeout }[] = []
  const living = new Set<Worker>()
  let closed = false

  const turn = fairTurns({ running: limits.threads, waiting: limits.waiting })
  const start = () => {
    const memory = Math.floor(limits.memoryMb / 4)
    const thread = new Worker(THREAD, {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memory * 3, maxYoungGenerationSizeMb: memory, stackSizeMb: 4 },
    })
    living.add(thread)
    // An error that nobody listens to would end the process.
    thread.on('error', () => {})
    thread.once('exit', () => living.delete(thread))
    return thread
  }
  const rest = (thread: Worker) => {
    if (closed) return void thread.terminate()
    const timer = setTimeout(() => {
      idle.splice(
        idle.findIndex((one) => one.thread === thread),
        1,
      )
      void thread.terminate()
    }, limits.idleMs)
    timer.unref()
    thread.unref()
    idle.push({ thread, timer })
  }
  const take = () => {
    const one = idle.pop()
    if (one) clearTimeout(one.timer)
    one?.thread.ref()
    return one?.thread ?? start()
  }

  return {
    async look<A extends Act>(act: A, source: ByteSource, name: string, { lanes = [], begin }: Turn = {}) {
      const end = await turn(lanes)
      try {
        await begin?.()
        const thread = take()
        const ended = await work(thread, { act, size: source.size, name }, source, limits.milliseconds)
        if ('lost' in ended) await thread.terminate()
        else rest(thread)
        if ('broken' in ended) throw ended.broken
        if ('refusal' in ended) throw refused(ended.refusal)
        return ended.outcome as Outcome<A>
      } finally {
        end()
      }
    },
    async close() {
      closed = true
      await Promise.all([...living].map((thread) => thread.terminate()))
    },
  }
}

type Ended =
  | { outcome: Outcome<Act>; lost?: true }
  | { refusal: Refusal }
  /** The store failed: that says nothing of the document. */
  | { broken: unknown; lost: true }

/**
 * One look by one thread, within its time. Where a store that hangs took most of that, it is the store that failed: what a document
 * makes us read is bounded (`windows.ts`).
 */
function work(thread: Worker, job: ToThread, source: ByteSource, milliseconds: number): Promise<Ended> {
  return new Promise((resolve) => {
    let over = false
    let asked = 0
    let atStore = 0
    let reading = false
    const end = (ended: Ended) => {
      clearTimeout(timer)
      thread.off('message', hear)
      thread.off('error', fail)
      thread.off('exit', exit)
      over = true
      resolve(ended)
    }
    const late = () => {
      if (reading) atStore += performance.now() - asked
      if (atStore <= milliseconds / 2) return end({ outcome: { stopped: 'time' }, lost: true })
      const cause = new Error(`the file store took ${Math.round(atStore)} ms of a look`)
      end({ broken: new DomainError('unavailable', { params: { retryAfter: 60 }, cause }), lost: true })
    }
    const timer = setTimeout(late, milliseconds)
    const fail = (cause: Error & { code?: string }) =>
      end({ outcome: { stopped: cause.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'fault', cause }, lost: true })
    const exit = () => end({ outcome: { stopped: 'fault', cause: 'the thread ended' }, lost: true })
    const hear = (said: FromThread) => {
      if ('done' in said) return end({ outcome: { done: said.done } as Outcome<Act> })
      if ('refusal' in said) return end({ refusal: said.refusal })
      if ('fault' in said) return end({ outcome: { stopped: 'fault', cause: said.fault }, lost: true })
      asked = performance.now()
      reading = true
      source.read(...said.want).then(
        (found) => {
          if (over) return
          reading = false
          atStore += performance.now() - asked
          const bytes = found.slice()
          thread.postMessage({ bytes } satisfies ToThread, [bytes.buffer])
        },
        (broken: unknown) => end({ broken, lost: true }),
      )
    }
    thread.on('message', hear)
    thread.on('error', fail)
    thread.on('exit', exit)
    thread.postMessage(job)
  })
}
