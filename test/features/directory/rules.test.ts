import { expect, it } from 'vitest'
import { describePosition, isValidOn, mayMoveUnder, type UnitNames } from '../../../src/features/directory/rules.ts'

const unit = (facts: Partial<UnitNames>): UnitNames => ({
  name: '',
  short_name: null,
  name_en: null,
  committee_name: null,
  type: null,
  parent: null,
  ...facts,
})
const city = { name: 'Thành ủy Minh Hà', name_en: 'Minh Hà City Party Committee' }
const ward = { name: 'Đảng bộ phường Mẫu A', name_en: null }
const cell = unit({
  name: 'Chi bộ khu 4 phường Mẫu A',
  short_name: 'Chi bộ khu 4',
  type: 'chi bộ trực thuộc đảng bộ cơ sở',
  parent: ward,
})

it.each([
  ['Bí thư', cell, 'Bí thư Chi bộ khu 4, Đảng bộ phường Mẫu A'],
  [
    'Bí thư',
    unit({ name: 'Chi bộ khu 4, Đảng bộ phường Mẫu A', type: 'chi bộ trực thuộc', parent: ward }),
    'Bí thư Chi bộ khu 4, Đảng bộ phường Mẫu A',
  ],
  [
    'Bí thư',
    unit({ name: 'Đảng bộ phường Mẫu A', committee_name: 'Đảng ủy phường Mẫu A', type: 'đảng bộ cơ sở', parent: city }),
    'Bí thư Đảng ủy phường Mẫu A',
  ],
  [
    'Bí thư',
    unit({ name: 'Chi bộ Tòa án nhân dân thành phố', type: 'chi bộ cơ sở', parent: city }),
    'Bí thư Chi bộ Tòa án nhân dân thành phố',
  ],
  ['Trưởng Ban', unit({ name: 'Ban Tổ chức Thành ủy', parent: city }), 'Trưởng Ban Tổ chức Thành ủy'],
  ['Chánh Văn phòng', unit({ name: 'Văn phòng Thành ủy', parent: city }), 'Chánh Văn phòng Thành ủy'],
  ['Phó Bí thư, Chủ tịch UBND thành phố', unit(city), 'Phó Bí thư Thành ủy Minh Hà, Chủ tịch UBND thành phố'],
  ['Chủ tịch', unit({ name: 'Hội đồng nhân dân thành phố' }), 'Chủ tịch Hội đồng nhân dân thành phố'],
])('prints %s at a unit in Vietnamese: %#', (title, at, printed) => {
  expect(describePosition(at, { title, title_en: null }, 'vi')).toBe(printed)
})

it('prints English where there is an English title, and the Vietnamese text else', () => {
  const secretary = { title: 'Bí thư', title_en: 'Secretary' }
  expect(describePosition(unit(city), secretary, 'en')).toBe('Secretary, Minh Hà City Party Committee')
  expect(describePosition(cell, secretary, 'en')).toBe('Secretary, Chi bộ khu 4, Đảng bộ phường Mẫu A')
  expect(describePosition(cell, { ...secretary, title_en: null }, 'en')).toBe(
    'Bí thư Chi bộ khu 4, Đảng bộ phường Mẫu A',
  )
})

it('holds from the first day to the last, both included', () => {
  const held = { valid_from: '2024-06-01', valid_to: '2025-06-30' }
  expect(['2024-05-31', '2024-06-01', '2025-06-30', '2025-07-01'].map((day) => isValidOn(held, day))).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect(isValidOn({ valid_from: null, valid_to: null }, '1900-01-01')).toBe(true)
})

it('refuses a move under oneself or under what is below', () => {
  expect([
    mayMoveUnder('1a/', '1a/'),
    mayMoveUnder('1a/', '1a/2b/'),
    mayMoveUnder('1a/2b/', '1a/'),
    mayMoveUnder('1a/', '3c/'),
  ]).toEqual([false, false, true, true])
})
