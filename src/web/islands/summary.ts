// The editor saves itself, helps with Markdown, and asks before a photo goes.
const form = document.querySelector<HTMLFormElement>('form[data-autosave]')
if (form) autosave(form)
for (const box of document.querySelectorAll<HTMLElement>('[data-markdown]')) tools(box)
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-confirm]')) {
  button.addEventListener('click', (event) => {
    if (!confirm(button.dataset.confirm)) event.preventDefault()
  })
}

function autosave(form: HTMLFormElement) {
  const status = form.querySelector<HTMLElement>('[data-status]')
  const version = form.elements.namedItem('version') as HTMLInputElement
  const say = (text: string | undefined, alert = false) => {
    if (!status || !text) return
    status.textContent = text
    status.classList.toggle('alert', alert)
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  let dirty = false
  let saving = false
  let stopped = false

  form.addEventListener('input', () => {
    dirty = true
    clearTimeout(timer)
    if (!stopped) timer = setTimeout(save, 2500)
  })
  form.addEventListener('submit', () => {
    dirty = false
    stopped = true
    clearTimeout(timer)
  })
  addEventListener('beforeunload', (event) => {
    if (dirty) event.preventDefault()
  })

  async function save() {
    if (saving || stopped) return
    saving = true
    dirty = false
    say(status?.dataset.saving)
    try {
      const body = new URLSearchParams(new FormData(form) as never)
      const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } })
      const told = answer.headers.get('content-type')?.includes('json') ? await answer.json() : {}
      if (stopped) return
      if (answer.ok) {
        version.value = String(told.version)
        say(told.text)
      } else {
        dirty = true
        stopped = answer.status === 412
        say(
          answer.status === 412 ? told.stale : answer.status === 422 ? status?.dataset.refused : status?.dataset.failed,
          true,
        )
      }
    } catch {
      dirty = true
      say(status?.dataset.failed, true)
      timer = setTimeout(save, 15_000)
    } finally {
      saving = false
      if (dirty && !stopped && !timer) timer = setTimeout(save, 2500)
    }
  }
}

function tools(box: HTMLElement) {
  const bar = box.querySelector<HTMLElement>('.toolbar')
  const area = box.querySelector('textarea')
  if (!bar || !area || area.closest('fieldset')?.disabled) return
  bar.hidden = false
  bar.addEventListener('click', (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>('[data-tool]')
    if (!button) return
    const { tool, sample = '' } = button.dataset
    const chosen = area.value.slice(area.selectionStart, area.selectionEnd) || sample
    const before = area.value.slice(0, area.selectionStart)
    const apart = before === '' || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n'
    const written: Record<string, string> = {
      heading: `${apart}## ${chosen}\n\n`,
      bold: `**${chosen}**`,
      list: `${apart}${chosen
        .split('\n')
        .map((line) => `- ${line}`)
        .join('\n')}\n\n`,
      quote: `${apart}${chosen
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n')}\n\n`,
      link: `[${chosen}](https://)`,
    }
    area.focus()
    // Typed as if by hand, so that the browser's own undo takes it back.
    document.execCommand('insertText', false, written[tool as string] ?? chosen)
  })
}

export {}
