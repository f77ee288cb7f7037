import { ordering } from './photo-order.ts'
import { words } from './photo-words.ts'
import { sending } from './sending.ts'

interface Place {
  value: string
  label: string
}

export interface Board {
  /** Sends photos; `before` is the text up to where they were pasted. */
  receive(files: File[], before?: string): void
  /** Where photos may stand and do stand, after the text was saved. */
  placed(places: Place[], photos: Record<string, string>): void
}

/** The photos of a text: dropped anywhere on the page, sent one by one, written and ordered in place. */
export function board(root: HTMLElement | null): Board | undefined {
  const form = root?.querySelector<HTMLFormElement>('.photo-add')
  const input = form?.querySelector<HTMLInputElement>('input[type=file]')
  const list = root?.querySelector<HTMLUListElement>('.photo-list')
  const lines = root?.querySelector<HTMLUListElement>('.photo-sending')
  if (!root || !form || !input || !list || !lines) return undefined
  const order = ordering(root, list)
  const written = words(root, list, () => order.sync())
  const send = sending(root, lines, form.action, (items) => {
    for (const html of items) {
      const { body } = new DOMParser().parseFromString(html, 'text/html')
      const item = body.querySelector('li')
      if (item) list.append(item)
    }
    written.adopt()
    order.sync()
    document.dispatchEvent(new Event('photos'))
  })

  form.classList.add('ready')
  form.querySelector<HTMLButtonElement>('button[type=submit]')?.setAttribute('hidden', '')
  const label = form.querySelector<HTMLLabelElement>('label')
  if (label) label.textContent = label.dataset.ready ?? label.textContent
  form.addEventListener('submit', (event) => event.preventDefault())
  input.addEventListener('change', () => {
    send([...(input.files ?? [])])
    form.reset()
  })
  dropping(root, order.moving, (files) => {
    root.scrollIntoView({ block: 'start' })
    send(files)
  })

  return {
    receive(files, before) {
      root.scrollIntoView({ block: 'nearest' })
      send(files, before)
    },
    placed(places, photos) {
      for (const select of list.querySelectorAll<HTMLSelectElement>('select[name=place]')) {
        const id = select.closest<HTMLElement>('[data-photo]')?.dataset.photo ?? ''
        if (select !== document.activeElement) choices(select, places, photos[id] ?? select.value)
      }
    },
  }
}

function choices(select: HTMLSelectElement, places: Place[], value: string): void {
  const known = places.some((place) => place.value === value)
  const all = known ? places : [...places, { value, label: select.dataset.end ?? '' }]
  select.replaceChildren(...all.map((place) => new Option(place.label, place.value, false, place.value === value)))
}

/** A file dropped anywhere is a photo to send: beside the board it would else replace the page, and the text with it. */
function dropping(root: HTMLElement, moving: () => boolean, take: (files: File[]) => void): void {
  const carriesFiles = (event: DragEvent) => !moving() && event.dataTransfer?.types.includes('Files')
  let inside = 0
  document.addEventListener('dragenter', (event) => {
    if (carriesFiles(event)) root.classList.toggle('over', ++inside > 0)
  })
  document.addEventListener('dragleave', (event) => {
    if (carriesFiles(event)) root.classList.toggle('over', --inside > 0)
  })
  document.addEventListener('dragover', (event) => {
    if (carriesFiles(event)) event.preventDefault()
  })
  document.addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    inside = 0
    root.classList.remove('over')
    take([...(event.dataTransfer?.files ?? [])])
  })
}
