import { resolve } from 'node:path'
import sharp from 'sharp'
import { DomainError } from '../errors.ts'
import type { Card, Cards } from '../services.ts'
import { escapeMarkup } from '../text/escape.ts'
import { drawCard, type Face, type Measure } from './card-drawing.ts'

/** How many cards stay in memory (about 30 KB each), how many may wait to be drawn, how many widths of words are known. */
const MAX_KEPT = 200
const MAX_WAITING = 20
const MAX_WIDTHS = 20_000

const FONTS: Record<Face, string> = {
  serif: 'Source Serif 4 Semi-Bold 100',
  sans: 'Be Vietnam Pro 100',
  'sans-strong': 'Be Vietnam Pro SemiBold 100',
}

/**
 * Social cards by sharp, in the fonts of a build's folder and no others, so that a card looks the same on a machine without
 * fonts. One is drawn at a time, each once: what many ask for at once is drawn for the first of them.
 */
export function createCards(fonts: string): Cards {
  // Read by fontconfig when the first text is drawn.
  process.env.FONTCONFIG_FILE = resolve(fonts, 'fonts.conf')
  const kept = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()
  const measure = createMeasure()
  let waiting = 0
  let turn: Promise<unknown> = Promise.resolve()

  async function render(card: Card): Promise<Uint8Array<ArrayBuffer>> {
    const svg = await drawCard(card, measure)
    return new Uint8Array(await sharp(new TextEncoder().encode(svg)).png({ palette: true, effort: 4 }).toBuffer())
  }

  return {
    draw(card) {
      const key = JSON.stringify(card)
      const known = kept.get(key)
      if (known) {
        kept.delete(key)
        kept.set(key, known)
        return known
      }
      if (waiting >= MAX_WAITING) throw new DomainError('unavailable', { params: { retryAfter: 5 } })
      waiting++
      const drawn = turn.then(() => render(card)).finally(() => waiting--)
      turn = drawn.catch(() => undefined)
      kept.set(key, drawn)
      drawn.catch(() => kept.delete(key))
      if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value as string)
      return drawn
    },
  }
}

/** Measures words by setting them; each once. */
function createMeasure(): Measure {
  const widths = new Map<string, number>()
  async function one(face: Face, words: string): Promise<number> {
    // A space alone leaves no ink: it is the difference it makes.
    if (words === ' ') return (await one(face, 'n n')) - (await one(face, 'nn'))
    const key = `${face} ${words}`
    const known = widths.get(key)
    if (known !== undefined) return known
    const { info } = await sharp({ text: { text: escapeMarkup(words), font: FONTS[face], dpi: 72 } })
      .raw()
      .toBuffer({ resolveWithObject: true })
    if (widths.size >= MAX_WIDTHS) widths.clear()
    // What is measured is the ink; letters keep a little room at their sides.
    const px = info.width + 6
    widths.set(key, px)
    return px
  }
  return async (face, texts) => {
    const measured: number[] = []
    for (const words of texts) measured.push(await one(face, words))
    return measured
  }
}
