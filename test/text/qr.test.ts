import { expect, it } from 'vitest'
import { qrSvg } from '../../src/text/qr.ts'

it('draws a code with its quiet zone and a name that cannot break out', () => {
  const svg = qrSvg('https://hoithao.test/s/hoi-thao', 'Hội thảo <b>"&')
  expect(svg).toMatch(/^<svg .*viewBox="0 0 (\d+) \1"/)
  expect(svg).toContain('aria-label="Hội thảo &#60;b&#62;&#34;&#38;"')
  // The first finder begins after four modules of quiet: a row of seven.
  expect(svg).toContain('M4 4h7v1h-7z')
})
