/** A stretch of two texts: in both, only in the older, only in the newer. */
export interface Change {
  text: string
  kind: 'same' | 'removed' | 'added'
}

/** Beyond this many comparisons two pieces are shown as wholly replaced. */
const MAX_CELLS = 4_000_000

/** What changed between two lists, by their longest common subsequence. */
export function changes(before: string[], after: string[]): Change[] {
  let from = 0
  while (from < before.length && from < after.length && before[from] === after[from]) from++
  let tail = 0
  while (tail < before.length - from && tail < after.length - from && before.at(-1 - tail) === after.at(-1 - tail))
    tail++
  const a = before.slice(from, before.length - tail)
  const b = after.slice(from, after.length - tail)
  const same = (text: string): Change => ({ text, kind: 'same' })
  return [...before.slice(0, from).map(same), ...middle(a, b), ...before.slice(before.length - tail).map(same)]
}

function middle(a: string[], b: string[]): Change[] {
  const all: Change[] = [
    ...a.map((text) => ({ text, kind: 'removed' as const })),
    ...b.map((text) => ({ text, kind: 'added' as const })),
  ]
  if (!a.length || !b.length || a.length * b.length > MAX_CELLS) return all
  const width = b.length + 1
  const longest = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j]
          ? (longest[(i + 1) * width + j + 1] as number) + 1
          : Math.max(longest[(i + 1) * width + j] as number, longest[i * width + j + 1] as number)
    }
  }
  const out: Change[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ text: a[i++] as string, kind: 'same' })
      j++
    } else if (
      j >= b.length ||
      (i < a.length && (longest[(i + 1) * width + j] as number) >= (longest[i * width + j + 1] as number))
    ) {
      out.push({ text: a[i++] as string, kind: 'removed' })
    } else out.push({ text: b[j++] as string, kind: 'added' })
  }
  return out
}

/** What changed between two paragraphs, word by word; neighbours of one kind are joined. */
export function diffWords(before: string, after: string): Change[] {
  const words = (text: string) => text.match(/\s+|[^\s]+/g) ?? []
  const joined: Change[] = []
  for (const change of changes(words(before), words(after))) {
    const last = joined.at(-1)
    if (last?.kind === change.kind) last.text += change.text
    else joined.push({ ...change })
  }
  return joined
}

/** Of short lines every word counts; longer paragraphs must share so much, or one nearly hold the other, to be compared. */
const SHORT = 60
const ALIKE = 0.3
const HELD = 0.8

function compared(before = '', after = ''): Change[][] {
  const words = diffWords(before, after)
  const letters = (text: string) => text.replace(/\s/g, '').length
  const shared = words.reduce((sum, { text, kind }) => sum + (kind === 'same' ? letters(text) : 0), 0)
  const [less, more] = [letters(before), letters(after)].sort((a, b) => a - b) as [number, number]
  if (less === 0 || more < SHORT || shared >= ALIKE * more || shared >= HELD * less) return [words]
  return [[{ text: before, kind: 'removed' }], [{ text: after, kind: 'added' }]]
}

/**
 * What changed between two texts of several paragraphs: each paragraph as its stretches. Paragraphs in both stand whole; a
 * removed one and the added one at its place are compared word by word, where they are alike at all.
 */
export function diffParagraphs(before: string[], after: string[]): Change[][] {
  const out: Change[][] = []
  let removed: string[] = []
  let added: string[] = []
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++) out.push(...compared(removed[i], added[i]))
    removed = []
    added = []
  }
  for (const change of changes(before, after)) {
    if (change.kind === 'removed') removed.push(change.text)
    else if (change.kind === 'added') added.push(change.text)
    else {
      flush()
      out.push([change])
    }
  }
  flush()
  return out
}
