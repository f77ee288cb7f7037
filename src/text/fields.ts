import { z } from 'zod'
import { cleanLine, cleanText, hasControlCharacters } from './fold.ts'

// Messages are stable codes; pages translate them. Lengths count UTF-16 units after cleaning.

/** A field of one line, cleaned. Codes: `required`, `control_character` (CR, LF, NUL and the like), `too_long`. */
export function requiredLine(max: number) {
  return z
    .string({ error: 'required' })
    .refine((text) => !hasControlCharacters(text), { error: 'control_character', abort: true })
    .overwrite(cleanLine)
    .min(1, { error: 'required', abort: true })
    .max(max, 'too_long')
}

/** A field of one line that may be left empty: null then. Codes: `control_character`, `too_long`. */
export function optionalLine(max: number) {
  return z
    .string({ error: 'required' })
    .refine((text) => !hasControlCharacters(text), { error: 'control_character', abort: true })
    .overwrite(cleanLine)
    .max(max, 'too_long')
    .nullish()
    .transform((text) => text || null)
}

/** A field of several lines, cleaned. Codes: `required`, `too_long`. */
export function requiredText(max: number) {
  return z
    .string({ error: 'required' })
    .overwrite(cleanText)
    .min(1, { error: 'required', abort: true })
    .max(max, 'too_long')
}

/** A field of several lines that may be left empty: null then. Code: `too_long`. */
export function optionalText(max: number) {
  return z
    .string({ error: 'required' })
    .overwrite(cleanText)
    .max(max, 'too_long')
    .nullish()
    .transform((text) => text || null)
}

/** The longest address a mail server must take (RFC 5321 section 4.5.3.1.3, without the brackets). */
const EMAIL_MAX = 254

/** A mail address, trimmed, its case kept. Codes: `required`, `control_character`, `too_long`, `email`. */
export function requiredEmail() {
  return requiredLine(EMAIL_MAX).check(z.email({ error: 'email' }))
}

/** A mail address that may be left empty: null then. Codes: `control_character`, `too_long`, `email`. */
export function optionalEmail() {
  return z
    .string({ error: 'required' })
    .refine((text) => !hasControlCharacters(text), { error: 'control_character', abort: true })
    .overwrite(cleanLine)
    .max(EMAIL_MAX, 'too_long')
    .refine((text) => text === '' || z.regexes.email.test(text), 'email')
    .nullish()
    .transform((text) => text || null)
}
