import { z } from 'zod'

const onOff = z.enum(['on', 'off'], { error: 'expected on or off' }).transform((v) => v === 'on')
const url = (protocols: string[], example: string) =>
  z.string().refine((v) => URL.canParse(v) && protocols.includes(new URL(v).protocol), {
    error: `expected an address like ${example}`,
  })
/** Without what would end up in the middle of an address, or in the log. */
const isPlain = (v: string) => {
  const { search, hash, username, password } = new URL(v)
  return !/[?#]/.test(v) && !(search || hash || username || password)
}
/** Where links begin: a host, and nothing that would end up in the middle of an address. */
const origin = url(['http:', 'https:'], 'https://hoithao.example')
  .refine((v) => !URL.canParse(v) || (/^\/*$/.test(new URL(v).pathname) && isPlain(v)), {
    error: 'expected a host alone, like https://hoithao.example: no path, question mark, # or user',
  })
  .transform((v) => new URL(v).origin)
/** Addresses and ranges of proxies. A range of v4 addresses written in v6 would fit nothing. */
const proxy = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]).refine((v) => !/^::ffff:.*\//i.test(v))
const proxies = z
  .string()
  .default('')
  .transform((v) =>
    v
      .split(',')
      .map((s) => s.trim())
      .filter(Boolean),
  )
  .superRefine((entries, ctx) => {
    for (const entry of entries)
      if (!proxy.safeParse(entry).success)
        ctx.addIssue(
          `“${entry}” is none: expected addresses or ranges like 10.0.0.1, 172.16.0.0/12, fd00::/8, by commas`,
        )
  })
const int = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, { error: `expected a whole number from ${min} to ${max}` })
    .transform(Number)
    .refine((n) => n >= min && n <= max, { error: `expected a whole number from ${min} to ${max}` })
const secret = z.string().min(32, { error: 'expected at least 32 characters, e.g. from: openssl rand -hex 32' })
/** E-mail addresses by commas, in lower case. */
const addresses = z
  .string()
  .default('')
  .transform((v) =>
    v
      .split(',')
      .map((s) => s.trim().toLowerCase())
      .filter(Boolean),
  )
  .superRefine((entries, ctx) => {
    for (const entry of entries)
      if (!z.email().safeParse(entry).success)
        ctx.addIssue(`“${entry}” is none: expected e-mail addresses by commas, like ops@hoithao.example.vn`)
  })

/** An address or name that links can begin with, where BASE_URL is not set. */
const host = z.string().refine((v) => /^[^/?#@\\\s]+$/.test(v) && URL.canParse(`http://${ownHost(v)}`), {
  error: 'expected an address or name of this machine, like 127.0.0.1 or 0.0.0.0',
})
const processes = { error: 'expected a whole number from 1 to 64, or auto: one a core' }

const schema = z.object({
  HOST: host.default('127.0.0.1'),
  PORT: int(0, 65535).default(3000),
  BASE_URL: origin.optional(),
  PROCESSES: z
    .string()
    .refine((v) => v === 'auto' || int(1, 64).safeParse(v).success, processes)
    .transform((v) => (v === 'auto' ? v : Number(v)))
    .default(1),
  DATABASE_URL: url(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/name').optional(),
  DATABASE_POOLER: z
    .enum(['none', 'transaction'], { error: 'expected none, or transaction where DATABASE_URL leads to PgBouncer' })
    .default('none'),
  DATABASE_CONNECTIONS: int(2, 500).default(20),
  DRAIN_SECONDS: int(0, 60).default(0),
  CONNECTIONS_PER_ADDRESS: int(1, 1_000_000).default(1000),
  DATA_DIR: z.string().min(1).default('./data'),
  DEMO: onOff.optional(),
  SMTP_URL: url(['smtp:', 'smtps:'], 'smtp://user:password@mail.example:587').optional(),
  MAIL_FROM: z.email({ error: 'expected an address like hoithao@example.vn' }).optional(),
  LINK_KEY: secret.optional(),
  AUTH_SECRET: secret.optional(),
  TRUST_PROXY: proxies,
  UPLOAD_MAX_MB: int(1, 2000).default(50),
  S3_ENDPOINT: url(['http:', 'https:'], 'https://s3.example.vn')
    .refine((v) => !URL.canParse(v) || isPlain(v), { error: 'expected no question mark, # or user in it' })
    .optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'expected the name of a bucket, like hoithao-files' })
    .optional(),
  S3_REGION: z.string().min(1).optional(),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  CLAMD_URL: z
    .string()
    .refine((v) => readClamd(v) !== undefined, {
      error: 'expected an address like tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl',
    })
    .optional(),
  API_RATE_LIMIT: int(1, 1_000_000).default(600),
  METRICS_LISTEN: z
    .string()
    .refine((v) => readListen(v) !== undefined, { error: 'expected an address and a port like 127.0.0.1:9464' })
    .optional(),
  METRICS_TOKEN: secret.optional(),
  SLOW_QUERY_MS: int(1, 600_000).default(500),
  DEPLOYMENT_OWNERS: addresses,
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], { error: 'expected debug, info, warn or error' })
    .default('info'),
})

