import { fold } from '../../../text/fold.ts'

/** Why a password is too easy: it is among those guessed first, says who its owner is, or follows a pattern. */
export type Weakness = 'password_common' | 'password_own' | 'password_simple'

/** What a guesser tries with a common password before and behind it: at most so many characters. */
const MAX_TRIMMED = 6
/** Fewer characters than this, patterns counted as two, are tried in a moment. */
const LEAST = 6

const leet: Record<string, string> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's', '!': 'i' }
/** Letters and digits in orders that fingers know. */
const orders = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']

/**
 * Whether a password is among those that are tried first (OWASP ASVS 5.0, 6.2.4 and 6.2.11; NIST SP 800-63B, 3.1.1.2). Cost is
 * linear in its length. `about`: what others know of its owner: address, name, organisation. `common`: folded, without spaces.
 */
export function weaknessOf(
  password: string,
  about: readonly string[],
  common: ReadonlySet<string>,
): Weakness | undefined {
  const folded = fold(password)
  const bare = folded.replace(/\s/g, '')
  const unit = repeatedUnit(bare)
  if (strength(unit) < LEAST) return 'password_simple'
  if (strength(withoutOwn(squash(folded), about)) < LEAST) return 'password_own'
  const forms = [bare, unit, squash(folded)].flatMap((form) => [form, unleet(form)])
  return forms.some((form) => common.has(form) || common.has(trimmed(form))) ? 'password_common' : undefined
}

/** Letters and digits alone. */
function squash(folded: string): string {
  return folded.replace(/[^\p{L}\p{N}]/gu, '')
}

function unleet(text: string): string {
  return Array.from(text, (letter) => leet[letter] ?? letter).join('')
}

/** Without digits and signs before and behind, where that takes little away: `password12` is `password`. */
function trimmed(text: string): string {
  const letters = Array.from(text)
  const isLetter = (letter: string) => /\p{L}/u.test(letter)
  const from = letters.findIndex(isLetter)
  const to = letters.findLastIndex(isLetter)
  const kept = letters.slice(from, to + 1)
  return from === -1 || letters.length - kept.length > MAX_TRIMMED ? text : kept.join('')
}

/** The shortest text that, said again and again, makes this one; by the borders of Knuth, Morris and Pratt, in linear time. */
function repeatedUnit(text: string): string {
  const border = [0]
  for (let i = 1, k = 0; i < text.length; i++) {
    while (k > 0 && text[i] !== text[k]) k = border[k - 1] as number
    if (text[i] === text[k]) k++
    border.push(k)
  }
  const period = text.length - (border.at(-1) as number)
  return period <= text.length / 2 ? text.slice(0, period) : text
}

/** How many characters a text counts for: a run of three and more in an order, or of one letter, counts two. */
function strength(text: string): number {
  const letters = Array.from(text)
  let count = 0
  for (let i = 0; i < letters.length; ) {
    const end = Math.max(...orders.map((order) => runEnd(letters, i, order)), runEnd(letters, i, ''))
    count += end - i >= 3 ? 2 : 1
    i = end - i >= 3 ? end : i + 1
  }
  return Math.min(count, new Set(letters).size + 1)
}

/** Where a run that begins at `from` ends: neighbours in an order, up or down; without one, the same letter. */
function runEnd(letters: string[], from: number, order: string): number {
  const step = (i: number) => {
    const [a, b] = [letters[i] as string, letters[i + 1]]
    if (b === undefined) return 0
    if (order === '') return a === b ? 1 : 0
    if (!order.includes(a)) return 0
    if (order[order.indexOf(a) + 1] === b || (a === '9' && b === '0')) return 1
    return order[order.indexOf(a) - 1] === b || (a === '0' && b === '9') ? -1 : 0
  }
  const direction = step(from)
  let end = from + 1
  while (direction !== 0 && step(end - 1) === direction) end++
  return end
}

/** What is left without what others know: each text whole, its parts, and its words of three letters and more. */
function withoutOwn(password: string, about: readonly string[]): string {
  const words = about.flatMap((text) => {
    const folded = fold(text)
    return [squash(folded), ...folded.split(/[@\s]/).map(squash), ...folded.split(/[^\p{L}\p{N}]+/u)]
  })
  const own = [...new Set(words)].filter((word) => word.length >= 3).sort((a, b) => b.length - a.length)
  return own.slice(0, 100).reduce((left, word) => left.replaceAll(word, ''), password)
}
