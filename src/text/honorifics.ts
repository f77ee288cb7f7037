import type { Locale } from '../context.ts'

/** How an organisation addresses people: đồng chí · ông/bà · thầy/cô. */
export type HonorificStyle = 'comrade' | 'neutral' | 'academic'

const VI: Record<HonorificStyle, Record<'male' | 'female' | 'unknown', string>> = {
  comrade: { male: 'đồng chí', female: 'đồng chí', unknown: 'đồng chí' },
  neutral: { male: 'ông', female: 'bà', unknown: 'ông/bà' },
  academic: { male: 'thầy', female: 'cô', unknown: 'thầy/cô' },
}

/** The word that addresses one person: `đồng chí`, `bà`, `thầy/cô`. English has none of its own: empty. */
export function honorific(style: string, gender: string | null, locale: Locale): string {
  if (locale === 'en') return ''
  return VI[style as HonorificStyle][gender === 'male' || gender === 'female' ? gender : 'unknown']
}
