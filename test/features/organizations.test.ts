import { expect, it } from 'vitest'
import { accentContrast } from '../../src/features/organizations/rules.ts'
import { organizationSchema } from '../../src/features/organizations/schema.ts'

it('keeps WCAG AA for text in every one of the 360 accents, light and dark', () => {
  for (let hue = 0; hue < 360; hue++) expect(accentContrast(hue), `hue ${hue}`).toBeGreaterThanOrEqual(4.5)
})

it.each([
  [{ accent_hue: '360' }, 'accent_hue', 'hue'],
  [{ accent_hue: 'red' }, 'accent_hue', 'number'],
  [{ timezone: 'Asia/Nowhere' }, 'timezone', 'timezone'],
  [{ name: ' ' }, 'name', 'required'],
  [{ email: 'khong phai' }, 'email', 'email'],
  [{ contact_name: 'a\nb' }, 'contact_name', 'control_character'],
])('refuses %j', (fields, field, code) => {
  const input = {
    name: 'Thành ủy',
    accent_hue: '24',
    honorific: 'comrade',
    locale: 'vi',
    timezone: 'Asia/Ho_Chi_Minh',
    ...fields,
  }
  const issue = organizationSchema.safeParse(input).error?.issues[0]
  expect([issue?.path[0], issue?.message]).toEqual([field, code])
})
