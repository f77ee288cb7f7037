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

/** What a key may do. `write` includes reading; `admin` is apart: members, keys and the organisation itself. */
export const apiScopes = ['read', 'write', 'admin'] as const
export type ApiScope = (typeof apiScopes)[number]

/** What the console offers for a key, and the scopes it stands for. */
export const keyKinds = {
  read: ['read'],
  write: ['read', 'write'],
  admin: ['read', 'write', 'admin'],
} as const satisfies Record<string, readonly ApiScope[]>
export type KeyKind = keyof typeof keyKinds

/** A form for a key, which holds for so many days, or until it is revoked. */
export const apiKeySchema = z.object({
  name: requiredLine(120),
  scope: z.enum(['read', 'write', 'admin'] satisfies KeyKind[], { error: 'required' }),
  days: z.enum(['30', '90', '365', ''], { error: 'invalid' }).default(''),
})
