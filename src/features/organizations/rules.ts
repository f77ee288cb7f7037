import { contrastRatio, oklchToHex } from '../../text/oklch.ts'

/** Hues an organisation may pick at a glance; any other is a number of degrees. */
export const accentHues = [24, 50, 85, 130, 158, 195, 230, 258, 290, 325, 350] as const

/**
 * The least contrast of text in an organisation's accent, over the light and the dark scheme: as words on paper and as a
 * button's label. WCAG 2.2 AA (1.4.3) asks 4.5. The colours are those of `tokens.css`.
 */
export function accentContrast(hue: number): number {
  const light = oklchToHex(0.44, 0.155, hue)
  const dark = oklchToHex(0.74, 0.125, hue)
  return Math.min(
    contrastRatio(light, oklchToHex(0.965, 0.006, 85)),
    contrastRatio(light, oklchToHex(0.965, 0.016, hue)),
    contrastRatio('#ffffff', light),
    contrastRatio(dark, oklchToHex(0.28, 0.04, hue)),
    contrastRatio(oklchToHex(0.18, 0.02, hue), dark),
  )
}
