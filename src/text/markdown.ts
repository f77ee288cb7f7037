import type { Token } from 'markdown-it'
import { escapeMarkup } from './escape.ts'
import { parseMarkdown } from './markdown-parser.ts'

/**
 * Markdown as HTML, one string a top-level block, so that photos can stand between. The words allowed: paragraphs, two
 * levels of headings, quotations with their speaker (a last line that begins with a dash), lists, tables, strong, em,
 * links to web, mail and telephone addresses. All else, HTML too, comes out as the text it was typed as, and so does what
 * is nested deeper than anybody reads. Takes time linear in the length, whatever is typed.
 */
export function renderMarkdown(source: string): string[] {
  const top: Element = { open: null, content: [] }
  const within = [top]
  for (const token of parseMarkdown(unindented(source))) {
    if (token.nesting === 1) within.push({ open: token, content: [] })
    else {
      const made = token.nesting === 0 ? leaf(token) : element(within.pop() as Element)
      if (made !== '') within.at(-1)?.content.push(made)
    }
  }
  return top.content
}

/** The words alone of what `renderMarkdown` gave, one line a block: for search excerpts and the time it takes to read. */
export function blocksText(blocks: string[]): string {
  return blocks.map(blockText).filter(Boolean).join('\n')
}

/** The words of one block that `renderMarkdown` gave, in one line. */
export function blockText(block: string): string {
  return block
    .replace(/<\/(p|li|t[dhr]|h[23]|figcaption)>|<br>/g, ' ')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => NAMED[name] as string)
    .replace(/\s+/g, ' ')
    .trim()
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** Paragraphs indented in the manner of letters would be code. Lists keep their indent. */
function unindented(source: string): string {
  return source.replace(/^[ \t\u00a0]{4,}(?![-*+•]|\d+[.)])/gm, '')
}

/** What has been opened and not closed yet, with the HTML made within it. */
interface Element {
  open: Token | null
  content: string[]
}

function element({ open, content }: Element): string {
  const inner = content.join('')
  switch (open?.type) {
    case 'heading_open': {
      const level = open.tag <= 'h2' ? 'h2' : 'h3'
      return `<${level}>${inner}</${level}>`
    }
    case 'paragraph_open':
      return open.hidden ? inner : paragraph(inner)
    case 'blockquote_open':
      return quotation(content)
    case 'bullet_list_open':
      return `<ul>${inner}</ul>`
    case 'ordered_list_open': {
      const start = open.attrGet('start')
      return `<ol${start === null ? '' : ` start="${Number(start)}"`}>${inner}</ol>`
    }
    case 'list_item_open':
      return `<li>${inner}</li>`
    case 'table_open':
      return `<div class="scroll"><table>${inner}${content.length < 2 ? '<tbody></tbody>' : ''}</table></div>`
    case 'th_open':
      return `<th scope="col"${right(open)}>${inner}</th>`
    case 'td_open':
      return `<td${right(open)}>${inner}</td>`
    default:
      return `<${open?.tag}>${inner}</${open?.tag}>`
  }
}

function right(cell: Token): string {
  return cell.attrGet('style') === 'text-align:right' ? ' class="r"' : ''
}

function leaf(token: Token): string {
  if (token.type === 'inline') return inline(token.children ?? [])
  return paragraph(escapeMarkup(token.content).trim().replaceAll('\n', '<br>'))
}

function paragraph(content: string): string {
  return content === '' ? '' : `<p>${content}</p>`
}

/** `> “…”` and, on a last line of its own, `> — **Đồng chí A**, chức vụ`: a figure with its speaker below. */
function quotation(content: string[]): string {
  const last = content.at(-1) ?? ''
  const lines = last.startsWith('<p>') ? last.slice('<p>'.length, -'</p>'.length) : ''
  const cut = lines.lastIndexOf('<br>')
  const speaker = /^(?:—|–|--|-) ?(.+)$/s.exec(cut === -1 ? lines : lines.slice(cut + '<br>'.length))
  if (!speaker) return `<blockquote>${content.join('')}</blockquote>`
  const said = [...content.slice(0, -1), cut === -1 ? '' : paragraph(lines.slice(0, cut))].join('')
  return `<figure class="quote"><blockquote>${said}</blockquote><figcaption>${speaker[1]}</figcaption></figure>`
}

function inline(tokens: Token[]): string {
  const linked: boolean[] = []
  return tokens.map((token) => span(token, linked)).join('')
}

/** `linked` tells of each link that is open whether its address is one to follow. */
function span(token: Token, linked: boolean[]): string {
  switch (token.type) {
    case 'strong_open':
    case 'em_open':
      return `<${token.tag}>`
    case 'strong_close':
    case 'em_close':
      return `</${token.tag}>`
    case 'softbreak':
    case 'hardbreak':
      return '<br>'
    case 'link_open': {
      const address = safeAddress(String(token.attrGet('href') ?? ''))
      linked.push(address !== undefined)
      return address === undefined ? '' : `<a href="${escapeMarkup(address)}">`
    }
    case 'link_close':
      return linked.pop() ? '</a>' : ''
    default:
      return escapeMarkup(token.content)
  }
}

/** Web, mail and telephone addresses, and paths of this site; undefined for all others, `javascript:` first. */
export function safeAddress(href: string): string | undefined {
  const address = href.trim()
  if (/[\s\p{Cc}\\]/u.test(address)) return undefined
  if (/^\/(?!\/)/.test(address) || address.startsWith('#')) return address
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(address)) return undefined
  return URL.canParse(address) ? address : undefined
}
