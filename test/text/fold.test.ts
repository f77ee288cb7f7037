import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cleanLine,
  cleanText,
  compareNames,
  fold,
  hasControlCharacters,
  lowerFirst,
  nfc,
  plainAscii,
  slugify,
  splitVietnameseName,
  upperFirst,
} from '../../src/text/fold.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 60 })

// The same names composed, decomposed, and half composed as CP1258 keyboards type them.
const SPELLINGS = [
  [
    'Thành ủy Uông Bí',
    'Tha\u0300nh u\u0309y Uo\u0302ng Bi\u0301',
    'Tha\u0300nh u\u0309y U\xf4ng Bi\u0301',
    'thanh uy uong bi',
  ],
  [
    'Nguyễn Văn Đức',
    'Nguye\u0302\u0303n Va\u0306n \u0110u\u031b\u0301c',
    'Nguy\xea\u0303n V\u0103n \u0110\u01b0\u0301c',
    'nguyen van duc',
  ],
  ['Trần Thị Thuỷ', 'Tra\u0302\u0300n Thi\u0323 Thuy\u0309', 'Tr\xe2\u0300n Thi\u0323 Thuy\u0309', 'tran thi thuy'],
  ['Hoàng Quốc Trung', 'Hoa\u0300ng Quo\u0302\u0301c Trung', 'Hoa\u0300ng Qu\xf4\u0301c Trung', 'hoang quoc trung'],
  [
    'Đặng Thị Ngọc Ánh',
    '\u0110a\u0323\u0306ng Thi\u0323 Ngo\u0323c A\u0301nh',
    '\u0110\u0103\u0323ng Thi\u0323 Ngo\u0323c A\u0301nh',
    'dang thi ngoc anh',
  ],
  [
    'đảng viên mới',
    '\u0111a\u0309ng vie\u0302n mo\u031b\u0301i',
    '\u0111a\u0309ng vi\xean m\u01a1\u0301i',
    'dang vien moi',
  ],
  [
    'Ủy ban nhân dân phường',
    'U\u0309y ban nha\u0302n da\u0302n phu\u031bo\u031b\u0300ng',
    'U\u0309y ban nh\xe2n d\xe2n ph\u01b0\u01a1\u0300ng',
    'uy ban nhan dan phuong',
  ],
]

describe('fold', () => {
  it.each(SPELLINGS)('finds %s however it was typed', (composed, decomposed, halfComposed, folded) => {
    expect([composed, decomposed, halfComposed].map(nfc)).toEqual([composed, composed, composed])
    expect([composed, decomposed, halfComposed].map(fold)).toEqual([folded, folded, folded])
  })

  it.each([
    ['THÀNH UỶ', 'thanh uy'],
    ['ĐđÐð', 'dddd'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['İ', 'i'],
    ['', ''],
  ])('folds %s', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  it('changes nothing when it is done twice', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(fold(fold(text))).toBe(fold(text))
      }),
    )
  })
})

describe('input', () => {
  it.each([
    ['  Nguyễn   Văn\tA ', 'Nguyễn Văn A'],
    ['Nguyễn Văn A\r\nBcc: x@y.example', 'Nguyễn Văn A Bcc: x@y.example'],
    ['a\u0000b\u007fc\u0085d', 'a b c d'],
    ['a\u2028b', 'a b'],
    ['abc\u202edef\u200b\ufeff', 'abcdef'],
    ['Nguye\u0302\u0303n\u00a0A', 'Nguyễn A'],
    ['ph\u00ad\u00eang', 'ph\u00ad\u00eang'],
    ['\ud800x', '\ufffdx'],
    [' \n ', ''],
  ])('cleans the line %j', (text, expected) => {
    expect(cleanLine(text)).toBe(expected)
  })

  it.each([
    [' một\r\nhai\rba\n\nbốn ', 'một\nhai\nba\n\nbốn'],
    ['- một\n\t- hai  \nba', '- một\n\t- hai  \nba'],
    ['a\u0000b\u0008c\u2029d', 'abc\nd'],
  ])('cleans the text %j', (text, expected) => {
    expect(cleanText(text)).toBe(expected)
  })

  it('leaves clean input as it is, composed and without controls', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = cleanLine(text)
        expect(cleanLine(line)).toBe(line)
        expect(line).toBe(line.normalize('NFC'))
        expect(hasControlCharacters(line)).toBe(false)
        expect(cleanText(cleanText(text))).toBe(cleanText(text))
      }),
    )
  })

  it.each([
    ['Nguyễn Văn A', false],
    ['Nguyễn\tVăn A', false],
    ['A\r', true],
    ['A\nB', true],
    ['A\u0000', true],
    ['A\u2028B', true],
  ])('tells whether %j holds control characters', (text, expected) => {
    expect(hasControlCharacters(text)).toBe(expected)
  })
})

