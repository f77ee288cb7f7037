import type { Locale } from '../context.ts'

export const seminarKinds = ['hoi_thao', 'hoi_nghi', 'toa_dam'] as const
export type SeminarKind = (typeof seminarKinds)[number]

const WORDS: Record<Locale, Record<SeminarKind, string>> = {
  vi: { hoi_thao: 'hội thảo', hoi_nghi: 'hội nghị', toa_dam: 'tọa đàm' },
  en: { hoi_thao: 'workshop', hoi_nghi: 'conference', toa_dam: 'round table' },
}

/** The seminar's kind as a common noun, in lower case: `hội thảo`, `workshop`. */
export function kindWord(kind: SeminarKind, locale: Locale): string {
  return WORDS[locale][kind]
}
