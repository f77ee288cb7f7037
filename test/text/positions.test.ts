import { expect, it } from 'vitest'
import { printedPositions } from '../../src/text/positions.ts'

const at = (title: string, unit: string) => ({ title, unit })

it.each([
  [[at('Phó Bí thư', 'Thành ủy')], ['Phó Bí thư Thành ủy']],
  [
    [at('Uỷ viên BTV', 'Thành ủy'), at('Trưởng Ban Tổ chức', 'Thành ủy')],
    ['Uỷ viên BTV', 'Trưởng Ban Tổ chức Thành ủy'],
  ],
  [
    [at('Uỷ viên BTV', 'Thành ủy'), at('Trưởng Ban Tuyên giáo', 'Thành ủy'), at('Giám đốc', 'Trung tâm Chính trị')],
    ['Uỷ viên BTV', 'Trưởng Ban Tuyên giáo Thành ủy', 'Giám đốc Trung tâm Chính trị'],
  ],
  [
    [at('Bí thư', 'Đảng ủy'), at('Chủ tịch', 'HĐND phường'), at('Ủy viên', 'Đảng ủy')],
    ['Bí thư Đảng ủy', 'Chủ tịch HĐND phường', 'Ủy viên Đảng ủy'],
  ],
  [[at('Nhà văn', '')], ['Nhà văn']],
  [
    ['Ủy viên Thành ủy', 'Trưởng ban Thành ủy'],
    ['Ủy viên Thành ủy', 'Trưởng ban Thành ủy'],
  ],
  [[], []],
])('names a unit that neighbours share once, last, and keeps printed text: %j', (positions, printed) => {
  expect(printedPositions(positions)).toEqual(printed)
})
