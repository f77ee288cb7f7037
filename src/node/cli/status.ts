import { readConfig } from '../../config.ts'
import { findStatus } from '../../features/deployment/queries/status.ts'
import { findTroubles } from '../../features/deployment/rules.ts'
import type { Status } from '../../features/deployment/schema.ts'
import { sizeInWords } from '../../features/files/rules.ts'
import { type TextKey, translator } from '../../i18n.ts'
import { readMigrations } from '../../platform/project.ts'
import { build, version } from '../../version.ts'
import { openFiles } from '../files.ts'
import type { Options, Say } from './options.ts'
import { withDatabase } from './work.ts'

/** `status`: how the whole deployment stands, beside a running server; `--json` for programs. */
export async function printStatus(options: Options, say: Say): Promise<void> {
  const files = await openFiles(readConfig(process.env))
  const program = { version, build, migrations: (await readMigrations()).length }
  const status = await withDatabase(({ db }) => findStatus(db, files, program))
  const troubles = findTroubles(status).map(({ code, params }) => ({ code, text: troubleText(code, params) }))
  if (options.json) return say(JSON.stringify({ ...status, troubles }, null, 1))
  for (const line of [...inWords(status), ...troubles.map(({ text }) => `!         ${text}`)]) say(line)
}

const troubleText = (code: string, params: Record<string, string | number>) =>
  translator('en')(`deployment:trouble.${code}` as TextKey, params)

const age = (seconds: number) =>
  seconds < 120
    ? `${Math.round(seconds)} s`
    : seconds < 7200
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3600)} h`

function inWords(status: Status): string[] {
  const { program, database, outbox, stores, seen, tasks, lastBackup, stops } = status
  const size = (bytes: number) => sizeInWords(bytes, 'en')
  const since = (at: Date) => age((status.at.getTime() - at.getTime()) / 1000)
  return [
    `version   ${program.version}${program.build ? ` (built ${program.build})` : ''}`,
    `database  Postgres ${database.version}, ${size(database.bytes)}, ${status.migrations} of ${program.migrations} migrations`,
    ...seen.map((one) => `instance  ${one.id}, version ${one.version}, since ${since(one.startedAt)}`),
    ...(seen.length ? [] : ['instance  none gives signs of life']),
    `outbox    ${outbox.queued + outbox.sending} wait, ${outbox.bounced + outbox.failed} did not arrive${outbox.oldestDueSeconds === null ? '' : `, due for ${age(outbox.oldestDueSeconds)}`}`,
    ...stops.map((stop) => `stop      ${stop.scope}, since ${since(stop.since)}, at ${stop.stage}: ${stop.reply}`),
    `files     ${stores.files} (${size(stores.bytes)}), ${stores.setAside} put aside, ${status.filesWaiting} wait for the scanner${stores.space ? `; ${size(stores.space.free)} of ${size(stores.space.total)} free` : ''}`,
    `scanner   ${status.scanner ? (status.scanner.error === null ? 'answers' : `silent for ${since(status.scanner.since)}: ${status.scanner.error}`) : 'none is set'}`,
    `uploads   ${status.uploadsOpen} on their way; ${status.callsOpen} calls to make`,
    `backup    ${lastBackup ? `${since(lastBackup.madeAt)} ago, in ${lastBackup.place} (${size(lastBackup.bytes)})` : 'none is known'}`,
    `LINK_KEY  ${status.linkKeySince ? `in use for ${since(status.linkKeySince)}` : 'not known yet'}`,
    ...tasks.map(
      (one) =>
        `task      ${one.task}: ${one.finishedAt ? `ended ${age(one.ageSeconds)} ago` : `runs for ${age(one.ageSeconds)}`}${one.error ? `, failed: ${one.error}` : ''}`,
    ),
  ]
}
