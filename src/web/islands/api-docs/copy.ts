import type { Words } from '../../api-docs/island-words.ts'
import { button, describe } from './dom.ts'

const SHOWN = 2000

/** A button at each command line that copies it. */
export function copying(root: HTMLElement, words: Words): void {
  for (const curl of root.querySelectorAll<HTMLElement>('.curl')) {
    const code = curl.querySelector('code')
    if (!code) continue
    const copy = button(words.copy, 'link', async (pressed) => {
      await put(code)
      pressed.textContent = words.copied
      setTimeout(() => {
        pressed.textContent = words.copy
      }, SHOWN)
    })
    copy.setAttribute('aria-live', 'polite')
    describe(copy, curl.closest('section.op'))
    curl.querySelector('.head')?.append(copy)
  }
}

/** Over plain http on a host that is not local there is no clipboard: the selection is copied the old way. */
async function put(code: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(code.textContent ?? '')
  } catch {
    getSelection()?.selectAllChildren(code)
    document.execCommand('copy')
  }
}
