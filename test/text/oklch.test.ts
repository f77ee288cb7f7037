import { expect, it } from 'vitest'
import { oklchToHex } from '../../src/text/oklch.ts'

it.each([
  [0.62796, 0.25768, 29.234, '#ff0000'],
  [0.86644, 0.29483, 142.495, '#00ff00'],
  [0.45201, 0.31321, 264.052, '#0000ff'],
  [1, 0, 0, '#ffffff'],
  [0, 0, 0, '#000000'],
  [0.59987, 0, 0, '#808080'],
])('writes oklch(%d %d %d) as %s', (l, c, h, hex) => {
  expect(oklchToHex(l, c, h)).toBe(hex)
})

it('keeps the accent of every hue dark enough for white letters: 4.5:1 (WCAG 1.4.3)', () => {
  for (let hue = 0; hue < 360; hue++) {
    const channels = oklchToHex(0.44, 0.155, hue)
      .match(/[0-9a-f]{2}/g)!
      .map((x) => Number.parseInt(x, 16) / 255)
    const [r, g, b] = channels.map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)) as [
      number,
      number,
      number,
    ]
    expect(1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05)).toBeGreaterThan(4.5)
  }
})
