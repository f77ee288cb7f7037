// Shows an organisation's accent while it is chosen: on the samples and on the whole page.
const sample = document.querySelector<HTMLElement>('[data-accent-sample]')
const number = document.querySelector<HTMLInputElement>('input[name="accent_number"]')
const note = document.querySelector<HTMLElement>('[data-accent-contrast]')

function show(hue: string, contrast: string | undefined): void {
  for (const element of [sample, document.documentElement]) element?.style.setProperty('--accent-h', hue)
  // Every hue is checked by a test; the figure is known for the swatches only.
  if (note) note.textContent = contrast ?? ''
}

for (const radio of document.querySelectorAll<HTMLInputElement>('input[name="accent_hue"]')) {
  radio.addEventListener('change', () => {
    if (number) number.value = ''
    show(radio.value, radio.dataset.contrast)
  })
}
number?.addEventListener('input', () => {
  if (number.value !== '' && number.validity.valid) show(number.value, undefined)
})
