import { access, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Temporal } from '../../temporal.ts'
import { MANIFEST } from './manifest.ts'

const NAME = /^\d{4}-\d{2}-\d{2}T\d{6}Z$/
const DAY_MS = 86_400_000

/** The folder of a backup by its moment: `2026-11-24T191500Z`. Sorted by name they are sorted by time. */
export const nameOf = (at: Date) => `${at.toISOString().slice(0, 19).replaceAll(':', '')}Z`

const momentOf = (name: string) => Date.parse(name.replace(/T(\d\d)(\d\d)(\d\d)Z$/, 'T$1:$2:$3Z'))

/** The whole backups in a folder, oldest first; what lies there besides is nobody's business. */
export async function listBackups(into: string): Promise<string[]> {
  const names = (await readdir(into)).filter((name) => NAME.test(name)).sort()
  const whole = await Promise.all(
    names.map((name) =>
      access(join(into, name, MANIFEST)).then(
        () => true,
        () => false,
      ),
    ),
  )
  return names.filter((_, i) => whole[i])
}

/** Makes one more backup in a folder, then removes the oldest beyond `keep`. Where making it fails, none is removed. */
export async function backUpInto(
  into: string,
  keep: number,
  make: (to: string) => Promise<void>,
  now = new Date(),
): Promise<{ to: string; removed: string[] }> {
  await mkdir(into, { recursive: true, mode: 0o700 })
  const to = join(into, nameOf(now))
  await make(to)
  const removed = (await listBackups(into)).slice(0, -keep)
  for (const name of removed) await rm(join(into, name), { recursive: true })
  return { to, removed }
}

/** Whether the newest backup in a folder is older than a day, or there is none. */
export async function isDue(into: string, now = new Date()): Promise<boolean> {
  await mkdir(into, { recursive: true, mode: 0o700 })
  const newest = (await listBackups(into)).at(-1)
  return newest === undefined || now.getTime() - momentOf(newest) > DAY_MS
}

/** How many milliseconds until the clock of a zone shows `02:15` next. */
export function untilNext(time: string, zone: string, now = new Date()): number {
  const at = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone)
  const today = at.withPlainTime(time)
  const next = Temporal.ZonedDateTime.compare(today, at) > 0 ? today : at.add({ days: 1 }).withPlainTime(time)
  return next.epochMilliseconds - at.epochMilliseconds
}
