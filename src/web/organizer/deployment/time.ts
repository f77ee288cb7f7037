import type { Page } from '../../../env.ts'

/** `40 giây`, `12 phút`, `5 giờ`, `3 ngày`. */
export function ago({ t }: Page, seconds: number): string {
  if (seconds < 120) return t('deployment:ago.seconds', { count: Math.round(seconds) })
  if (seconds < 7200) return t('deployment:ago.minutes', { count: Math.round(seconds / 60) })
  if (seconds < 48 * 3600) return t('deployment:ago.hours', { count: Math.round(seconds / 3600) })
  return t('deployment:ago.days', { count: Math.round(seconds / 86_400) })
}
