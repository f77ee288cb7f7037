import { invalid } from '../../../errors.ts'
import { weaknessOf } from '../rules/passwords.ts'

let common: Promise<ReadonlySet<string>> | undefined

/** Passwords that are guessed first, read from the list that ships when one is chosen for the first time. */
export function listCommonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('./common-passwords.json', { with: { type: 'json' } }).then(
    ({ default: list }) => new Set(list.words.split(' ')),
  )
  return common
}

/**
 * Refuses a password that is guessed first. `about`: what others know of its owner; what is absent counts for nothing.
 * @throws DomainError invalid: password `password_common`, `password_own` or `password_simple`
 */
export async function refuseWeakPassword(password: string, about: (string | null | undefined)[]): Promise<void> {
  const known = about.filter((text): text is string => Boolean(text))
  const code = weaknessOf(password, known, await listCommonPasswords())
  if (code) throw invalid({ field: 'password', code })
}
