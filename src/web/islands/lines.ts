// Words that belong into a field of lines become buttons that write them there.
for (const known of document.querySelectorAll<HTMLElement>('[data-lines-of]')) {
  const field = document.getElementById(known.dataset.linesOf ?? '') as HTMLTextAreaElement | null
  if (!field) continue
  const most = Number(known.dataset.most ?? 99)
  const lines = () =>
    field.value
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  const buttons = [...known.querySelectorAll<HTMLElement>('.pill')].map((word) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'pill'
    button.textContent = word.textContent
    button.addEventListener('click', () => {
      field.value = [...lines(), button.textContent ?? ''].join('\n')
      field.dispatchEvent(new Event('input', { bubbles: true }))
      field.focus()
    })
    word.replaceWith(button)
    return button
  })
  const sync = () => {
    const written = lines()
    for (const button of buttons)
      button.disabled = written.length >= most || written.includes(button.textContent?.trim() ?? '')
  }
  field.addEventListener('input', sync)
  sync()
}

export {}
