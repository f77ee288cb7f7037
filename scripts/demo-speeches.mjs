// The demo's papers as files, from the texts in scripts/demo-speeches/: `node scripts/demo-speeches.mjs` (Node 26). Illustrations:
// the city is made up, and what stands under the real workshop is marked as written for this software.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { strToU8, zipSync } from 'fflate'
import { launchBrowser } from '../test/support/browser.ts'
import { wordDocument } from './demo-speeches/docx.mjs'
import { slides } from './demo-speeches/pptx.mjs'

const here = new URL('./demo-speeches/', import.meta.url)
const out = new URL('../demo/speeches/', import.meta.url)
const MADE = '2026-01-01T08:00:00Z'

/** A text: its head, and its blocks. A section whose heading ends in {2} came with the second version. */
function read(name, version = 2) {
  const lines = readFileSync(new URL(`${name}.md`, here), 'utf8')
    .normalize('NFC')
    .split('\n')
  const text = { unit: '', kind: '', note: '', title: '', made: MADE, blocks: [] }
  let skipped = false
  for (const line of lines) {
    const head = /^(unit|kind|note): (.*)$/.exec(line)
    const heading = /^## (.*?)( \{2\})?$/.exec(line)
    if (head) text[head[1]] = head[2]
    else if (line.startsWith('# ')) text.title = line.slice(2)
    else if (heading) {
      skipped = Boolean(heading[2]) && version < 2
      if (!skipped) text.blocks.push({ kind: 'heading', text: heading[1] })
    } else if (line.trim() && !skipped)
      text.blocks.push(
        line.startsWith('- ') ? { kind: 'item', text: line.slice(2) } : { kind: 'paragraph', text: line },
      )
  }
  return text
}

/** Parts as a package; always of the same time, so that the same text makes the same file. */
function packed(parts) {
  const files = Object.entries(parts).map(([name, content]) => [
    name,
    [strToU8(content), { level: 9, mtime: '2026-01-01' }],
  ])
  return zipSync(Object.fromEntries(files))
}

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')

function face(subset, weight, range) {
  const file = new URL(
    `../node_modules/@fontsource/be-vietnam-pro/files/be-vietnam-pro-${subset}-${weight}-normal.woff2`,
    import.meta.url,
  )
  return `@font-face{font-family:P;font-weight:${weight};src:url(data:font/woff2;base64,${readFileSync(file).toString('base64')});unicode-range:${range}}`
}
const VIETNAMESE =
  'U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB'

function html({ unit, kind, note, title, blocks }) {
  const body = blocks.map(({ kind: of, text }, i) => {
    if (of === 'heading') return `<h2>${escaped(text)}</h2>`
    if (of === 'paragraph') return `<p>${escaped(text)}</p>`
    const first = blocks[i - 1]?.kind !== 'item' ? '<ul>' : ''
    const last = blocks[i + 1]?.kind !== 'item' ? '</ul>' : ''
    return `${first}<li>${escaped(text)}</li>${last}`
  })
  return `<!doctype html><html lang="vi"><meta charset="utf-8"><title>${escaped(title)}</title><style>
${['400', '600'].map((w) => face('latin', w, 'U+0000-00FF,U+2013-2026') + face('vietnamese', w, VIETNAMESE)).join('')}
body{font:400 12pt/1.62 P;margin:0;color:#1c1917}header{text-align:center;margin-bottom:18pt}.unit{text-align:left;font-weight:600;margin:0 0 18pt}
.kind{font-weight:600;margin:0;font-size:13pt;text-align:center!important}h1{font:600 15pt/1.4 P;margin:4pt 0 0;text-wrap:balance}h2{font:600 12pt/1.4 P;margin:14pt 0 4pt;break-after:avoid}
p{margin:0 0 6pt;text-align:justify}ul{margin:0 0 6pt;padding-left:16pt}li{margin:0 0 3pt}.note{border:.75pt solid #8b7f73;padding:6pt 9pt;margin-bottom:16pt;text-align:left;font-size:10pt}
</style><body>${note ? `<p class="note">${escaped(note)}</p>` : ''}<p class="unit">${escaped(unit)}</p><header><p class="kind">${escaped(kind)}</p><h1>${escaped(title)}</h1></header>${body.join('')}</body></html>`
}

async function printed(browser, text) {
  const page = await browser.newPage()
  await page.setContent(html(text))
  await page.evaluate(() => document.fonts.ready)
  const pdf = await page.pdf({ format: 'A4', margin: { top: '20mm', bottom: '20mm', left: '28mm', right: '18mm' } })
  await page.close()
  return pdf
}

const browser = await launchBrowser()
try {
  mkdirSync(out, { recursive: true })
  const files = {
    'sinh-hoat-chuyen-de.docx': packed(wordDocument(read('sinh-hoat-chuyen-de'))),
    'sinh-hoat-chuyen-de.pptx': packed(slides(read('sinh-hoat-chuyen-de'))),
    'tu-phe-binh-va-phe-binh.docx': packed(wordDocument(read('tu-phe-binh-va-phe-binh'))),
    'so-tay-dang-vien-dien-tu.pdf': await printed(browser, read('so-tay-dang-vien-dien-tu')),
    'nghi-quyet-chi-bo-1.docx': packed(wordDocument(read('nghi-quyet-chi-bo', 1))),
    'nghi-quyet-chi-bo-2.docx': packed(wordDocument(read('nghi-quyet-chi-bo', 2))),
    'uong-bi-hoc-sinh-sinh-vien.pdf': await printed(browser, read('uong-bi-hoc-sinh-sinh-vien')),
    'uong-bi-kinh-te-tu-nhan.docx': packed(wordDocument(read('uong-bi-kinh-te-tu-nhan'))),
  }
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(new URL(name, out), bytes)
    console.log(`${name} ${(bytes.byteLength / 1024).toFixed(1)} KB`)
  }
} finally {
  await browser.cleanUp()
}