/** Every variable that is read. */
export const variables = Object.keys(schema.shape)

/** Where files are kept, when not in a folder. */
export interface S3Config {
  endpoint: string
  bucket: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}

export type ClamdConfig = { host: string; port: number } | { path: string }

export interface Config {
  host: string
  port: number
  /** How many processes serve; `auto`: one a core. Node only. */
  processes: number | 'auto'
  /** Without a trailing slash; every link in mails and feeds starts with it. */
  baseUrl: string
  databaseUrl: string | undefined
  /** The address is a pooler's that lends a connection for one transaction. */
  databasePooled: boolean
  /** How many connections this instance opens at most. */
  databaseConnections: number
  /** How long a balancer may still send requests after SIGTERM, until it has seen /readyz. */
  drainSeconds: number
  /** Connections that one address may hold open; Node only. */
  connectionsPerAddress: number
  dataDir: string
  /** Demo data when the database is empty, and the mailbox at /dev/mailbox. */
  demo: boolean
  smtpUrl: string | undefined
  mailFrom: string
  linkKey: string | undefined
  authSecret: string | undefined
  trustProxy: string[]
  uploadMaxBytes: number
  /** Requests of one API key a minute. */
  apiRateLimit: number
  s3: S3Config | undefined
  /** Where clamd listens, when files are to be scanned. */
  clamd: ClamdConfig | undefined
  /** Where figures are given without a token; Node only. */
  metricsListen: { host: string; port: number } | undefined
  /** With it /metrics answers who sends it. */
  metricsToken: string | undefined
  /** A statement that took longer stands in the log, milliseconds. */
  slowQueryMs: number
  /** Whose page /console/deployment is: addresses in lower case. */
  deploymentOwners: string[]
  /** Whether a standard variable of OpenTelemetry asks for traces; the rest of them its own library reads. Node only. */
  traces: boolean
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/** A bad value: the message names the variable, what is wrong and what is expected, in one line. */
export class ConfigError extends Error {}

/** Blanks around a value come from files and forms, and say nothing; a key that is in use so is left as it is. */
const trimmed = (name: string, value: string) => (['LINK_KEY', 'AUTH_SECRET'].includes(name) ? value : value.trim())

/**
 * Reads the configuration from an environment record; nothing else reads the environment. An empty value counts as absent.
 * @throws ConfigError with one line
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    variables.flatMap((name) => (env[name]?.trim() ? [[name, trimmed(name, env[name])]] : [])),
  )
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const name = String(issue?.path[0])
    const shown = /KEY|SECRET|TOKEN|URL|ENDPOINT/.test(name) ? '' : ` is “${given[name]}”`
    throw new ConfigError(`${name}${shown}: ${issue?.message}`.replace(/\p{Cc}+/gu, ' '))
  }
  const e = parsed.data
  const baseUrl = e.BASE_URL ?? `http://${ownHost(e.HOST)}:${e.PORT}`
  return {
    host: e.HOST,
    port: e.PORT,
    processes: e.PROCESSES,
    baseUrl,
    databaseUrl: e.DATABASE_URL,
    databasePooled: e.DATABASE_POOLER === 'transaction',
    databaseConnections: e.DATABASE_CONNECTIONS,
    drainSeconds: e.DRAIN_SECONDS,
    connectionsPerAddress: e.CONNECTIONS_PER_ADDRESS,
    dataDir: e.DATA_DIR,
    demo: e.DEMO ?? e.DATABASE_URL === undefined,
    smtpUrl: e.SMTP_URL,
    mailFrom: e.MAIL_FROM ?? `hoithao@${new URL(baseUrl).hostname}`,
    linkKey: e.LINK_KEY,
    authSecret: e.AUTH_SECRET,
    trustProxy: e.TRUST_PROXY,
    uploadMaxBytes: e.UPLOAD_MAX_MB * 1024 * 1024,
    apiRateLimit: e.API_RATE_LIMIT,
    s3: readS3(e),
    clamd: e.CLAMD_URL === undefined ? undefined : readClamd(e.CLAMD_URL),
    metricsListen: e.METRICS_LISTEN === undefined ? undefined : readListen(e.METRICS_LISTEN),
    metricsToken: e.METRICS_TOKEN,
    slowQueryMs: e.SLOW_QUERY_MS,
    deploymentOwners: e.DEPLOYMENT_OWNERS,
    traces: wantsTraces(env),
    logLevel: e.LOG_LEVEL,
  }
}

/** The host under which a browser reaches what listens on `host`: every address, and this machine's own, is `localhost`. */
function ownHost(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

/** Whether anything lies in DATA_DIR: the embedded database, files, or keys that were made. */
export function needsDataDir({ databaseUrl, s3, linkKey, authSecret }: Config): boolean {
  return !(databaseUrl && s3 && linkKey && authSecret)
}

/** All of the S3 variables, or none. */
function readS3(e: z.infer<typeof schema>): S3Config | undefined {
  const names = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_REGION', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const
  const missing = names.filter((name) => e[name] === undefined)
  if (missing.length === names.length) return undefined
  if (missing.length) throw new ConfigError(`${missing[0]} is missing: ${names.join(', ')} go together`)
  const [endpoint, bucket, region, accessKeyId, secretAccessKey] = names.map((name) => e[name] as string)
  return { endpoint, bucket, region, accessKeyId, secretAccessKey } as S3Config
}

/** `tcp://host:3310` (the port may be left out), `unix:/run/clamav/clamd.ctl`; undefined for anything else. */
function readClamd(text: string): ClamdConfig | undefined {
  const path = /^unix:(?:\/\/)?(\/[^\s?#]+)$/.exec(text)?.[1]
  if (path) return { path }
  const tcp = /^tcp:\/\/(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/i.exec(text)
  const port = Number(tcp?.[2] ?? 3310)
  if (!tcp?.[1] || port < 1 || port > 65535) return undefined
  return { host: tcp[1].replace(/^\[|\]$/g, ''), port }
}

/** `127.0.0.1:9464`, `[::1]:9464`; undefined for anything else. */
function readListen(text: string): { host: string; port: number } | undefined {
  const [, host, digits] = /^(\[[\da-f:.]+\]|[\w.-]+):(\d{1,5})$/i.exec(text) ?? []
  const port = Number(digits)
  if (!host || port > 65535) return undefined
  return { host: host.replace(/^\[|\]$/g, ''), port }
}

/** The variables of OpenTelemetry's specification: an address or an exporter is named, and nothing switches traces off. */
function wantsTraces(env: Record<string, string | undefined>): boolean {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return false
  const exporter = env.OTEL_TRACES_EXPORTER?.trim().toLowerCase()
  if (exporter === 'none') return false
  if (exporter && exporter !== 'otlp')
    throw new ConfigError(`OTEL_TRACES_EXPORTER is “${exporter}”: expected otlp or none`)
  const protocol = (env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? env.OTEL_EXPORTER_OTLP_PROTOCOL)?.trim()
  const wanted = Boolean(
    exporter || env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim() || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim(),
  )
  if (wanted && protocol && protocol !== 'http/json')
    throw new ConfigError(`OTEL_EXPORTER_OTLP_PROTOCOL is “${protocol}”: traces leave as http/json only`)
  return wanted
}
