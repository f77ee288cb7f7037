import type { UploadTexts } from './texts.ts'

/** What the page shows of one file on its way. */
export interface Line {
  /** How far it is, from 0 to 1, and in words; not read out. */
  progress(share: number, words: string): void
  /** How it stands, in words; read out when it changes. `ok`, `bad` and `off` are ends. */
  say(words: string, kind?: 'ok' | 'bad' | 'off' | 'cut'): void
  /** Offers to try at once; undefined takes the offer back. */
  offer(now: (() => void) | undefined): void
}

/** Adds a line to the list of what is sent. */
export function addLine(
  list: HTMLElement,
  name: string,
  texts: UploadTexts,
  announce: (words: string) => void,
  cancel: () => void,
): Line {
  const item = document.createElement('li')
  const title = document.createElement('b')
  const bar = document.createElement('progress')
  const said = document.createElement('span')
  const end = button(texts.cancel, name, cancel)
  const now = button(texts.now, name, () => undefined)
  title.textContent = name
  said.className = 'said'
  bar.value = 0
  bar.setAttribute('aria-label', name)
  now.hidden = true
  now.classList.add('now')
  item.append(title, end, bar, said, now)
  list.append(item)
  return {
    progress(share, words) {
      item.className = ''
      bar.value = share
      if (said.textContent !== words) said.textContent = words
    },
    say(words, kind) {
      item.className = kind ?? ''
      if (kind && kind !== 'cut') for (const part of [bar, end, now]) part.remove()
      if (said.textContent === words) return
      said.textContent = words
      announce(`${name}: ${words}`)
    },
    offer(act) {
      now.hidden = !act
      now.onclick = act ?? null
    },
  }
}

function button(label: string, name: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  const hidden = document.createElement('span')
  made.type = 'button'
  made.className = 'btn small'
  hidden.className = 'visually-hidden'
  hidden.textContent = ` ${name}`
  made.append(label, hidden)
  made.onclick = act
  return made
}
