import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ConfigError } from '../../config.ts'
import { DomainError } from '../../errors.ts'
import { hasText, type TextKey, translator } from '../../i18n.ts'
import { adopt, renewAllLinks } from './adopt.ts'
import { createKey } from './api-key.ts'
import { backUp, restore } from './backup.ts'
import { createOwner } from './create-owner.ts'
import { loadDemoData, migrateDatabase, printDatabaseUrl } from './database.ts'
import { runDoctor } from './doctor.ts'
import { erasePersonContacts } from './erase.ts'
import type { Options, Say } from './options.ts'
import { fillQuarantine, listQuarantine, restoreQuarantine } from './quarantine.ts'
import { printRoutes } from './routes.ts'
import { printStatus } from './status.ts'

interface Command {
  usage: string
  options: NonNullable<ParseArgsConfig['options']>
  run(options: Options, say: Say): Promise<void>
}

const text = { type: 'string' } as const
const commands: Record<string, Command> = {
  migrate: { usage: '', options: {}, run: migrateDatabase },
  demo: { usage: '', options: {}, run: loadDemoData },
  'database-url': { usage: '', options: {}, run: printDatabaseUrl },
  'create-owner': {
    usage: '--organization <slug> --email <address> --name <name> [--organization-name <name>] [--password-stdin]',
    options: {
      organization: text,
      'organization-name': text,
      email: text,
      name: text,
      'password-stdin': { type: 'boolean' },
    },
    run: createOwner,
  },
  'api-key create': {
    usage: '--organization <slug> --name <name> [--scopes read,write,admin] [--expires 90d]',
    options: { organization: text, name: text, scopes: text, expires: text },
    run: createKey,
  },
  backup: {
    usage: '--to <folder> | --into <folder> [--keep 14] [--nightly 02:15]',
    options: { to: text, into: text, keep: text, nightly: text },
    run: backUp,
  },
  restore: {
    usage: '--from <folder> [--other-keys]',
    options: { from: text, 'other-keys': { type: 'boolean' } },
    run: restore,
  },
  'erase-contacts': {
    usage: '--organization <slug> --email <address>',
    options: { organization: text, email: text },
    run: erasePersonContacts,
  },
  adopt: {
    usage: '[--files] [--link-key]',
    options: { files: { type: 'boolean' }, 'link-key': { type: 'boolean' } },
    run: adopt,
  },
  'quarantine list': { usage: '', options: {}, run: listQuarantine },
  'quarantine restore': { usage: '', options: {}, run: restoreQuarantine },
  'quarantine fill': { usage: '', options: {}, run: fillQuarantine },
  'renew-links': { usage: '', options: {}, run: renewAllLinks },
  doctor: {
    usage: '[--dns <server>] [--dkim-selector <selector>] [--to <address>] [--json]',
    options: { dns: text, 'dkim-selector': text, to: text, json: { type: 'boolean' } },
    run: runDoctor,
  },
  status: { usage: '[--json]', options: { json: { type: 'boolean' } }, run: printStatus },
  routes: { usage: '', options: {}, run: printRoutes },
}

/** Runs one command. Errors are one line on standard error. @returns the exit code */
export async function main(argv: string[]): Promise<number> {
  const name = [2, 1].map((words) => argv.slice(0, words).join(' ')).find((words) => Object.hasOwn(commands, words))
  const command = name === undefined ? undefined : commands[name]
  if (name === undefined || !command) {
    console.error(
      `usage: npm run --silent cli -- <command>\n${Object.entries(commands)
        .map(([word, { usage }]) => `  ${word} ${usage}`.trimEnd())
        .join('\n')}`,
    )
    return argv.length ? 1 : 0
  }
  try {
    const { values } = parseArgs({ args: argv.slice(name.split(' ').length), options: command.options, strict: true })
    await command.run(values as Options, (line) => console.log(line))
    return 0
  } catch (error) {
    console.error(`${name}: ${inOneLine(error)}`)
    return 1
  }
}

function inOneLine(error: unknown): string {
  if (error instanceof ConfigError) return `configuration: ${error.message}`
  if (!(error instanceof DomainError)) return String((error as Error).message ?? error).split('\n')[0] as string
  const t = translator('en')
  const [field] = error.fields
  if (field) {
    const key = [`errors:field.${field.code}`, `errors:${field.code}`].find(hasText) ?? 'errors:field.invalid'
    return `--${field.field}: ${t(key as TextKey, { field: field.field, ...field.params })}`
  }
  const own = `errors:${error.detail}`
  return t((hasText(own) ? own : `errors:text.${error.code}`) as TextKey, error.params)
}
