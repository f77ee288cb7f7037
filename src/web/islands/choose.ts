// One box that chooses all boxes of a name in its form. Without a script there is no such box.
for (const all of document.querySelectorAll<HTMLInputElement>('input[data-all]')) {
  const boxes = () => [
    ...(all.form?.querySelectorAll<HTMLInputElement>(`input[type=checkbox][name="${all.dataset.all}"]`) ?? []),
  ]
  const sync = () => {
    const chosen = boxes().filter((box) => box.checked).length
    all.checked = chosen > 0 && chosen === boxes().length
    all.indeterminate = chosen > 0 && !all.checked
  }
  all.hidden = false
  all.addEventListener('change', () => {
    for (const box of boxes()) box.checked = all.checked
  })
  all.form?.addEventListener('change', (event) => {
    if (event.target !== all) sync()
  })
  addEventListener('pageshow', sync)
}

export {}
