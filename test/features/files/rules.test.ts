import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  contentDisposition,
  displayName,
  requestedRange,
  sizeInWords,
  validKey,
} from '../../../src/features/files/rules.ts'

describe('display names', () => {
  it.each([
    ['Tham luận Chi bộ 4.docx', 'docx', 'Tham luận Chi bộ 4.docx'],
    ['Tham luận.DOCX', 'docx', 'Tham luận.docx'],
    ['C:\\Users\\a\\bai.docx', 'docx', 'bai.docx'],
    ['../../etc/passwd', 'pdf', 'passwd.pdf'],
    ['bai.docx', 'pdf', 'bai.pdf'],
    ['bai.exe', 'pdf', 'bai.exe.pdf'],
    ['bài\u202efdp.exe', 'pdf', 'bàifdp.exe.pdf'],
    ['a\r\nSet-Cookie: x.pdf', 'pdf', 'a Set-Cookie x.pdf'],
    ['.pdf', 'pdf', 'tham-luan.pdf'],
    ['', 'pdf', 'tham-luan.pdf'],
    [undefined, 'pdf', 'tham-luan.pdf'],
  ])('%j with content of %s is shown as %s', (given, extension, shown) => {
    expect(displayName(given, extension, 'tham-luan')).toBe(shown)
  })

  it('composes letters (NFC)', () => {
    expect(displayName('Tham luận.docx'.normalize('NFD'), 'docx', 'x')).toBe('Tham luận.docx'.normalize('NFC'))
  })

  it('yields a safe name and header for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (given) => {
        const name = displayName(given, 'docx', 'x')
        expect(name).toMatch(/^[^/\\<>:"|?*\p{Cc}\u202a-\u202e]+\.docx$/u)
        expect(name.length).toBeLessThanOrEqual(150)
        expect(name.isWellFormed()).toBe(true)
        expect(contentDisposition('attachment', name)).toMatch(
          /^attachment; filename="[\w.() -]+"; filename\*=UTF-8''[\w.%~-]+$/,
        )
      }),
    )
  })
})

it('writes a name for old and new browsers', () => {
  expect(contentDisposition('attachment', 'Bài đọc (1).pdf')).toBe(
    `attachment; filename="Bai doc (1).pdf"; filename*=UTF-8''B%C3%A0i%20%C4%91%E1%BB%8Dc%20%281%29.pdf`,
  )
})

it('names sizes as people do', () => {
  expect([
    sizeInWords(10, 'vi'),
    sizeInWords(52_428_800, 'vi'),
    sizeInWords(1_300_000, 'vi'),
    sizeInWords(1_300_000, 'en'),
  ]).toEqual(['1 KB', '50 MB', '1,2 MB', '1.2 MB'])
})

it.each([
  [undefined, undefined],
  ['bytes=0-99', { start: 0, end: 99 }],
  ['bytes=900-', { start: 900, end: 999 }],
  ['bytes=-100', { start: 900, end: 999 }],
  ['bytes=-5000', { start: 0, end: 999 }],
  ['bytes=990-5000', { start: 990, end: 999 }],
  ['bytes=1000-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-1', undefined],
  ['bytes=0-1,3-4', undefined],
  ['lines=1-2', undefined],
])('reads the range %s of 1,000 bytes', (header, range) => {
  expect(requestedRange(header, 1000)).toEqual(range)
})

it.each(['../a', '/a', 'a/../b', 'a//b', 'a/.b', 'a\\b', '', 'a/b/c/d/e/f/g', 'a\0', 'a/'.padEnd(300, 'x')])(
  'does not take %j for a key',
  (key) => {
    expect(() => validKey(key)).toThrow(RangeError)
  },
)
