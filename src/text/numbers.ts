import type { Locale } from '../context.ts'

const TAG = { vi: 'vi-VN', en: 'en-GB' } as const

/** A count or measure: `7.480` in Vietnamese, `7,480` in English. Never for figures quoted in a summary: those are text. */
export function formatNumber(value: number, locale: Locale, maximumFractionDigits = 2): string {
  return new Intl.NumberFormat(TAG[locale], { maximumFractionDigits }).format(value)
}

/** A share of 1 as per cent: 0.024 is `2,4%` in Vietnamese, `2.4%` in English. */
export function formatPercent(share: number, locale: Locale): string {
  return new Intl.NumberFormat(TAG[locale], { style: 'percent', maximumFractionDigits: 1 }).format(share)
}

/** A size of bytes in decimal units (50_000_000 is `50 MB`), at most one place after the mark. */
export function formatBytes(bytes: number, locale: Locale): string {
  const units = ['byte', 'kB', 'MB', 'GB', 'TB']
  let size = bytes
  let unit = 0
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${formatNumber(size, locale, unit === 0 ? 0 : 1)} ${units[unit]}`
}

/** The text in “ ”, once: quotation marks typed around the whole of it are taken off first. */
export function quoted(text: string): string {
  const inner = /^[“"]([^“”"]*)[”"]$/.exec(text.trim())
  return `“${inner?.[1] ?? text}”`
}
