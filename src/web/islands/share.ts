// The button that copies a page's address, or opens the phone's own way of passing it on.
for (const section of document.querySelectorAll<HTMLElement>('[data-share]')) {
  const button = section.querySelector('button')
  const { share: url, title } = section.dataset
  if (!button || !url) continue
  button.hidden = false
  button.addEventListener('click', async () => {
    if (navigator.share && matchMedia('(pointer: coarse)').matches) {
      await navigator.share({ url, title }).catch(() => undefined)
      return
    }
    await navigator.clipboard.writeText(url)
    const label = button.textContent
    button.textContent = button.dataset.copied ?? label
    setTimeout(() => {
      button.textContent = label
    }, 2000)
  })
}

export {}
