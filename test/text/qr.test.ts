import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { qrModules, qrSvg } from '../../src/text/qr.ts'

const drawn = (text: string) => qrModules(text).map((row) => row.map((dark) => (dark ? '#' : '.')).join(''))

describe('a QR code', () => {
  it('is, module by module, the code that readers have read', () => {
    expect(drawn('A')).toEqual(GOLDEN)
  })

  it('grows with its text, up to what version 20 holds', () => {
    expect([1, 14, 15, 100, 660].map((n) => qrModules('x'.repeat(n)).length)).toEqual([21, 21, 25, 41, 97])
    expect(() => qrModules('x'.repeat(670))).toThrow(RangeError)
  })

  it('has its three finders, its timing and its dark module, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 120, unit: 'grapheme' }), (text) => {
        const code = drawn(text)
        const size = code.length
        for (const [x, y] of [
          [0, 0],
          [size - 7, 0],
          [0, size - 7],
        ] as const) {
          expect(code.slice(y, y + 7).map((row) => row.slice(x, x + 7))).toEqual([
            '#######',
            '#.....#',
            '#.###.#',
            '#.###.#',
            '#.###.#',
            '#.....#',
            '#######',
          ])
        }
        expect(code[6]?.slice(8, size - 8)).toMatch(/^(#\.)*#$/)
        expect(code[size - 8]?.[8]).toBe('#')
      }),
      { numRuns: 60 },
    )
  })

  it('is a picture with its quiet zone and a name that cannot break out', () => {
    const svg = qrSvg('https://hoithao.example', '"><script>')
    expect(svg).toContain('viewBox="0 0 33 33"')
    expect(svg).not.toContain('<script>')
  })
})
// Read back by zbar 0.23 as “A”.
const GOLDEN = [
  '#######.#..#..#######',
  '#.....#.#####.#.....#',
  '#.###.#...#.#.#.###.#',
  '#.###.#.##.##.#.###.#',
  '#.###.#..###..#.###.#',
  '#.....#..#.##.#.....#',
  '#######.#.#.#.#######',
  '........##.##........',
  '#.##.###..###.#..#.##',
  '.#.##..#.#.####..#...',
  '##..###.##.#.....##.#',
  '#.##.#.....#..#####..',
  '#..####..#..#..#..#..',
  '........#.##..#..#..#',
  '#######.#..##..#.#...',
  '#.....#.##.....##.##.',
  '#.###.#..##.#####...#',
  '#.###.#.####..######.',
  '#.###.#.#.#.#.##.....',
  '#.....#...#..#.#..#.#',
  '#######.#....#..#....',
]
