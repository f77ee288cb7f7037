// What every page of the console has: Ctrl K, a guard over unsaved forms, buttons that copy, who else has the page open.

const find = document.querySelector<HTMLInputElement>('#find')

document.addEventListener('keydown', (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 'k') return
  const form = find?.form
  if (!find || !form) return
  event.preventDefault()
  // On a phone's width the box is not shown: the search page has one.
  if (find.offsetParent === null) location.assign(form.action)
  else find.select()
})

// On a phone sections and tabs are rows that scroll: the one that is open is in sight.
for (const row of document.querySelectorAll<HTMLElement>('.console > nav .items, .tabs')) {
  const open = row.querySelector('[aria-current]')?.getBoundingClientRect()
  const { left, width } = row.getBoundingClientRect()
  if (open) row.scrollLeft += open.left - left - (width - open.width) / 2
}

/** Forms whose fields were changed and not sent. */
const unsaved = new Set<HTMLFormElement>()

function guardedForm(target: EventTarget | null): HTMLFormElement | null {
  return target instanceof Element ? target.closest<HTMLFormElement>('form[data-guard]') : null
}

for (const type of ['input', 'change']) {
  document.addEventListener(type, (event) => {
    const form = guardedForm(event.target)
    if (form) unsaved.add(form)
  })
}
document.addEventListener('submit', (event) => unsaved.delete(event.target as HTMLFormElement))
addEventListener('beforeunload', (event) => {
  for (const form of unsaved) if (!form.isConnected) unsaved.delete(form)
  if (unsaved.size) event.preventDefault()
})
// A page that comes back from the browser's history is sent again only when it is changed again.
addEventListener('pageshow', () => unsaved.clear())
// What came back refused, or too late, holds typed text that is not saved yet.
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-guard]')) {
  if (form.querySelector('[aria-invalid="true"]')) unsaved.add(form)
}

document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-copy]') : null
  if (!button) return
  event.preventDefault()
  const label = button.textContent
  await copy(button.dataset.copy ?? '')
  button.textContent = button.dataset.copied ?? (document.documentElement.lang === 'en' ? 'Copied' : 'Đã sao chép')
  button.setAttribute('aria-live', 'polite')
  setTimeout(() => {
    button.textContent = label
  }, 2000)
})

/** Over plain http on a host that is not local there is no clipboard: the old way does it. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
}

const HEARTBEAT = 20_000

/** Says that this page is open, and shows who else has it open. */
async function beat(banner: HTMLElement): Promise<void> {
  if (document.visibilityState === 'hidden') return
  const { presence = '', kind = '', id = '' } = banner.dataset
  try {
    const answer = await fetch(presence, { method: 'POST', body: new URLSearchParams({ kind, id }) })
    if (!answer.ok) return
    const { text } = (await answer.json()) as { text: string }
    if (banner.textContent !== text) banner.textContent = text
    banner.toggleAttribute('data-empty', text === '')
  } catch {
    // The next beat tries again.
  }
}

for (const banner of document.querySelectorAll<HTMLElement>('[data-presence]')) {
  beat(banner)
  setInterval(() => beat(banner), HEARTBEAT)
  document.addEventListener('visibilitychange', () => beat(banner))
}
