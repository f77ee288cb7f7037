import { backup } from './backup.ts'

export interface Saved {
  version: number
  text: string
  places: { value: string; label: string }[]
  photos: Record<string, string>
}

type Outcome = 'saved' | 'stale' | 'refused' | 'failed'

/** After the last key, and after a save that did not get through. */
const QUIET = 2000
const AGAIN = 8000

/**
 * Saves the form by itself. What is typed is never lost: until it is saved it is kept in the browser too, leaving asks,
 * and a save that comes too late changes nothing and says so.
 */
export function autosave(form: HTMLFormElement, told: (saved: Saved) => void): void {
  const status = form.querySelector<HTMLElement>('[data-status]')
  const version = form.elements.namedItem('version') as HTMLInputElement
  const copy = backup(form)
  // A page that shows a conflict or refused fields is saved only by hand: no one is written over unasked.
  const held = form.hasAttribute('data-held')
  let timer: ReturnType<typeof setTimeout> | undefined
  let dirty = held
  let stale = false
  let leaving = false
  let running: Promise<Outcome> | undefined

  const say = (text: string | undefined, alert = false) => {
    if (!status || text === undefined) return
    status.textContent = text
    status.classList.toggle('alert', alert)
  }
  const plan = (after: number) => {
    clearTimeout(timer)
    if (!held && !stale) timer = setTimeout(save, after)
  }
  if (held) say(status?.dataset.held, true)

  form.addEventListener('input', () => {
    dirty = true
    copy.keepSoon()
    plan(QUIET)
  })
  const atOnce = () => {
    if (dirty && !held && !stale) save()
  }
  addEventListener('online', atOnce)
  document.addEventListener('visibilitychange', () => {
    copy.keep(dirty)
    if (document.visibilityState === 'hidden') atOnce()
  })
  addEventListener('beforeunload', (event) => {
    if (!dirty || leaving) return
    copy.keep(true)
    event.preventDefault()
  })
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 's') return
    event.preventDefault()
    form.requestSubmit(form.querySelector<HTMLButtonElement>('[name=do][value=save]'))
  })

  form.addEventListener('submit', async (event) => {
    const submitter = event.submitter as HTMLButtonElement | null
    copy.keep(dirty)
    // The server answers a conflict, refused fields and a refreshed lead with a page.
    if (leaving || held || stale || submitter?.value === 'refresh') {
      leaving = true
      return
    }
    event.preventDefault()
    const outcome = await save()
    if (outcome === 'saved' && submitter?.value === 'preview') location.assign(form.dataset.preview ?? '')
    if (outcome === 'stale' || outcome === 'refused') {
      leaving = true
      form.requestSubmit(submitter)
    }
  })

  async function save(): Promise<Outcome> {
    clearTimeout(timer)
    if (running) {
      const before = await running
      if (!dirty || before !== 'saved') return before
    }
    running = attempt().finally(() => {
      running = undefined
    })
    return running
  }

  async function attempt(): Promise<Outcome> {
    dirty = false
    say(status?.dataset.saving)
    try {
      const body = new URLSearchParams(new FormData(form) as never)
      const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } })
      const json = answer.headers.get('content-type')?.includes('json') ? await answer.json() : undefined
      if (answer.ok && json) {
        version.value = String(json.version)
        copy.saved(dirty)
        say(json.text)
        told(json)
        return 'saved'
      }
      dirty = true
      copy.keep(true)
      if (answer.status === 412) {
        stale = true
        say(json?.stale, true)
        return 'stale'
      }
      if (answer.status === 422) {
        say(status?.dataset.refused, true)
        return 'refused'
      }
      say(answer.status === 401 ? status?.dataset.signedOut : status?.dataset.failed, true)
    } catch {
      dirty = true
      copy.keep(true)
      say(status?.dataset.offline, true)
    }
    plan(AGAIN)
    return 'failed'
  }
}
