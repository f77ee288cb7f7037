import { type SeminarInput, seminarInput } from '../../../src/features/seminars/schema.ts'

export const longTheme = 'Tăng cường sự lãnh đạo của Đảng đối với công tác phát triển đảng viên trong tình hình mới'

/** What a filled-in form of a seminar parses to. */
export function seminarOf(overrides: Partial<Record<keyof SeminarInput, unknown>> = {}): SeminarInput {
  return seminarInput.parse({
    kind: 'hoi_thao',
    subtype: 'chuyên đề',
    theme: longTheme,
    host: 'Ban Thường vụ Thành ủy',
    venue: 'Hội trường Trung tâm Chính trị thành phố',
    startsLocal: '2026-12-15T14:00',
    endsLocal: '2026-12-15T17:00',
    ...overrides,
  })
}
