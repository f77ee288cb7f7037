type Rgb = [number, number, number]

/** Linear sRGB of an OKLab colour (Björn Ottosson, 2020; CSS Color 4 section 10.1); parts outside 0…1 are out of gamut. */
function toLinear(lightness: number, chroma: number, hue: number): Rgb {
  const angle = (hue * Math.PI) / 180
  const a = chroma * Math.cos(angle)
  const b = chroma * Math.sin(angle)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

function inGamut(rgb: Rgb): boolean {
  return rgb.every((part) => part >= -0.0001 && part <= 1.0001)
}

function toByte(linear: number): string {
  const x = Math.min(1, Math.max(0, linear))
  const encoded = x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055
  return Math.round(encoded * 255)
    .toString(16)
    .padStart(2, '0')
}

/**
 * An oklch colour as `#rrggbb`, for mail readers, which know no oklch. Lightness 0…1, hue in degrees; a colour that sRGB
 * does not have loses chroma until it does, and keeps its hue and lightness (CSS Color 4 section 13.2).
 */
export function oklchToHex(lightness: number, chroma: number, hue: number): string {
  let rgb = toLinear(lightness, chroma, hue)
  if (!inGamut(rgb)) {
    let low = 0
    let high = chroma
    for (let i = 0; i < 20; i++) {
      const middle = (low + high) / 2
      if (inGamut(toLinear(lightness, middle, hue))) low = middle
      else high = middle
    }
    rgb = toLinear(lightness, low, hue)
  }
  return `#${rgb.map(toByte).join('')}`
}

/** Contrast of two colours `#rrggbb`, 1…21 (WCAG 2.2, "contrast ratio"). */
export function contrastRatio(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
