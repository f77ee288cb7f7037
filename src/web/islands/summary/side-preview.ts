const QUIET = 700
const REMEMBERED = 'hoithao.summary.side'

/** The text as it would be printed, beside the editor, a moment after each change. */
export function sidePreview(form: HTMLFormElement): void {
  const button = document.querySelector<HTMLButtonElement>('[data-side]')
  const pane = document.querySelector<HTMLElement>('[data-live]')
  const columns = form.closest<HTMLElement>('.editor')
  if (!button || !pane || !columns) return
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  const show = (open: boolean) => {
    pane.hidden = !open
    columns.classList.toggle('split', open)
    button.setAttribute('aria-pressed', String(open))
    if (open) refresh()
  }
  async function refresh() {
    if (pane?.hidden) return
    const own = ++asked
    try {
      const body = new URLSearchParams(new FormData(form) as never)
      const answer = await fetch(pane?.dataset.live ?? '', { method: 'POST', body })
      if (!answer.ok || own !== asked) return
      const { body: page } = new DOMParser().parseFromString(await answer.text(), 'text/html')
      // A heading of the page it is not: the console has its own.
      for (const heading of page.querySelectorAll('h1')) {
        const like = document.createElement('p')
        like.className = 'title'
        like.append(...heading.childNodes)
        heading.replaceWith(like)
      }
      pane?.replaceChildren(...page.childNodes)
    } catch {
      // The next change asks again.
    }
  }
  button.hidden = false
  button.addEventListener('click', () => {
    const open = pane.hidden !== false
    show(open)
    try {
      localStorage.setItem(REMEMBERED, String(open))
    } catch {
      // It opens closed the next time.
    }
  })
  form.addEventListener('input', () => {
    clearTimeout(timer)
    if (!pane.hidden) timer = setTimeout(refresh, QUIET)
  })
  document.addEventListener('photos', () => refresh())
  try {
    if (localStorage.getItem(REMEMBERED) === 'true' && matchMedia('(min-width: 75rem)').matches) show(true)
  } catch {
    // Nothing is remembered.
  }
}
