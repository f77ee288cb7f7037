import { z } from 'zod'
import { requiredEmail, requiredLine } from '../../text/fields.ts'
import { slugField } from '../organizations/schema.ts'
import { passwordLength } from './auth.ts'

export const roleSchema = z.enum(['owner', 'organizer', 'viewer'], { error: 'required' })

/** A new password, kept letter by letter. Codes: `required`, `password_short`, `password_long`. */
export const newPassword = z
  .string({ error: 'required' })
  .min(1, { error: 'required', abort: true })
  .min(passwordLength.min, 'password_short')
  .max(passwordLength.max, 'password_long')

export const signInSchema = z.object({
  email: requiredEmail(),
  password: z.string({ error: 'required' }).min(1, 'required').max(1000, 'too_long'),
})

export const forgotSchema = z.object({ email: requiredEmail() })
export const resetSchema = z.object({ password: newPassword })
export const joinSchema = z.object({ name: requiredLine(120), password: newPassword })
export const inviteMemberSchema = z.object({ email: requiredEmail(), role: roleSchema })

export const firstOwnerSchema = z.object({
  name: requiredLine(120),
  email: requiredEmail(),
  password: newPassword,
  organizationName: requiredLine(200),
  slug: slugField,
})
export type FirstOwnerInput = z.output<typeof firstOwnerSchema>

export const apiScopes = ['read', 'write'] as const
export type ApiScope = (typeof apiScopes)[number]

/** A form for a key: `write` includes reading; the last day is a date of the organisation's zone, or none. */
export const apiKeySchema = z.object({
  name: requiredLine(120),
  scope: z.enum(apiScopes, { error: 'required' }),
  days: z.enum(['30', '90', '365', ''], { error: 'invalid' }).default(''),
})
