import type { Words } from '../../api-docs/island-words.ts'

/** What a header may hold of a key (RFC 6750, 2.1). */
const KEY = /^[\w~+/.=-]+$/

/**
 * The field of the key. It is read where a request is made and written nowhere. `read` without a key says what is missing,
 * and Enter leads back to where it was asked for.
 */
export function keyField(root: HTMLElement, words: Words) {
  const field = root.querySelector<HTMLElement>('.key')
  const input = field?.querySelector('input')
  const error = field?.querySelector<HTMLElement>('.error')
  let asked: HTMLElement | undefined
  if (field) field.hidden = false
  input?.addEventListener('input', () => say(''))
  input?.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    asked?.focus()
    asked?.scrollIntoView({ block: 'center' })
    asked = undefined
  })

  function say(text: string): void {
    if (error) error.textContent = text
    if (text) input?.setAttribute('aria-invalid', 'true')
    else input?.removeAttribute('aria-invalid')
  }
  return {
    read(back: HTMLElement): string | undefined {
      const key = input?.value.trim() ?? ''
      if (KEY.test(key)) return key
      asked = back
      say(`${key ? words.keySigns : words.keyMissing} ${words.keyBack}`)
      input?.focus()
      return undefined
    },
  }
}

export type KeyField = ReturnType<typeof keyField>
