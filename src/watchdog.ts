/** The `code` of the error that says that something did not end in time. */
export const LATE = 'LATE'

/**
 * Runs something that may hang. Past `seconds` it is given up: its signal is aborted, so that it begins nothing more should it
 * wake up, and it is no longer waited for. The signal also tells that the process stops.
 * @throws Error that names what did not end; what `run` throws
 */
export async function withinLimit<T>(
  name: string,
  seconds: number,
  stopping: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const signal = stopping ? AbortSignal.any([late.signal, stopping]) : late.signal
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const error = Object.assign(new Error(`${name} did not end within ${seconds} s and was given up`), { code: LATE })
    late.abort(error)
    reject(error)
  }, seconds * 1000)
  try {
    return await Promise.race([run(signal), promise])
  } finally {
    clearTimeout(timer)
  }
}
