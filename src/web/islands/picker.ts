// Finds people and units of the directory while someone types. Without it the same fields are written by hand.

interface Found {
  id: string
  name: string
  parent?: string | null
  positions?: string[]
  positionsEn?: string[]
  gender?: string | null
}

const WAIT = 200
let made = 0

for (const place of document.querySelectorAll<HTMLElement>('[data-picker]')) attach(place)
for (const selector of document.querySelectorAll<HTMLElement>('[data-count]')) countLive(selector)

/** `data-picker` stands on the field itself, or on an element around it; `data-picks` then names the field. */
function attach(place: HTMLElement): void {
  const name = place.dataset.picks
  const inside = name ? `input[name="${CSS.escape(name)}"]` : 'input[type="text"]'
  const input = place instanceof HTMLInputElement ? place : place.querySelector<HTMLInputElement>(inside)
  if (!input) return
  const list = document.createElement('ul')
  list.className = 'suggestions'
  list.id = `suggestions-${++made}`
  list.setAttribute('role', 'listbox')
  list.hidden = true
  input.after(list)
  input.setAttribute('role', 'combobox')
  input.setAttribute('aria-autocomplete', 'list')
  input.setAttribute('aria-controls', list.id)
  input.setAttribute('aria-expanded', 'false')
  let found: Found[] = []
  let active = -1
  let timer: ReturnType<typeof setTimeout> | undefined

  const close = () => {
    list.hidden = true
    active = -1
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
  }
  const mark = (to: number) => {
    active = to
    for (const [index, option] of [...list.children].entries())
      option.setAttribute('aria-selected', String(index === active))
    if (active >= 0) input.setAttribute('aria-activedescendant', `${list.id}-${active}`)
  }
  const choose = (index: number) => {
    const one = found[index]
    if (!one) return
    if (place.dataset.adds) addUnit(place.dataset.adds, one, input)
    else fillPerson(place, input, one)
    close()
  }
  const search = async () => {
    const asked = input.value.trim()
    if (asked.length < 2) return close()
    const answer = await fetch(`${place.dataset.picker}?q=${encodeURIComponent(asked)}`)
    if (!answer.ok || asked !== input.value.trim() || document.activeElement !== input) return
    found = (await answer.json()) as Found[]
    list.replaceChildren(...found.map((one, index) => option(one, `${list.id}-${index}`)))
    list.hidden = found.length === 0
    input.setAttribute('aria-expanded', String(found.length > 0))
    mark(-1)
  }

  input.addEventListener('input', () => {
    const id = pickField(place, 'id')
    if (id) id.value = ''
    clearTimeout(timer)
    timer = setTimeout(search, WAIT)
  })
  input.addEventListener('keydown', (event) => {
    if (list.hidden) {
      // A unit is chosen from the list; Enter alone must not send the form.
      if (event.key === 'Enter' && place.dataset.adds) event.preventDefault()
      return
    }
    if (event.key === 'ArrowDown') mark((active + 1) % found.length)
    else if (event.key === 'ArrowUp') mark((active <= 0 ? found.length : active) - 1)
    else if (event.key === 'Enter' && active >= 0) choose(active)
    else if (event.key === 'Enter' && place.dataset.adds) choose(0)
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
  })
  input.addEventListener('blur', () => setTimeout(close, 150))
  list.addEventListener('pointerdown', (event) => event.preventDefault())
  list.addEventListener('click', (event) => {
    const item = event.target instanceof Element ? event.target.closest('li') : null
    if (item) choose([...list.children].indexOf(item))
  })
}

function option(one: Found, id: string): HTMLLIElement {
  const item = document.createElement('li')
  item.id = id
  item.setAttribute('role', 'option')
  item.textContent = one.name
  const more = one.positions?.join(', ') ?? one.parent
  if (more) {
    const line = document.createElement('span')
    line.className = 'muted small detail'
    line.textContent = more
    item.append(line)
  }
  return item
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

/** A field beside the name: one marked `data-pick`, or of that name. */
function pickField(place: HTMLElement, part: string): Field | null {
  const row = place.closest<HTMLElement>('[data-pick-row]')
  return row?.querySelector<Field>(`[data-pick="${part}"], [name="${part}"]`) ?? null
}

function fillPerson(place: HTMLElement, input: HTMLInputElement, one: Found): void {
  const put = (part: string, text: string | undefined | null) => {
    const field = pickField(place, part)
    if (field && text) field.value = text
  }
  input.value = one.name
  put('id', one.id)
  put('position', one.positions?.join(', '))
  put('positionEn', one.positionsEn?.join(', '))
  put('positions', one.positions?.join('\n'))
  put('positionsEn', one.positionsEn?.join('\n'))
  put('gender', one.gender)
  input.dispatchEvent(new Event('change', { bubbles: true }))
}

function addUnit(name: string, one: Found, input: HTMLInputElement): void {
  const chips = input.closest('details')?.querySelector<HTMLElement>(`[data-chips="${name}"]`)
  input.value = ''
  if (!chips || chips.querySelector(`input[value="${CSS.escape(one.id)}"]`)) return
  const label = document.createElement('label')
  label.className = 'check'
  const box = document.createElement('input')
  Object.assign(box, { type: 'checkbox', name, value: one.id, checked: true })
  const text = document.createElement('span')
  text.textContent = one.name
  label.append(box, text)
  chips.append(label)
  box.dispatchEvent(new Event('change', { bubbles: true }))
}

/** Counts what a selector means while it is being changed. */
function countLive(selector: HTMLElement): void {
  const form = selector.closest('form')
  const text = selector.querySelector<HTMLElement>('[data-count-text]')
  const button = selector.querySelector<HTMLButtonElement>('[data-count-button]')
  if (!form || !text) return
  if (button) {
    button.hidden = true
    button.disabled = true
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  selector.addEventListener('change', () => {
    clearTimeout(timer)
    timer = setTimeout(async () => {
      const boxes = selector.querySelectorAll<HTMLInputElement>('input[type="checkbox"]:checked')
      const query = new URLSearchParams([...boxes].map((box) => [box.name, box.value]))
      const answer = await fetch(`${selector.dataset.count}?${query}`)
      if (answer.ok) text.textContent = ((await answer.json()) as { text: string }).text
    }, WAIT)
  })
}
