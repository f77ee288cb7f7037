import { z } from '@hono/zod-openapi'
import type { getOrganization } from '../features/organizations/queries.ts'
import { honorifics, organizationSchema } from '../features/organizations/schema.ts'
import { patchOf } from './patch.ts'
import { id, instant } from './schemas.ts'

const line = z.string().nullable()

/** The organisation of the key, as the API gives it. */
export const organizationBody = z
  .object({
    id,
    slug: z.string(),
    url: z.url(),
    name: z.string(),
    nameEn: line,
    accentHue: z.int(),
    honorific: z.enum(honorifics),
    locale: z.enum(['vi', 'en']),
    timezone: z.string(),
    email: line,
    contactName: line,
    contactPhone: line,
    version: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Organization' })
export type OrganizationBody = z.output<typeof organizationBody>

const form = organizationSchema.shape

export const organizationPatchSchema = patchOf({
  name: form.name,
  nameEn: form.name_en,
  accentHue: z.int({ error: 'number' }).min(0, 'hue').max(359, 'hue'),
  honorific: form.honorific,
  locale: form.locale,
  timezone: form.timezone,
  email: form.email,
  contactName: form.contact_name,
  contactPhone: form.contact_phone,
}).meta({ id: 'OrganizationPatch', example: { contactName: 'Văn phòng Thành ủy', contactPhone: '0203 000 000' } })

export function toOrganization(row: Awaited<ReturnType<typeof getOrganization>>, origin: string): OrganizationBody {
  return {
    id: row.id,
    slug: row.slug,
    url: `${origin}/o/${row.slug}`,
    name: row.name,
    nameEn: row.name_en,
    accentHue: row.accent_hue,
    honorific: row.honorific as OrganizationBody['honorific'],
    locale: row.locale as OrganizationBody['locale'],
    timezone: row.timezone,
    email: row.email,
    contactName: row.contact_name,
    contactPhone: row.contact_phone,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}