describe('names', () => {
  it.each([
    ['Nguyễn Chiến Thắng', 'Nguyễn', 'Chiến', 'Thắng'],
    ['Đặng Thị Ngọc Ánh', 'Đặng', 'Thị Ngọc', 'Ánh'],
    [' Phạm  Hà ', 'Phạm', '', 'Hà'],
    ['Hoàn', '', '', 'Hoàn'],
    ['', '', '', ''],
  ])('splits %j', (name, family, middle, given) => {
    expect(splitVietnameseName(name)).toEqual({ family, middle, given })
  })

  it('puts people in order by given name, then family, then middle name', () => {
    const names = [
      'Nguyễn Văn Đức',
      'Trần Thị Dung',
      'Hoàng Quốc Trung',
      'Đặng Ngọc Ánh',
      'Lê Văn An',
      'Hoàng An Trung',
    ]
    expect(names.sort(compareNames)).toEqual([
      'Lê Văn An',
      'Đặng Ngọc Ánh',
      'Trần Thị Dung',
      'Nguyễn Văn Đức',
      'Hoàng An Trung',
      'Hoàng Quốc Trung',
    ])
    expect(compareNames({ family: 'Lê', middle: '', given: 'Ba' }, 'Lê Bá')).toBeLessThan(0)
  })
})

describe('text for narrow places', () => {
  it.each([
    ['Thành ủy Uông Bí: “Đổi mới” – 2,4%…', 'Thanh uy Uong Bi: "Doi moi" - 2,4%...'],
    ['Ðảng\u00a0bộ · phường', 'Dang bo - phuong'],
    ['một\nhai 🙂', 'mot\nhai '],
  ])('writes %j without diacritics', (text, expected) => {
    expect(plainAscii(text)).toBe(expected)
  })

  it('writes nothing but printable ASCII and line feeds', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(plainAscii(text)).toMatch(/^[\n -~]*$/)
      }),
    )
  })

  it.each([
    ['Hội thảo chuyên đề “Đảng viên mới”', 'hoi-thao-chuyen-de-dang-vien-moi'],
    ["Strengthening the Party's leadership", 'strengthening-the-partys-leadership'],
    [
      'Tăng cường sự lãnh đạo của Đảng đối với công tác phát triển đảng viên trong tình hình mới',
      'tang-cuong-su-lanh-dao-cua-dang-doi-voi-cong-tac-phat-trien-dang-vien-trong-tinh',
    ],
    ['x'.repeat(100), 'x'.repeat(80)],
    ['🙂', ''],
  ])('makes an address of %s', (text, slug) => {
    expect(slugify(text)).toBe(slug)
  })

  it('makes addresses of at most 80 letters, digits and single hyphens', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(slugify(text)).toMatch(/^([a-z0-9]+(-[a-z0-9]+)*)?$/)
        expect(slugify(text).length).toBeLessThanOrEqual(80)
        expect(slugify(slugify(text))).toBe(slugify(text))
      }),
    )
  })

  it('turns the first letter alone, and leaves abbreviations', () => {
    expect(upperFirst('đồng chí A')).toBe('Đồng chí A')
    expect(lowerFirst('Thematic workshop')).toBe('thematic workshop')
    expect(lowerFirst('ASEAN workshop')).toBe('ASEAN workshop')
    expect([upperFirst(''), lowerFirst('')]).toEqual(['', ''])
  })
})
