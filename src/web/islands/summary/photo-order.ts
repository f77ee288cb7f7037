const SOON = 300

/** The order of photos: by buttons, which keep the focus, and by dragging a picture. */
export function ordering(root: HTMLElement, list: HTMLElement) {
  const voice = root.querySelector<HTMLElement>('[data-voice]')
  let moved: HTMLElement | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const items = () => [...list.querySelectorAll<HTMLElement>(':scope > [data-photo]')]

  function sync(): void {
    items().forEach((item, i, all) => {
      for (const button of item.querySelectorAll<HTMLButtonElement>('[data-move]'))
        button.disabled = button.dataset.move === '-1' ? i === 0 : i === all.length - 1
    })
  }

  function place(item: HTMLElement): void {
    sync()
    const all = items()
    if (voice)
      voice.textContent = (root.dataset.moved ?? '')
        .replace('{place}', String(all.indexOf(item) + 1))
        .replace('{count}', String(all.length))
    clearTimeout(timer)
    timer = setTimeout(save, SOON)
  }

  async function save(): Promise<void> {
    const order = items().map((item) => item.dataset.photo)
    try {
      const answer = await fetch(root.dataset.order ?? '', {
        method: 'POST',
        body: new URLSearchParams({ order: order.join(',') }),
        headers: { accept: 'application/json' },
      })
      if (!answer.ok) throw new Error(String(answer.status))
      document.dispatchEvent(new Event('photos'))
    } catch {
      if (voice) voice.textContent = root.dataset.failed ?? ''
      timer = setTimeout(save, 8000)
    }
  }

  list.addEventListener('click', (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>('[data-move]')
    const item = button?.closest<HTMLElement>('[data-photo]')
    if (!button || !item) return
    event.preventDefault()
    if (button.dataset.move === '-1') item.previousElementSibling?.before(item)
    else item.nextElementSibling?.after(item)
    place(item)
    // At an end the button is off: its neighbour takes the focus.
    const next = button.disabled ? item.querySelector<HTMLButtonElement>('[data-move]:not(:disabled)') : button
    next?.focus()
  })

  list.addEventListener('dragstart', (event) => {
    const item = (event.target as HTMLElement).closest<HTMLElement>('[data-photo]')
    if (!(event.target instanceof HTMLImageElement) || !item || !event.dataTransfer) return
    moved = item
    item.classList.add('moving')
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData('text/plain', '')
  })
  // By the height alone: beside the list and below it a hand means the nearest place too.
  for (const type of ['dragover', 'drop'] as const) {
    document.addEventListener(type, (event) => {
      const item = moved
      if (!item) return
      event.preventDefault()
      const others = items().filter((one) => one !== item)
      const next = others.find((one) => {
        const { top, height } = one.getBoundingClientRect()
        return event.clientY < top + height / 2
      })
      if (next ? next.previousElementSibling !== item : list.lastElementChild !== item)
        list.insertBefore(item, next ?? null)
    })
  }
  list.addEventListener('dragend', () => {
    if (!moved) return
    moved.classList.remove('moving')
    place(moved)
    moved = undefined
  })
  sync()
  return { sync, moving: () => moved !== undefined }
}
