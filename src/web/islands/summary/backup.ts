import { enlarge } from './figures.ts'

interface Kept {
  at: number
  version: string
  fields: [string, string][]
}

const SOON = 400

/**
 * What is typed and not saved yet, kept in this browser for its writer alone, and offered when the editor is opened again.
 * Saving takes it away.
 */
export function backup(form: HTMLFormElement) {
  const address = new URL(form.action)
  const key = `hoithao.summary.${form.dataset.autosave}.${address.pathname.replace(/^\/en\//, '/')}${address.search}`
  const version = form.elements.namedItem('version') as HTMLInputElement
  let timer: ReturnType<typeof setTimeout> | undefined

  const fields = () =>
    [...new FormData(form)].filter(([name, value]) => name !== 'version' && value !== '') as [string, string][]

  function keep(dirty: boolean): void {
    clearTimeout(timer)
    if (!dirty) return
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), version: version.value, fields: fields() }))
    } catch {
      // No room, or not allowed: saving goes on without it.
    }
  }
  function forget(): void {
    clearTimeout(timer)
    try {
      localStorage.removeItem(key)
    } catch {
      // Nothing was kept either.
    }
  }

  offer(form, read(key), JSON.stringify(fields()), {
    discard: forget,
    restore(kept) {
      for (const [name, value] of kept.fields) {
        enlarge(form, name)
        const field = form.elements.namedItem(name)
        if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = value
      }
      // On the version it was typed on: a later save by someone else is compared, not written over.
      version.value = kept.version
      form.dispatchEvent(new Event('input', { bubbles: true }))
    },
  })

  return {
    keep,
    keepSoon() {
      clearTimeout(timer)
      timer = setTimeout(() => keep(true), SOON)
    },
    /** What was typed while the save was under way is kept on. */
    saved(dirty: boolean) {
      if (dirty) keep(true)
      else forget()
    },
  }
}

function read(key: string): Kept | undefined {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '') as Kept
  } catch {
    return undefined
  }
}

function offer(
  form: HTMLFormElement,
  kept: Kept | undefined,
  present: string,
  act: { restore: (kept: Kept) => void; discard: () => void },
): void {
  const box = form.querySelector<HTMLElement>('[data-backup]')
  const text = box?.querySelector<HTMLElement>('[data-text]')
  if (!box || !text || !kept || form.hasAttribute('data-held')) return
  if (JSON.stringify(kept.fields) === present) {
    act.discard()
    return
  }
  const at = new Date(kept.at).toLocaleString(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' })
  text.textContent = (text.dataset.text ?? '').replace('{at}', at)
  box.hidden = false
  box.querySelector('[data-restore]')?.addEventListener('click', () => {
    box.hidden = true
    act.restore(kept)
    form.querySelector<HTMLElement>('#f-body')?.focus()
  })
  box.querySelector('[data-discard]')?.addEventListener('click', () => {
    box.hidden = true
    act.discard()
  })
}
