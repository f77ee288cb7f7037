import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Change, diffParagraphs, diffWords } from '../../src/text/diff.ts'

const shown = (changes: Change[]) =>
  changes.map(({ text, kind }) => (kind === 'same' ? text : kind === 'added' ? `{+${text}+}` : `{-${text}-}`)).join('')

describe('what changed between two versions', () => {
  it('is told word by word', () => {
    expect(shown(diffWords('có 46 tổ chức đảng', 'có 41 tổ chức cơ sở đảng'))).toBe(
      'có {-46-}{+41+} tổ chức{+ cơ sở+} đảng',
    )
  })

  it('leaves paragraphs that are in both whole', () => {
    expect(diffParagraphs(['Một.', 'Hai.', 'Ba.'], ['Một.', 'Hai rưỡi.', 'Ba.', 'Bốn.']).map(shown)).toEqual([
      'Một.',
      '{-Hai.-}{+Hai rưỡi.+}',
      'Ba.',
      '{+Bốn.+}',
    ])
  })

  it('does not mix the words of two paragraphs that have nothing in common', () => {
    const before = 'Các cấp uỷ, tổ chức đảng đã chủ động rà soát, đánh giá, phân tích chất lượng quần chúng.'
    const after = '## Phát biểu chỉ đạo'
    expect(diffParagraphs([before], [after]).map(shown)).toEqual([`{-${before}-}`, `{+${after}+}`])
    expect(diffParagraphs([before], [`${before} Thêm nữa.`]).map(shown)).toEqual([`${before}{+ Thêm nữa.+}`])
    expect(diffParagraphs([`${before} ${'Dài. '.repeat(90)}`], [before])).toHaveLength(1)
  })

  it('gives back both texts, whatever they are', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 }).map((list) => list.join(' '))
    fc.assert(
      fc.property(words, words, (before, after) => {
        const changes = diffWords(before, after)
        const without = (kind: Change['kind']) =>
          changes
            .filter((change) => change.kind !== kind)
            .map((change) => change.text)
            .join('')
        expect(without('added')).toBe(before)
        expect(without('removed')).toBe(after)
      }),
    )
  })
})
