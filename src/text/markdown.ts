import { lexer, type MarkedToken, type Token, type Tokens } from 'marked'
import { escapeMarkup } from './escape.ts'

/**
 * Markdown as HTML, one string a top-level block, so that photos can stand between. The words allowed: paragraphs, two
 * levels of headings, quotations with their speaker (a last line that begins with a dash), lists, tables, strong, em,
 * links to web, mail and telephone addresses. All else, HTML too, comes out as the text it was typed as.
 */
export function renderMarkdown(source: string): string[] {
  return blocks(lexer(unindented(source), { gfm: true, breaks: true }))
}

/** The words alone, one line a block: for search excerpts, descriptions and the time it takes to read. */
export function markdownText(source: string): string {
  return renderMarkdown(source).map(blockText).filter(Boolean).join('\n')
}

/** The words of one block that `renderMarkdown` gave, in one line. */
export function blockText(block: string): string {
  return block
    .replace(/<\/(p|li|t[dhr]|h[23]|figcaption)>|<br>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => NAMED[name] as string)
    .replace(/\s+/g, ' ')
    .trim()
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** Paragraphs indented in the manner of letters would be code. Lists keep their indent. */
function unindented(source: string): string {
  return source.replace(/^[ \t\u00a0]{4,}(?![-*+•]|\d+[.)])/gm, '')
}

function blocks(tokens: Token[]): string[] {
  return tokens.map((token) => block(token as MarkedToken)).filter(Boolean)
}

function block(token: MarkedToken): string {
  switch (token.type) {
    case 'space':
    case 'def':
    case 'hr':
      return ''
    case 'heading': {
      const level = token.depth <= 2 ? 'h2' : 'h3'
      return `<${level}>${inline(token.tokens)}</${level}>`
    }
    case 'paragraph':
      return paragraph(inline(token.tokens))
    case 'blockquote':
      return quotation(token)
    case 'list':
      return list(token)
    case 'table':
      return table(token)
    case 'text':
      return token.tokens ? inline(token.tokens) : escapeMarkup(token.text)
    default:
      return paragraph(
        escapeMarkup(token.type === 'code' ? token.text : token.raw)
          .trim()
          .replaceAll('\n', '<br>'),
      )
  }
}

function paragraph(content: string): string {
  return content === '' ? '' : `<p>${content}</p>`
}

/** `> “…”` and, on a last line of its own, `> — **Đồng chí A**, chức vụ`: a figure with its speaker below. */
function quotation(token: Tokens.Blockquote): string {
  const content = blocks(token.tokens)
  const last = content.at(-1) ?? ''
  const speaker = /^(?:<p>|(.*)<br>)(?:—|–|--|-) ?((?:(?!<br>).)+)<\/p>$/s.exec(last)
  if (!speaker) return `<blockquote>${content.join('')}</blockquote>`
  const before = speaker[1] === undefined ? [] : [`${speaker[1]}</p>`]
  const said = [...content.slice(0, -1), ...before].join('')
  return `<figure class="quote"><blockquote>${said}</blockquote><figcaption>${speaker[2]}</figcaption></figure>`
}

function list(token: Tokens.List): string {
  const items = token.items.map((item) => `<li>${blocks(item.tokens).join('')}</li>`).join('')
  if (!token.ordered) return `<ul>${items}</ul>`
  const start = token.start === '' || token.start === 1 ? '' : ` start="${Number(token.start)}"`
  return `<ol${start}>${items}</ol>`
}

function table(token: Tokens.Table): string {
  const right = (align: string | null) => (align === 'right' ? ' class="r"' : '')
  const head = token.header.map((cell) => `<th scope="col"${right(cell.align)}>${inline(cell.tokens)}</th>`).join('')
  const rows = token.rows.map(
    (row) => `<tr>${row.map((cell) => `<td${right(cell.align)}>${inline(cell.tokens)}</td>`).join('')}</tr>`,
  )
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

function inline(tokens: Token[]): string {
  return tokens.map((token) => span(token as MarkedToken)).join('')
}

function span(token: MarkedToken): string {
  switch (token.type) {
    case 'strong':
      return `<strong>${inline(token.tokens)}</strong>`
    case 'em':
      return `<em>${inline(token.tokens)}</em>`
    case 'br':
      return '<br>'
    case 'link': {
      const address = safeAddress(token.href)
      const text = inline(token.tokens)
      return address === undefined ? text : `<a href="${escapeMarkup(address)}">${text}</a>`
    }
    case 'del':
      return inline(token.tokens)
    case 'image':
    case 'codespan':
    case 'escape':
      return escapeMarkup(token.text)
    case 'text':
      return token.tokens ? inline(token.tokens) : escapeMarkup(token.text)
    default:
      return escapeMarkup(token.raw)
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
