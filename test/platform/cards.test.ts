import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawCard, type Measure } from '../../src/platform/card-drawing.ts'
import { createCards } from '../../src/platform/cards.ts'
import type { Card } from '../../src/services.ts'
import { seed } from '../support/seed.ts'

const card: Card = {
  hue: 24,
  organization: 'Thành ủy Uông Bí',
  kicker: 'Hội thảo chuyên đề',
  title: seed.theme,
  day: '16',
  when: ['Tháng 11 năm 2023', 'Thứ Năm, 14 giờ 00'],
  state: '',
  place: 'Hội trường Trung tâm Chính trị thành phố',
  product: 'Hội thảo',
}
/** Every letter half as wide as it is high. */
const even: Measure = async (_, texts) => texts.map((text) => Array.from(text).length * 50)

/** The lines of the title, with their size. */
async function titleOf(over: Partial<Card>) {
  const svg = await drawCard({ ...card, ...over }, even)
  const lines = [...svg.matchAll(/font-size="(\d+)"[^>]*font-family="Source Serif 4"[^>]*>([^<]*)</g)]
    .map(([, size, text]) => ({ size: Number(size), text: text as string }))
    .slice(0, over.day === '' ? undefined : -1)
  return { svg, size: lines[0]?.size ?? 0, lines: lines.map((line) => line.text) }
}

describe('the layout of a card', () => {
  it('holds every word of the title, in lines of about one length', async () => {
    const { lines } = await titleOf({})
    expect(lines.join(' ')).toBe(seed.theme)
    const lengths = lines.map((line) => line.length)
    expect(Math.min(...lengths)).toBeGreaterThan(0.6 * Math.max(...lengths))
  })

  it('sets a longer title smaller, and cuts only what fits at no size that can be read', async () => {
    const sizes: number[] = []
    for (const times of [1, 2, 3]) sizes.push((await titleOf({ title: Array(times).fill(seed.theme).join(', ') })).size)
    expect([...sizes].sort((a, b) => b - a)).toEqual(sizes)
    const longest = await titleOf({ title: 'Nâng cao chất lượng sinh hoạt chi bộ '.repeat(20).trim() })
    expect(longest.size).toBe(35)
    expect(longest.lines.at(-1)).toMatch(/ …$/)
    expect(longest.lines.length * 35 * 1.26).toBeLessThan(290)
  })

  it('breaks a word that no line holds', async () => {
    const { lines, size } = await titleOf({ title: 'x'.repeat(200) })
    for (const line of lines) expect(line.length * 0.5 * size).toBeLessThan(1037)
    expect(lines.join('')).toBe('x'.repeat(200))
  })

  it('takes markup as text, and leaves out signs that the fonts do not hold', async () => {
    const { svg } = await titleOf({
      title: '<b>"1"</b> & 😀 數字 Ελληνικά ℃',
      organization: '\u0000\u0007A',
    })
    expect(svg).toContain('&lt;b&gt;&quot;1&quot;&lt;/b&gt;')
    expect(svg).not.toMatch(/😀|數|\u0000|\u0007/)
    expect(svg).toContain('Ελληνικά')
  })

  it('says that a seminar was put off where its day would be', async () => {
    const { svg } = await titleOf({ state: 'Đã hoãn', day: '', when: [] })
    expect(svg).toContain('>Đã hoãn<')
    expect(svg).not.toContain('>16<')
  })

  it('has the colour of the organisation', async () => {
    const [red, blue] = [await titleOf({ hue: 24 }), await titleOf({ hue: 250 })]
    expect(red.svg).not.toBe(blue.svg)
  })
})

describe('drawing', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hoithao-cards-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('makes a PNG of 1200 by 630 in which every letter of a Vietnamese title is drawn', async () => {
    const cards = createCards('dist/fonts')
    const png = await cards.draw({ ...card, title: 'Ắ Ễ Ộ Ữ ỷ đ Đ ơ “Nghị quyết”' })
    const { format, width, height } = await sharp(png).metadata()
    expect([format, width, height]).toEqual(['png', 1200, 630])
    expect(png.byteLength).toBeLessThan(120_000)
    // A letter without a face would be the same box whatever it is.
    const other = await cards.draw({ ...card, title: 'Ă Ê Ô Ư y d D o “Nghi quyet”' })
    expect(Buffer.compare(Buffer.from(png), Buffer.from(other))).not.toBe(0)
  })

  it('draws the same bytes on a machine without any font of its own', async () => {
    const script = join(folder, 'draw.mjs')
    await writeFile(
      script,
      `import { createHash } from 'node:crypto'
       const { createCards } = await import(${JSON.stringify(pathToFileURL('dist/cards.js').href)})
       const png = await createCards('dist/fonts').draw(${JSON.stringify(card)})
       console.log(createHash('sha256').update(png).digest('hex'))`,
    )
    const run = async (env: Record<string, string>) => {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { env: { PATH: '', ...env } })
      expect(stderr).toBe('')
      return stdout.trim()
    }
    const none = join(folder, 'none.conf')
    await writeFile(none, '<?xml version="1.0"?><fontconfig></fontconfig>')
    const here = await run({ HOME: process.env.HOME ?? folder })
    const bare = await run({ HOME: folder, FONTCONFIG_FILE: none, FONTCONFIG_PATH: folder, XDG_DATA_HOME: folder })
    expect(bare).toBe(here)
    expect(here).toMatch(/^[0-9a-f]{64}$/)
  })

  it('draws once what many ask for at once, and refuses when too many wait', async () => {
    const cards = createCards('dist/fonts')
    const same = await Promise.all(Array.from({ length: 50 }, () => cards.draw(card)))
    expect(new Set(same).size).toBe(1)
    const many = await Promise.allSettled(
      Array.from({ length: 40 }, async (_, i) => cards.draw({ ...card, title: `Số ${i}` })),
    )
    const refused = many.filter((end) => end.status === 'rejected')
    expect(refused.length).toBe(20)
    expect(refused[0]?.reason).toMatchObject({ code: 'unavailable', params: { retryAfter: 5 } })
    expect((await cards.draw({ ...card, title: 'Số 39' })).byteLength).toBeGreaterThan(5000)
  })
})

describe('a build', () => {
  it('holds a card a language for pages of no seminar, and for runtimes that draw none', async () => {
    const names = JSON.parse(readFileSync('dist/manifest.json', 'utf8'))
    for (const locale of ['vi', 'en']) {
      const file = names[`card-${locale}.png`]
      expect(file).toMatch(/^card-(vi|en)-[0-9A-F]{8}\.png$/)
      const { width, height } = await sharp(join('dist/public/assets', file)).metadata()
      expect([width, height]).toEqual([1200, 630])
    }
  })
})
