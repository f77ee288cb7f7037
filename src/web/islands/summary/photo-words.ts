const QUIET = 1000
const AGAIN = 8000

/** Captions, descriptions and places save themselves; a photo is taken out where it stands, after a question. */
export function words(root: HTMLElement, list: HTMLElement, changed: () => void) {
  const unsaved = new Set<HTMLFormElement>()
  const timers = new Map<HTMLFormElement, ReturnType<typeof setTimeout>>()
  const running = new Map<HTMLFormElement, Promise<void>>()

  const plan = (form: HTMLFormElement, after: number) => {
    clearTimeout(timers.get(form))
    timers.set(
      form,
      setTimeout(() => save(form), after),
    )
  }
  addEventListener('beforeunload', (event) => {
    if (unsaved.size) event.preventDefault()
  })
  const all = () => {
    for (const form of unsaved) save(form)
  }
  addEventListener('online', all)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') all()
  })

  for (const [type, after] of [
    ['input', QUIET],
    ['change', 0],
  ] as const) {
    list.addEventListener(type, (event) => {
      const form = (event.target as HTMLInputElement).form
      if (!form || (type === 'change' && !(event.target instanceof HTMLSelectElement))) return
      unsaved.add(form)
      plan(form, after)
    })
  }
  list.addEventListener('submit', (event) => {
    event.preventDefault()
    save(event.target as HTMLFormElement)
  })
  list.addEventListener('click', (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>('button[data-confirm]')
    if (!button) return
    event.preventDefault()
    if (confirm(button.dataset.confirm)) take(button)
  })

  async function save(form: HTMLFormElement): Promise<void> {
    clearTimeout(timers.get(form))
    await running.get(form)
    if (!form.isConnected) return
    const done = attempt(form)
    running.set(form, done)
    await done
    if (running.get(form) === done) running.delete(form)
  }

  async function attempt(form: HTMLFormElement): Promise<void> {
    const said = form.querySelector<HTMLElement>('[data-said]')
    const missing = form.querySelector<HTMLElement>('[data-missing]')
    unsaved.delete(form)
    const answer = await post(form.action, new URLSearchParams(new FormData(form) as never))
    if (said) said.textContent = answer?.text ?? root.dataset.failed ?? ''
    said?.classList.toggle('alert', !answer?.ok)
    if (answer?.ok) {
      if (missing) missing.hidden = !answer.missing
      document.dispatchEvent(new Event('photos'))
      return
    }
    unsaved.add(form)
    if (!answer) plan(form, AGAIN)
  }

  async function take(button: HTMLButtonElement): Promise<void> {
    const item = button.closest('li')
    const form = button.form
    const answer = await post(button.formAction, new URLSearchParams())
    if (!answer?.ok || !item || !form) {
      const said = form?.querySelector<HTMLElement>('[data-said]')
      if (said) said.textContent = root.dataset.failed ?? ''
      return
    }
    unsaved.delete(form)
    const next = item.nextElementSibling ?? item.previousElementSibling
    item.remove()
    changed()
    const field = next?.querySelector<HTMLElement>('input') ?? root.querySelector<HTMLElement>('#f-photos')
    field?.focus()
    document.dispatchEvent(new Event('photos'))
  }

  /** Buttons that only save are not needed where a script does. */
  function adopt(): void {
    for (const button of list.querySelectorAll<HTMLButtonElement>('[data-save]')) button.hidden = true
  }
  adopt()
  return { adopt }
}

interface Answer {
  ok: boolean
  text?: string
  missing?: boolean
}

/** What the server says; undefined where it could not be asked. */
async function post(action: string, body: URLSearchParams): Promise<Answer | undefined> {
  try {
    const answer = await fetch(action, { method: 'POST', body, headers: { accept: 'application/json' } })
    const json = answer.headers.get('content-type')?.includes('json') ? await answer.json() : undefined
    return answer.ok || answer.status === 422 ? { ...json, ok: answer.ok } : undefined
  } catch {
    return undefined
  }
}
