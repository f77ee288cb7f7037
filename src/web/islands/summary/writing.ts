import { markdownFrom } from './paste.ts'

/** Photos that were pasted, and the text before the place where they were. */
type TakePhotos = (files: File[], before: string) => void

/** Tools above a text in Markdown, keys, lists that go on by themselves, and what is pasted from other programs. */
export function writing(box: HTMLElement, takePhotos: TakePhotos): void {
  const bar = box.querySelector<HTMLElement>('.toolbar')
  const area = box.querySelector('textarea')
  if (!bar || !area || area.closest('fieldset')?.disabled) return
  bar.hidden = false
  const menu = bar.querySelector('details')
  const use = (button: HTMLElement) => {
    const { tool = '', sample = '', by = '' } = button.dataset
    apply(area, tool, tool === 'quote' ? by : sample)
    if (menu) menu.open = false
  }
  bar.addEventListener('click', (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>('[data-tool]')
    if (button) use(button)
  })
  document.addEventListener('click', (event) => {
    if (menu?.open && !menu.contains(event.target as Node)) menu.open = false
  })
  menu?.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    menu.open = false
    menu.querySelector('summary')?.focus()
  })
  area.addEventListener('keydown', (event) => {
    if (event.isComposing || event.altKey || event.shiftKey) return
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) return goOn(area, event)
    if (!event.ctrlKey && !event.metaKey) return
    const tool = { b: 'bold', i: 'italic', k: 'link' }[event.key.toLowerCase()]
    const button = tool && bar.querySelector<HTMLElement>(`[data-tool="${tool}"]`)
    if (!button) return
    event.preventDefault()
    // Ctrl K finds, elsewhere on the page.
    event.stopPropagation()
    use(button)
  })
  area.addEventListener('paste', (event) => paste(area, event, takePhotos))
}

/** Typed as if by hand, so that the browser's own undo takes it back; then a part of it is chosen. */
function type(area: HTMLTextAreaElement, text: string, choose?: [from: number, to: number]): void {
  const at = area.selectionStart
  area.focus()
  if (!document.execCommand('insertText', false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end')
    area.dispatchEvent(new Event('input', { bubbles: true }))
  }
  if (choose) area.setSelectionRange(at + choose[0], at + choose[1])
}

function apply(area: HTMLTextAreaElement, tool: string, sample: string) {
  const { value, selectionStart: from, selectionEnd: to } = area
  const chosen = value.slice(from, to)
  const before = value.slice(0, from)
  const apart = before === '' || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n'
  const after = value.slice(to).startsWith('\n\n') ? '' : value.slice(to).startsWith('\n') ? '\n' : '\n\n'
  const block = (start: string, text: string, end = '') =>
    type(area, `${apart}${start}${text}${end}${after}`, [
      apart.length + start.length,
      apart.length + start.length + text.length,
    ])
  if (tool === 'bold' || tool === 'italic') return mark(area, tool === 'bold' ? '**' : '*', sample)
  if (tool === 'link') {
    const text = chosen || sample
    return type(area, `[${text}](https://)`, [text.length + 3, text.length + 11])
  }
  if (tool === 'heading') return block('## ', chosen.replace(/^#+\s*/, '') || sample)
  if (tool === 'list') return block('- ', (chosen || sample).split('\n').join('\n- '))
  const said = (chosen || '…').split('\n').join('\n> ')
  const quoted = /^[“"«]/.test(said) ? ['', ''] : ['“', '”']
  block(`> ${quoted[0]}`, said, `${quoted[1]}\n>\n> — ${sample}`)
}

/** Puts the sign around what is chosen, or takes it away where it stands already. */
function mark(area: HTMLTextAreaElement, sign: string, sample: string) {
  const { value, selectionStart: from, selectionEnd: to } = area
  const n = sign.length
  const chosen = value.slice(from, to)
  const inside = chosen.length > 2 * n && chosen.startsWith(sign) && chosen.endsWith(sign)
  const around = value.slice(from - n, from) === sign && value.slice(to, to + n) === sign
  // One star beside another is the sign of bold.
  const bold = n === 1 && (inside ? chosen.startsWith('**') : value.slice(from - 2, from) === '**')
  if (inside && !bold) return type(area, chosen.slice(n, -n), [0, chosen.length - 2 * n])
  if (around && !bold && chosen) {
    area.setSelectionRange(from - n, to + n)
    return type(area, chosen, [0, chosen.length])
  }
  const text = chosen || sample
  const [, space, core, end] = /^(\s*)(.*?)(\s*)$/s.exec(text) as RegExpExecArray
  type(area, `${space}${sign}${core}${sign}${end}`, [
    (space as string).length + n,
    (space as string).length + n + (core as string).length,
  ])
}

/** Enter within a list or a quotation begins the next line of it; on an empty one it ends there. */
function goOn(area: HTMLTextAreaElement, event: KeyboardEvent) {
  const { value, selectionStart: at, selectionEnd } = area
  if (at !== selectionEnd) return
  const start = value.lastIndexOf('\n', at - 1) + 1
  const [line, indent, sign] = /^([ \t]*)([-*+] |\d{1,3}[.)] |> ?)/.exec(value.slice(start, at)) ?? []
  if (line === undefined || sign === undefined) return
  event.preventDefault()
  if (start + line.length === at) {
    area.setSelectionRange(start, at)
    return type(area, '\n')
  }
  const next = /^\d/.test(sign) ? sign.replace(/\d+/, (n) => String(Number(n) + 1)) : sign
  type(area, `\n${indent}${next}`)
}

function paste(area: HTMLTextAreaElement, event: ClipboardEvent, takePhotos: TakePhotos) {
  const data = event.clipboardData
  if (!data) return
  const plain = data.getData('text/plain').trim()
  const html = data.getData('text/html')
  const markdown = html ? markdownFrom(html) : ''
  const photos = [...data.files].filter((file) => file.type.startsWith('image/'))
  if (photos.length && !markdown) {
    event.preventDefault()
    return takePhotos(photos, area.value.slice(0, area.selectionEnd))
  }
  const chosen = area.value.slice(area.selectionStart, area.selectionEnd)
  if (chosen && !chosen.includes('\n') && /^https?:\/\/\S+$/.test(plain)) {
    event.preventDefault()
    return type(area, `[${chosen}](${plain})`)
  }
  if (!markdown) return
  event.preventDefault()
  type(area, markdown)
}
