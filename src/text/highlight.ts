import { fold } from './fold.ts'

/** A stretch of text; `hit` where it is what was searched for. */
export interface Stretch {
  text: string
  hit: boolean
}

/** The letters of a text, folded, each with the place it came from. */
function foldedLetters(text: string): { folded: string; at: number[] } {
  const known = new Map<string, string>()
  let folded = ''
  const at: number[] = []
  let place = 0
  for (const letter of text) {
    const bare = known.get(letter) ?? fold(letter)
    known.set(letter, bare)
    folded += bare
    for (let i = 0; i < bare.length; i++) at.push(place)
    place += letter.length
  }
  at.push(text.length)
  return { folded, at }
}

/** The words of a query, folded, as the search compares them: at most eight. */
export function searchWords(query: string): string[] {
  return [...new Set(fold(query).split(/\s+/).filter(Boolean).slice(0, 8))]
}

/** Those of some folded words that a text holds. */
export function foundWords(text: string, words: string[]): string[] {
  const folded = fold(text)
  return words.filter((word) => folded.includes(word))
}

function findHits(text: string, words: string[]): [number, number][] {
  const { folded, at } = foldedLetters(text)
  const hits: [number, number][] = []
  for (const word of words) {
    for (let i = folded.indexOf(word); i !== -1; i = folded.indexOf(word, i + word.length)) {
      hits.push([at[i] as number, at[i + word.length] as number])
    }
  }
  return hits.sort((a, b) => a[0] - b[0])
}

/** The text in stretches, with every word of the query found without diacritics: `uy` finds `Ủy`. */
export function highlight(text: string, query: string): Stretch[] {
  const parts: Stretch[] = []
  let done = 0
  for (const [from, to] of findHits(text, searchWords(query))) {
    if (to <= done) continue
    if (from > done) parts.push({ text: text.slice(done, from), hit: false })
    parts.push({ text: text.slice(Math.max(from, done), to), hit: true })
    done = to
  }
  if (done < text.length) parts.push({ text: text.slice(done), hit: false })
  return parts
}

/** A piece of at most `length` letters around the first word found, cut between words; null where none is found. */
export function excerpt(text: string, query: string, length = 180): string | null {
  const first = findHits(text, searchWords(query))[0]
  if (!first) return null
  let from = Math.max(0, first[0] - Math.floor(length / 3))
  if (from > 0) from = text.indexOf(' ', from) + 1 || from
  let to = Math.min(text.length, Math.max(from + length, first[1]))
  if (to < text.length) to = Math.max(text.lastIndexOf(' ', to), first[1])
  return `${from > 0 ? '… ' : ''}${text.slice(from, to).trim()}${to < text.length ? ' …' : ''}`
}
