// Draws the social card that stands for pages of no seminar, one a language: `node scripts/standing-cards.mjs <build folder>`.
// Prints which file each name became.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = process.argv[2]
const { createCards } = await import(pathToFileURL(join(folder, 'cards.js')).href)
const cards = createCards(join(folder, 'fonts'))
const names = {}
for (const locale of ['vi', 'en']) {
  const texts = (area) => JSON.parse(readFileSync(join(root, 'locales', locale, `${area}.json`), 'utf8'))
  const [common, pub] = [texts('common'), texts('public')]
  const png = await cards.draw({
    hue: 24,
    organization: '',
    kicker: '',
    title: pub['card.holds'],
    day: '',
    when: [],
    state: '',
    place: pub['card.languages'],
    product: common.product,
  })
  const hash = createHash('sha256').update(png).digest('hex').slice(0, 8).toUpperCase()
  names[`card-${locale}.png`] = `card-${locale}-${hash}.png`
  writeFileSync(join(folder, 'public', 'assets', names[`card-${locale}.png`]), png)
}
process.stdout.write(JSON.stringify(names))
