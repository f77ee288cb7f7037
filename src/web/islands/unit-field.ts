// Fills the suggestions of a field that picks a unit, while it is typed into.
for (const list of document.querySelectorAll<HTMLDataListElement>('datalist[data-options]')) {
  const input = document.querySelector<HTMLInputElement>(`input[list="${list.id}"]`)
  let wait = 0
  let asked = ''
  input?.addEventListener('input', () => {
    clearTimeout(wait)
    wait = window.setTimeout(async () => {
      const text = input.value.trim()
      if (text.length < 2 || text === asked) return
      asked = text
      const answer = await fetch(`${list.dataset.options}?q=${encodeURIComponent(text)}`).catch(() => undefined)
      if (!answer?.ok || asked !== text) return
      const units = (await answer.json()) as { label: string }[]
      list.replaceChildren(...units.map((unit) => new Option(unit.label, unit.label)))
    }, 150)
  })
}
