import type { DomainError } from '../errors.ts'
import { hasText, type TextKey, type Translate } from '../i18n.ts'

/** Why a file was not taken, in words that say what to do. */
export function refusalText(t: Translate, error: DomainError): string {
  for (const code of [error.detail, error.code]) {
    const key = `presentations:refused.${code}`
    if (hasText(key)) return t(key)
  }
  return t('presentations:refused.other' satisfies TextKey)
}
