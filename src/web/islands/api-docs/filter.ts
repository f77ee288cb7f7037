import { fold } from '../../../text/fold.ts'
import type { Words } from '../../api-docs/island-words.ts'
import { button, fill, make } from './dom.ts'

/**
 * Narrows the contents and the sections to the operations in which every word stands: method, path, name or what it does,
 * without marks and case. Escape ends it, and so does a link to what is not shown.
 */
export function filter(root: HTMLElement, words: Words): void {
  const box = root.querySelector<HTMLElement>('.seek')
  const input = box?.querySelector('input')
  const status = box?.querySelector('p')
  const content = root.querySelector('.content')
  if (!box || !input || !status || !content) return
  const operations = [...content.querySelectorAll<HTMLElement>('section.op')].map((section) => ({
    section,
    item: root.querySelector<HTMLElement>(`nav a[href="#${section.id}"]`)?.parentElement,
    text: fold([section.id, ...[...section.querySelectorAll('h3, .address')].map((e) => e.textContent)].join(' ')),
  }))
  const none = make('p')
  const empty = make('div', { class: 'empty' }, none, button(words.clear, 'btn small', clear))
  empty.hidden = true
  content.querySelector('h1')?.after(empty)
  box.hidden = false

  function apply(): void {
    const typed = input?.value.trim() ?? ''
    const wanted = fold(typed).split(/\s+/).filter(Boolean)
    let count = 0
    for (const { section, item, text } of operations) {
      const found = wanted.every((word) => text.includes(word))
      section.hidden = !found
      if (item) item.hidden = !found
      if (found) count++
    }
    for (const group of root.querySelectorAll<HTMLElement>('section.group')) {
      group.hidden = !group.querySelector('section.op:not([hidden])')
      const item = root.querySelector<HTMLElement>(`[data-group="${group.id}"]`)
      if (item) item.hidden = group.hidden
    }
    root.toggleAttribute('data-found', wanted.length > 0)
    empty.hidden = count > 0
    none.textContent = count ? '' : fill(words.none, { text: typed })
    const said = count === 1 ? words.one : fill(words.many, { count })
    if (status) status.textContent = wanted.length ? said : ''
    if (wanted.length) (content?.querySelector('section.group:not([hidden])') ?? root).scrollIntoView()
  }
  function clear(): void {
    if (!input) return
    input.value = ''
    apply()
    input.focus()
  }

  input.addEventListener('input', apply)
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !input.value) return
    event.preventDefault()
    clear()
  })
  root.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null
    if (link && root.hasAttribute('data-found')) reveal(link.hash)
  })
  addEventListener('hashchange', () => reveal(location.hash))

  /** Shows what a link leads to, where the filter or a fold hides it. */
  function reveal(hash: string): void {
    const target = document.getElementById(hash.slice(1))
    const folded = target?.closest<HTMLDetailsElement>('.content details:not([open])')
    const filtered = root.hasAttribute('data-found') && target?.closest('[hidden], [data-rest]')
    if (!input || !target || !(folded || filtered)) return
    if (filtered) {
      input.value = ''
      apply()
    }
    if (folded) folded.open = true
    target.scrollIntoView()
  }
  // A page that comes back from the browser's history holds what was typed.
  if (input.value) apply()
  else reveal(location.hash)
}
