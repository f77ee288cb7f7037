import { expect, it } from 'vitest'
import { type TextKey, texts, translator } from '../src/i18n.ts'

const areas = Object.keys(texts.vi) as (keyof typeof texts.vi)[]

it('writes every text in both languages, whatever values it is given', () => {
  for (const locale of ['vi', 'en'] as const)
    for (const area of areas)
      for (const key of Object.keys(texts[locale][area])) {
        const text = texts[locale][area][key as never] as string
        const names = [...text.matchAll(/\{(\w+)/g)].map((m) => m[1] as string)
        const params = Object.fromEntries(names.map((name) => [name, 2]))
        const written = translator(locale)(`${area}:${key}` as TextKey, params)
        expect(written, `${locale} ${area}:${key}`).not.toBe('')
        expect(written, `${locale} ${area}:${key}`).not.toMatch(/\{\w+|undefined/)
      }
})

it('keeps a value as it is, without reading it as a text of its own', () => {
  const t = translator('vi')
  expect(t('errors:requestId', { id: '{x} <b> ’ # $t(common:save)' })).toContain('{x} <b> ’ # $t(common:save)')
})
