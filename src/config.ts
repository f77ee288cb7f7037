import { z } from 'zod'

const onOff = z.enum(['on', 'off'], { error: 'expected on or off' }).transform((v) => v === 'on')
const url = (protocols: string[], example: string) =>
  z.string().refine((v) => URL.canParse(v) && protocols.includes(new URL(v).protocol), {
    error: `expected an address like ${example}`,
  })
const int = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, { error: `expected a whole number from ${min} to ${max}` })
    .transform(Number)
    .refine((n) => n >= min && n <= max, { error: `expected a whole number from ${min} to ${max}` })
const secret = z.string().min(32, { error: 'expected at least 32 characters, e.g. from: openssl rand -hex 32' })

const schema = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: int(0, 65535).default(3000),
  BASE_URL: url(['http:', 'https:'], 'https://hoithao.example').optional(),
  DATABASE_URL: url(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/name').optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  DEMO: onOff.optional(),
  SMTP_URL: url(['smtp:', 'smtps:'], 'smtp://user:password@mail.example:587').optional(),
  MAIL_FROM: z.email({ error: 'expected an address like hoithao@example.vn' }).optional(),
  LINK_KEY: secret.optional(),
  AUTH_SECRET: secret.optional(),
  TRUST_PROXY: z.string().default(''),
  UPLOAD_MAX_MB: int(1, 2000).default(50),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], { error: 'expected debug, info, warn or error' })
    .default('info'),
})

export interface Config {
  host: string
  port: number
  /** Without a trailing slash; every link in mails and feeds starts with it. */
  baseUrl: string
  databaseUrl: string | undefined
  dataDir: string
  /** Demo data when the database is empty, and the mailbox at /dev/mailbox. */
  demo: boolean
  smtpUrl: string | undefined
  mailFrom: string
  linkKey: string | undefined
  authSecret: string | undefined
  trustProxy: string[]
  uploadMaxBytes: number
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/** A bad value: the message names the variable, what is wrong and what is expected, in one line. */
export class ConfigError extends Error {}

/**
 * Reads the configuration from an environment record; nothing else reads the environment. An empty value counts as absent.
 * @throws ConfigError with one line
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, v]) => v !== undefined && v.trim() !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const name = String(issue?.path[0])
    const shown = /KEY|SECRET|URL/.test(name) ? '' : ` is “${given[name]}”`
    throw new ConfigError(`${name}${shown}: ${issue?.message}`)
  }
  const e = parsed.data
  const baseUrl = (e.BASE_URL ?? `http://localhost:${e.PORT}`).replace(/\/+$/, '')
  return {
    host: e.HOST,
    port: e.PORT,
    baseUrl,
    databaseUrl: e.DATABASE_URL,
    dataDir: e.DATA_DIR,
    demo: e.DEMO ?? e.DATABASE_URL === undefined,
    smtpUrl: e.SMTP_URL,
    mailFrom: e.MAIL_FROM ?? `hoithao@${new URL(baseUrl).hostname}`,
    linkKey: e.LINK_KEY,
    authSecret: e.AUTH_SECRET,
    trustProxy: e.TRUST_PROXY.split(',')
      .map((s) => s.trim())
      .filter(Boolean),
    uploadMaxBytes: e.UPLOAD_MAX_MB * 1024 * 1024,
    logLevel: e.LOG_LEVEL,
  }
}
