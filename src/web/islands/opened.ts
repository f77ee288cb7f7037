// Notes once that the invitee saw the page: only from a page that is visible, so that no mail scanner counts as a reader.
const page = document.querySelector<HTMLElement>('[data-opened]')
const address = page?.dataset.opened

function note(): void {
  if (!address || document.visibilityState !== 'visible') return
  document.removeEventListener('visibilitychange', note)
  // A page that is prerendered or restored asks again when it is shown.
  void fetch(address, { method: 'POST', keepalive: true, credentials: 'same-origin' }).catch(() => undefined)
}

if (address) {
  document.addEventListener('visibilitychange', note)
  setTimeout(note, 800)
}

export {}
