import { z } from 'zod'
import { optionalEmail, optionalLine, requiredLine } from '../../text/fields.ts'

/** The part of an organisation's address: `thanh-uy-mau`. Codes: `required`, `too_long`, `slug`, `taken` (a page of ours has it). */
export const slugField = requiredLine(80)
  .check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'slug' }))
  .refine((slug) => slug !== 'deployment', 'taken')

/** Whether a zone is known to this runtime (IANA names). */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

export const honorifics = ['comrade', 'neutral', 'academic'] as const

export const organizationSchema = z.object({
  name: requiredLine(200),
  name_en: optionalLine(200),
  accent_hue: z.coerce.number({ error: 'number' }).int({ error: 'number' }).min(0, 'hue').max(359, 'hue'),
  honorific: z.enum(honorifics, { error: 'required' }),
  locale: z.enum(['vi', 'en'], { error: 'required' }),
  timezone: requiredLine(60).refine(isTimeZone, 'timezone'),
  email: optionalEmail(),
  contact_name: optionalLine(120),
  contact_phone: optionalLine(60),
})
export type OrganizationInput = z.output<typeof organizationSchema>

export const newOrganizationSchema = z.object({ name: requiredLine(200), slug: slugField })
