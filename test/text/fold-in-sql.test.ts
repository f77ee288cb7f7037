import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fold } from '../../src/text/fold.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase({ max: 1 })
})
afterAll(async () => {
  await database.drop()
})

/** Latin with Vietnamese, marks, Greek and Cyrillic: what names and titles here are written in. */
const RANGES: [number, number][] = [
  [0x01, 0x24f],
  [0x300, 0x36f],
  [0x370, 0x3ff],
  [0x400, 0x45f],
  [0x1e00, 0x1eff],
]

it('folds in the database exactly as in the program', async () => {
  const letters = RANGES.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)),
  )
  const words = fc.sample(fc.string({ unit: fc.constantFrom(...letters), minLength: 2, maxLength: 12 }), 2000)
  const texts = [...letters, ...words]
  const rows = await database.sql<{ folded: string }[]>`
    select fold(t) as folded from unnest(${texts}::text[]) with ordinality as texts (t, n) order by n`
  expect(rows.map((row) => row.folded)).toEqual(texts.map(fold))
})
