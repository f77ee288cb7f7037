import { changes } from '../../../text/diff.ts'

/** Where a photo stands: null above the lead, 0 after the lead, n after the n-th block of the body. */
export type Place = number | null

/**
 * Where photos stand once the body's blocks have changed: with the block they stood after. What was written over keeps
 * its photo; of a block that was taken out the photo stands after what is before it. Past the last block stays past it.
 */
export function movedPlaces(before: string[], after: string[]): (place: Place) => Place {
  const to: number[] = []
  let at = 0
  let gone: number[] = []
  let come: number[] = []
  const settle = () => {
    gone.forEach((block, i) => {
      const last = i === gone.length - 1
      to[block] = come.length ? ((last ? come.at(-1) : come[Math.min(i, come.length - 1)]) as number) : at - come.length
    })
    gone = []
    come = []
  }
  let block = 0
  for (const { kind } of changes(before, after)) {
    if (kind === 'removed') gone.push(++block)
    else if (kind === 'added') come.push(++at)
    else {
      settle()
      to[++block] = ++at
    }
  }
  settle()
  return (place) => {
    if (place === null || place === 0) return place
    return place > before.length ? place - before.length + after.length : (to[place] ?? 0)
  }
}
