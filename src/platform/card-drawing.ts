import type { Card } from '../services.ts'
import { escapeMarkup } from '../text/escape.ts'
import { oklchToHex } from '../text/oklch.ts'

/** The faces of the pages, as the drawing library finds them in `dist/fonts`. */
export type Face = 'serif' | 'sans' | 'sans-strong'

/** Widths in px of texts set in a face at 100 px, in their order. */
export type Measure = (face: Face, texts: string[]) => Promise<number[]>

export const CARD = { width: 1200, height: 630 } as const

const FACES: Record<Face, string> = {
  serif: 'font-family="Source Serif 4" font-weight="600"',
  sans: 'font-family="Be Vietnam Pro"',
  'sans-strong': 'font-family="Be Vietnam Pro SemiBold"',
}
const PAPER = oklchToHex(0.985, 0.004, 85)
const INK = oklchToHex(0.22, 0.012, 60)
const MUTED = oklchToHex(0.48, 0.015, 70)

const LEFT = 92
const RIGHT = 1128
/** The title stands between these. */
const TITLE = { top: 186, bottom: 468, sizes: [82, 74, 66, 58, 51, 45, 40, 35], leading: 1.26 } as const

/** A social card as SVG: a poster in the look of the pages. What is too long is cut with an ellipsis, never set smaller than can be read. */
export async function drawCard(given: Card, measure: Measure): Promise<string> {
  const card = drawable(given)
  const accent = oklchToHex(0.44, 0.155, card.hue)
  const title = await setTitle(card.title, measure)
  const top = TITLE.top + (TITLE.bottom - TITLE.top - title.height) / (card.kicker ? 2.6 : 2)
  const parts = [
    `<rect width="${CARD.width}" height="${CARD.height}" fill="${PAPER}"/>`,
    `<rect width="26" height="${CARD.height}" fill="${accent}"/>`,
    await head(card.organization, measure),
    mark(card, accent, await width(card.product, 'sans', 26, measure)),
    text('sans-strong', 27, LEFT, 156, accent, await cut(card.kicker, 'sans-strong', 27, RIGHT - LEFT, measure)),
    ...title.lines.map((line, i) =>
      text('serif', title.size, LEFT, top + title.size * (0.98 + TITLE.leading * i), INK, line),
    ),
    `<rect x="${LEFT}" y="496" width="${RIGHT - LEFT}" height="2" fill="${accent}"/>`,
    ...(await foot(card, accent, measure)),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${CARD.width}" height="${CARD.height}">${parts.join('')}</svg>`
}

/** Whose card it is: a long name is set a little smaller before it is cut. */
async function head(organization: string, measure: Measure): Promise<string> {
  const room = 780
  const wide = await width(organization, 'sans-strong', 30, measure)
  const size = wide > room ? 25 : 30
  return text('sans-strong', size, LEFT, 96, INK, await cut(organization, 'sans-strong', size, room, measure))
}

/** Day and hour at the left, as on the pages; the place at the right. */
async function foot(card: Card, accent: string, measure: Measure): Promise<string[]> {
  const big = card.state ? 46 : 84
  const head = card.state || card.day
  const beside = LEFT + (head ? (await width(head, 'serif', big, measure)) + 28 : 0)
  const [first = '', second = ''] = card.when
  const widths = [await width(first, 'sans', 26, measure), await width(second, 'sans', 26, measure)]
  const from = Math.max(beside + Math.max(...widths) + 70, 560)
  const place = await setLines(card.place, 'sans', 26, RIGHT - from, 2, measure)
  const baseline = (i: number, lines: number) => (lines === 1 ? 568 : 549 + i * 36)
  return [
    head ? text('serif', big, LEFT, card.state ? 574 : 583, card.state ? accent : INK, head) : '',
    ...card.when.map((line, i) => text('sans', 26, beside, baseline(i, card.when.length), i === 0 ? INK : MUTED, line)),
    ...place.map((line, i) => text('sans', 26, RIGHT, baseline(i, place.length), MUTED, line, 'end')),
  ]
}

/** The service's mark and name: at the right of the head, at its left where no organisation stands there. */
function mark({ product, organization }: Card, accent: string, productWidth: number): string {
  const x = organization ? RIGHT - productWidth - 54 : LEFT
  return `<g transform="translate(${x.toFixed(1)} 67) scale(1.25)"><rect width="32" height="32" rx="7" fill="${accent}"/><path d="M8 10h16M8 16h16M8 22h9" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/></g>${text('sans', 26, x + 54, 96, organization ? MUTED : INK, product)}`
}

function text(face: Face, size: number, x: number, y: number, fill: string, words: string, anchor?: 'end'): string {
  if (!words) return ''
  const end = anchor ? ' text-anchor="end"' : ''
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" fill="${fill}" ${FACES[face]}${end}>${escapeMarkup(words)}</text>`
}

/**
 * The largest size at which the title fits its room and fills its width; its lines are about equally long. Where none fills
 * the width, the largest that fits; where none fits, the smallest, cut.
 */
async function setTitle(title: string, measure: Measure) {
  let largest: { size: number; lines: string[]; height: number } | undefined
  for (const size of TITLE.sizes) {
    const { lines, widest } = await balanced(title, 'serif', size, RIGHT - LEFT, measure)
    const set = { size, lines, height: lines.length * size * TITLE.leading }
    if (set.height > TITLE.bottom - TITLE.top) continue
    largest ??= set
    if (lines.length === 1 || widest > 0.7 * (RIGHT - LEFT)) return set
  }
  if (largest) return largest
  const size = TITLE.sizes[TITLE.sizes.length - 1] as number
  const most = Math.floor((TITLE.bottom - TITLE.top) / (size * TITLE.leading))
  const lines = await setLines(title, 'serif', size, RIGHT - LEFT, most, measure)
  return { size, lines, height: lines.length * size * TITLE.leading }
}

/** As few lines as hold the words, the widest of them as narrow as can be. */
async function balanced(words: string, face: Face, size: number, room: number, measure: Measure) {
  const { fill, widest } = await filler(words, face, size, measure)
  const lines = fill(room)
  let [low, high] = [Math.min(widest, room), room]
  while (high - low > 4) {
    const middle = (low + high) / 2
    if (fill(middle).length <= lines.length) high = middle
    else low = middle
  }
  return { lines: fill(high), widest: high }
}

/** At most `most` lines, filled one after the other; what does not fit ends in an ellipsis. */
async function setLines(words: string, face: Face, size: number, room: number, most: number, measure: Measure) {
  if (!words) return []
  const lines = (await filler(words, face, size, measure)).fill(room)
  if (lines.length <= most) return lines
  const last = await cut(lines.slice(most - 1).join(' '), face, size, room, measure)
  return [...lines.slice(0, most - 1), last]
}

/** How words fall into lines of a width. A word longer than a line is broken. */
async function filler(words: string, face: Face, size: number, measure: Measure) {
  const list = words.split(' ')
  const [space = 0, ...widths] = (await measure(face, [' ', ...list])).map((px) => (px * size) / 100)
  const fill = (room: number): string[] => {
    const lines: string[] = []
    let left = -1
    for (const [i, word] of list.entries()) {
      const needs = widths[i] ?? 0
      if (left >= space + needs) {
        lines[lines.length - 1] += ` ${word}`
        left -= space + needs
        continue
      }
      const letters = Array.from(word)
      const most = needs > room ? Math.max(1, Math.floor((letters.length * room) / needs)) : letters.length
      for (let from = 0; from < letters.length; from += most) lines.push(letters.slice(from, from + most).join(''))
      left = room - (needs * Math.min(most, letters.length % most || most)) / Math.max(1, letters.length)
    }
    return lines
  }
  return { fill, widest: Math.max(...widths) }
}

async function width(words: string, face: Face, size: number, measure: Measure): Promise<number> {
  if (!words) return 0
  const [px = 0] = await measure(face, [words])
  return (px * size) / 100
}

/** One line of at most `room` px, cut between words. */
async function cut(words: string, face: Face, size: number, room: number, measure: Measure): Promise<string> {
  if (!words || (await width(words, face, size, measure)) <= room) return words
  const [first = ''] = (await filler(words, face, size, measure)).fill(room - size)
  return `${first.replace(/(?<![\s,;:.–-])[\s,;:.–-]+$/u, '')} …`
}

/** The fonts hold Latin, Greek and Cyrillic; signs they do not hold (emoji, say) are left out, never drawn as boxes. */
function drawable(card: Card): Card {
  const clean = (words: string) =>
    words
      .normalize('NFC')
      .replace(/[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Mn}\p{Nd}\p{P}\p{Z}\p{Sc}\p{Sm}′″°©®™№]/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim()
  const { hue, when, ...texts } = card
  const cleaned = Object.fromEntries(Object.entries(texts).map(([name, words]) => [name, clean(words)]))
  return { hue, when: when.map(clean).filter(Boolean), ...(cleaned as Omit<Card, 'hue' | 'when'>) }
}
