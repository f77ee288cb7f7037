// Reorders the agenda by dragging a row's handle, or by the arrow keys on it. The server answers with the new times.

const root = document.querySelector<HTMLElement>('[data-agenda]')
const voice = document.createElement('p')
voice.className = 'visually-hidden'
voice.setAttribute('aria-live', 'assertive')

const SAVE_AFTER = 500
let timer: ReturnType<typeof setTimeout> | undefined
let saving = Promise.resolve()

function rows(): HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>('[data-item]') ?? [])]
}

function fill(text: string | undefined, values: Record<string, string | number>): string {
  return (text ?? '').replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}

/** Says where a row stands now. */
function say(row: HTMLElement): void {
  const all = rows()
  voice.textContent = fill(root?.dataset.said, {
    title: row.dataset.title ?? '',
    place: all.indexOf(row) + 1,
    count: all.length,
  })
}

function saveSoon(): void {
  clearTimeout(timer)
  timer = setTimeout(() => {
    saving = saving.then(save)
  }, SAVE_AFTER)
}

async function save(): Promise<void> {
  if (!root) return
  const items = rows().map((row) => ['item', row.dataset.item ?? ''] as [string, string])
  try {
    const answer = await fetch(root.dataset.agenda ?? '', {
      method: 'POST',
      headers: { 'x-fragment': '1' },
      body: new URLSearchParams(items),
    })
    if (!answer.ok) throw new Error(String(answer.status))
    const html = await answer.text()
    const focused = document.activeElement?.closest<HTMLElement>('[data-item]')?.dataset.item
    const onGrip = document.activeElement?.hasAttribute('data-grip')
    // Someone moved on while this was on its way: the next save brings the times.
    if (rows().some((row, index) => row.dataset.item !== items[index]?.[1])) return
    root.innerHTML = html
    prepare()
    if (focused && onGrip) gripOf(focused)?.focus()
  } catch {
    voice.textContent = root.dataset.failed ?? ''
    let note = root.querySelector<HTMLElement>('.failed')
    if (!note) {
      note = document.createElement('p')
      note.className = 'warn failed'
      root.prepend(note)
    }
    note.textContent = root.dataset.failed ?? ''
  }
}

function gripOf(item: string): HTMLElement | null | undefined {
  return root?.querySelector<HTMLElement>(`[data-item="${CSS.escape(item)}"] [data-grip]`)
}

function moveByKey(row: HTMLElement, key: string): boolean {
  const all = rows()
  const at = all.indexOf(row)
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[key]
  if (to === undefined) return false
  const other = all[to]
  if (!other || other === row) return true
  if (to < at) other.before(row)
  else other.after(row)
  row.querySelector<HTMLElement>('[data-grip]')?.focus()
  say(row)
  saveSoon()
  return true
}

/** Drags with a mouse, a pen or a finger: the row follows the rows it passes. */
function startDrag(row: HTMLElement, grip: HTMLElement, event: PointerEvent): void {
  if (event.button !== 0) return
  event.preventDefault()
  grip.focus()
  row.classList.add('dragged')
  const before = rows().map((each) => each.dataset.item)
  // Moving a row in the document would end a capture of the pointer: the window listens instead.
  const drag = new AbortController()
  const { signal } = drag
  addEventListener('pointermove', (at) => follow(row, at.clientY), { signal })
  const end = () => {
    drag.abort()
    row.classList.remove('dragged')
    if (rows().every((each, index) => each.dataset.item === before[index])) return
    grip.focus()
    say(row)
    saveSoon()
  }
  addEventListener('pointerup', end, { signal })
  addEventListener('pointercancel', end, { signal })
}

/** Puts a row among the others where the pointer is. */
function follow(row: HTMLElement, y: number): void {
  const others = rows().filter((other) => other !== row)
  const next = others.find((other) => {
    const box = other.getBoundingClientRect()
    return y < box.top + box.height / 2
  })
  if (next ? row.nextElementSibling === next : row.nextElementSibling === null) return
  if (next) next.before(row)
  else others.at(-1)?.after(row)
}

function prepare(): void {
  for (const row of rows()) {
    const grip = row.querySelector<HTMLElement>('[data-grip]')
    if (!grip) continue
    grip.hidden = false
    grip.addEventListener('pointerdown', (event) => startDrag(row, grip, event))
    grip.addEventListener('keydown', (event) => {
      if (moveByKey(row, event.key)) event.preventDefault()
    })
  }
  root?.classList.add('live')
}

if (root) {
  root.after(voice)
  prepare()
}
