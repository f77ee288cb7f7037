import { withinLimit } from '../watchdog.ts'

/** A part that is closed at the end, and how long it may take. */
export interface Closer {
  name: string
  seconds: number
  close(graceMs: number): Promise<unknown>
}

/**
 * Closes the parts, the last opened first, those of one step together; what does not end in its time is left behind, so that the
 * process ends whatever hangs. `graceMs` is what a balancer is given first, and counts for the first step alone.
 * @returns the names of what did not end, or failed
 */
export async function closeAll(steps: Closer[][], graceMs: number): Promise<string[]> {
  const unfinished: string[] = []
  let grace = graceMs
  for (const step of [...steps].reverse()) {
    const one = async ({ name, seconds, close }: Closer) => {
      const end = withinLimit(name, seconds + grace / 1000, undefined, () => close(grace))
      await end.catch((error: Error) => unfinished.push(`${name} (${error.message})`))
    }
    await Promise.all(step.map(one))
    grace = 0
  }
  return unfinished
}
