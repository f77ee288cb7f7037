/** A block of Markdown; items of one list stand on lines that follow one another. */
interface Block {
  text: string
  item: boolean
}

const BLOCKS = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE DD DIV DL DT FIGCAPTION FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION TABLE TBODY THEAD TFOOT TR TD TH UL'.split(
    ' ',
  ),
)
const UNSEEN = new Set('HEAD META STYLE SCRIPT TITLE LINK XML TEMPLATE NOSCRIPT SVG IMG O:P'.split(' '))

/** What Word, Google Docs or a web page put on the clipboard, as the Markdown that this service prints; empty: no words. */
export function markdownFrom(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  const blocks = blocksOf(body).filter((block) => block.text !== '')
  return blocks
    .map((block, i) => (i === 0 ? '' : block.item && blocks[i - 1]?.item ? '\n' : '\n\n') + block.text)
    .join('')
    .normalize('NFC')
}

function blocksOf(parent: Node): Block[] {
  const out: Block[] = []
  let run = ''
  const flush = () => {
    const text = tidy(run)
    if (text) out.push({ text, item: false })
    run = ''
  }
  for (const node of parent.childNodes) {
    if (node instanceof Element && (BLOCKS.has(node.tagName) || node.querySelector('p,div,h1,h2,h3,ul,ol,table,li'))) {
      flush()
      out.push(...blockOf(node))
    } else run += inline(node)
  }
  flush()
  return out
}

function blockOf(node: Element): Block[] {
  const level = /^H([1-6])$/.exec(node.tagName)?.[1]
  if (level)
    return one(`${Number(level) <= 2 ? '##' : '###'} ${tidy(inline(node)).replaceAll('**', '').replace(/\n/g, ' ')}`)
  if (node.tagName === 'UL' || node.tagName === 'OL') return list(node, '')
  if (node.tagName === 'TABLE') return table(node)
  if (node.tagName === 'BLOCKQUOTE') {
    const said = blocksOf(node).map((block) => block.text)
    return one(said.length ? `> ${said.join('\n\n').split('\n').join('\n> ')}` : '')
  }
  if (node.tagName === 'P' && isWordItem(node)) {
    const number = /^\s*(\d{1,3})[.)]/.exec(node.querySelector('[style*="mso-list:Ignore" i]')?.textContent ?? '')
    return [{ text: `${number ? `${number[1]}.` : '-'} ${tidy(inline(node)).replace(/\n/g, ' ')}`, item: true }]
  }
  return blocksOf(node)
}

const one = (text: string): Block[] => [{ text: /^[#>\s]*$/.test(text) ? '' : text, item: false }]

function isWordItem(node: Element): boolean {
  return /mso-list:\s*l\d/i.test(node.getAttribute('style') ?? '')
}

function list(node: Element, indent: string): Block[] {
  let n = Number(node.getAttribute('start') ?? 1) - 1
  return [...node.children].flatMap((child): Block[] => {
    if (child.tagName === 'UL' || child.tagName === 'OL') return list(child, `${indent}  `)
    const sign = node.tagName === 'OL' ? `${++n}.` : '-'
    const nested = [...child.querySelectorAll(':scope > ul, :scope > ol')]
    for (const inner of nested) inner.remove()
    const text = blocksOf(child)
      .map((block) => block.text)
      .join(' ')
      .replace(/\n/g, ' ')
    return [
      { text: text && `${indent}${sign} ${text}`, item: true },
      ...nested.flatMap((inner) => list(inner, `${indent}${' '.repeat(sign.length + 1)}`)),
    ]
  })
}

/** A table with one column or row is a frame around text; others keep their cells. */
function table(node: Element): Block[] {
  const rows = [...node.querySelectorAll('tr')]
  const cells = rows.map((row) => [...row.querySelectorAll('td,th')])
  if (rows.length < 2 || !cells.some((row) => row.length > 1)) return cells.flat().flatMap(blocksOf)
  const width = Math.max(...cells.map((row) => row.length))
  const lines = cells.map((row) => {
    const texts = row.map((cell) =>
      tidy(inline(cell))
        .replace(/(?<!\s)\s*\n\s*/g, ' ')
        .replaceAll('|', '\\|'),
    )
    return `| ${[...texts, ...Array(width - texts.length).fill('')].join(' | ')} |`
  })
  return one([lines[0], `|${' --- |'.repeat(width)}`, ...lines.slice(1)].join('\n'))
}

function inline(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE)
    return (node.textContent ?? '').replace(/[\s\u00a0]+/g, ' ').replace(/[*`]/g, '\\$&')
  if (!(node instanceof Element) || UNSEEN.has(node.tagName)) return ''
  const style = node.getAttribute('style')?.toLowerCase() ?? ''
  if (style.includes('mso-list:ignore') || /display:\s*none/.test(style)) return ''
  if (node.tagName === 'BR') return '\n'
  const text = [...node.childNodes].map(inline).join('') + (BLOCKS.has(node.tagName) ? ' ' : '')
  if (node.tagName === 'A') return link(node, text)
  const weight = /(?:^|[;\s])font-weight:\s*(\w+)/.exec(style)?.[1]
  const bold = weight ? weight === 'bold' || Number(weight) >= 600 : /^(B|STRONG)$/.test(node.tagName)
  const italic = /(?:^|[;\s])font-style:\s*normal/.test(style)
    ? false
    : /^(I|EM)$/.test(node.tagName) || /(?:^|[;\s])font-style:\s*italic/.test(style)
  return wrap(wrap(text, italic ? '*' : ''), bold ? '**' : '')
}

function link(node: Element, text: string): string {
  const href = node.getAttribute('href') ?? ''
  if (!/^(https?:|mailto:|tel:)/i.test(href) || !text.trim()) return text
  return `[${text.trim().replace(/[[\]]/g, '\\$&')}](${href.replace(/\(/g, '%28').replace(/\)/g, '%29')})`
}

/** Signs stand close to the words: spaces go outside. */
function wrap(text: string, sign: string): string {
  const [, before, core, after] = /^(\s*)(.*?)(\s*)$/s.exec(text) as RegExpExecArray
  if (!sign || !core || core.startsWith(sign)) return text
  return `${before}${sign}${core.replaceAll(sign, '')}${sign}${after}`
}

/** Runs that Word splits are one again. */
function tidy(text: string): string {
  return text
    .replace(/(?<!\\)\*\*(\s*)\*\*/g, '$1')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{2,}/g, '\n')
    .trim()
}
