import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerpt, highlight } from '../../src/text/highlight.ts'

const shown = (text: string, q: string) =>
  highlight(text, q)
    .map((part) => (part.hit ? `[${part.text}]` : part.text))
    .join('')

describe('what was searched for, in a text', () => {
  it.each([
    ['with its marks, typed without', 'Phát triển đảng viên', 'dang vien', 'Phát triển [đảng] [viên]'],
    ['whatever its case', 'THÀNH ỦY Uông Bí', 'thành ủy', '[THÀNH] [ỦY] Uông Bí'],
    ['at every place', 'chi bộ, chi ủy', 'chi', '[chi] bộ, [chi] ủy'],
    ['where words overlap', 'đảng viên', 'đảng đảngviên ảng', '[đảng] viên'],
    ['in text that is not composed', 'Đa\u0309ng'.normalize('NFD'), 'dang', `[${'Đa\u0309ng'.normalize('NFD')}]`],
    ['not at all', 'Hội thảo', 'xyz', 'Hội thảo'],
    ['without a query', 'Hội thảo', '  ', 'Hội thảo'],
  ])('is marked %s', (_, text, q, expected) => {
    expect(shown(text, q)).toBe(expected)
  })

  it('loses and adds nothing, whatever the text and the query', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', maxLength: 12 }), (text, q) => {
        expect(
          highlight(text, q)
            .map((part) => part.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })
})

describe('an excerpt', () => {
  const text = `${'đầu '.repeat(60)}công tác phát triển đảng viên ${'cuối '.repeat(60)}`
  it('is cut between words around what was found', () => {
    const found = excerpt(text, 'phat trien', 80) as string
    expect(found).toContain('phát triển đảng viên')
    expect(found).toMatch(/^… đầu .* …$/)
    expect(found.length).toBeLessThan(100)
  })
  it('is none where nothing is found', () => {
    expect(excerpt(text, 'xyz')).toBeNull()
  })
})
