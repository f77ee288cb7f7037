const SYLLABLES_A_MINUTE = 200

/** Keeps the count of words and minutes true while the text is typed. */
export function wordCount(form: HTMLFormElement): void {
  const shown = form.querySelector<HTMLElement>('[data-count]')
  if (!shown) return
  const fields = ['lead', 'body', 'conclusions'].map((name) => form.elements.namedItem(name) as HTMLTextAreaElement)
  const lang = document.documentElement.lang
  let timer: ReturnType<typeof setTimeout> | undefined
  const count = () => {
    const text = fields.map((field) => field.value).join(' ')
    // Signs of Markdown are no words.
    const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
    shown.textContent = (shown.dataset.count ?? '')
      .replace('{words}', new Intl.NumberFormat(lang === 'vi' ? 'vi-VN' : 'en-GB').format(words))
      .replace('{minutes}', String(Math.max(1, Math.round(words / SYLLABLES_A_MINUTE))))
  }
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(count, 250)
  })
}
