import { parentPort } from 'node:worker_threads'
import { DomainError } from '../errors.ts'
import { inspect } from '../features/files/inspector.ts'
import type { Refusal } from '../features/files/refusal.ts'
import { windowed } from '../features/files/windows.ts'
import type { FromThread, ToThread } from './inspector.ts'

// A thread of the pool (`inspector.ts`): looks at one document after another and asks for their bytes as it needs them.
const port = parentPort
if (!port) throw new Error('this file is run as a thread')
const say = (said: FromThread) => port.postMessage(said)
let give: ((bytes: Uint8Array) => void) | undefined

port.on('message', (asked: ToThread) => {
  if ('bytes' in asked) return give?.(asked.bytes)
  const read = (start: number, length: number) => {
    const given = new Promise<Uint8Array>((resolve) => {
      give = resolve
    })
    say({ want: [start, length] })
    return given
  }
  inspect(asked.act, windowed({ size: asked.size, read }), asked.name).then(
    (done) => say({ done }),
    (error: unknown) =>
      say(
        error instanceof DomainError
          ? { refusal: error.detail as Refusal }
          : { fault: String((error as Error)?.stack ?? error) },
      ),
  )
})
