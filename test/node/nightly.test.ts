import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MANIFEST } from '../../src/node/backup/manifest.ts'
import { backUpInto, isDue, nameOf, untilNext } from '../../src/node/backup/nightly.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hoithao-nightly-'))
})
afterAll(() => rm(folder, { recursive: true }))

const make = async (to: string) => {
  await mkdir(to)
  await writeFile(join(to, MANIFEST), '{}')
}
const day = (n: number) => new Date(Date.UTC(2026, 10, n, 19, 15))

describe('backups by their moment', () => {
  it('are kept as many as are asked for, the newest; what lies there besides stays', async () => {
    await mkdir(join(folder, 'ours'))
    await mkdir(join(folder, nameOf(day(1))))
    for (let n = 2; n <= 6; n++) await backUpInto(folder, 3, make, day(n))
    expect((await readdir(folder)).sort()).toEqual(
      // The first one is not whole: it is no backup, and counts for none.
      [nameOf(day(1)), nameOf(day(4)), nameOf(day(5)), nameOf(day(6)), 'ours'].sort(),
    )
  })

  it('are not removed where the next one fails', async () => {
    await expect(backUpInto(folder, 1, async () => Promise.reject(new Error('full')), day(7))).rejects.toThrow('full')
    expect(await readdir(folder)).toContain(nameOf(day(4)))
  })

  it('are due where the newest is older than a day, or none is there', async () => {
    expect(await isDue(folder, day(7))).toBe(false)
    expect(await isDue(folder, new Date(day(7).getTime() + 1000))).toBe(true)
    expect(await isDue(join(folder, 'new'), day(7))).toBe(true)
  })
})

it.each([
  ['2026-11-24T19:00:00Z', 15 * 60_000],
  ['2026-11-24T19:15:00Z', 24 * 3_600_000],
  ['2026-11-24T19:16:00Z', 24 * 3_600_000 - 60_000],
])('02:15 in Vietnam comes next after %s in %d ms', (now, ms) => {
  expect(untilNext('02:15', 'Asia/Ho_Chi_Minh', new Date(now))).toBe(ms)
})
