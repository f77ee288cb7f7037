import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { AppEnv } from '../env.ts'
import { DomainError, type ErrorCode, statusOf } from '../errors.ts'
import { translator } from '../i18n.ts'
import { problem } from '../problem.ts'
import { type Ailment, ailments } from '../services.ts'
import { ErrorPage } from './error-page.tsx'

/**
 * Postgres cannot be reached, all connections are in use, or it ended our statement: to shut down, or because it took too long
 * (appendix A: class 08, which is also PgBouncer's own, 57014, 57P01–57P03, 53300, 25P03).
 */
const UNAVAILABLE = /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|08|57014|57P0[123]|53300|25P03)/

/** Postgres takes no writes, or has no room: a person must mend it (appendix A: 25006, 53100, 53200). */
const ILL: Record<string, { detail: Ailment; retryAfter: number }> = {
  25006: { detail: 'database_read_only', retryAfter: 30 },
  53100: { detail: 'database_full', retryAfter: 60 },
  53200: { detail: 'database_full', retryAfter: 30 },
}
/** The file store's disk or folder refuses: a system call on a file, not on a connection. */
const FILES_REFUSED = new Set(
  'EROFS EACCES EPERM EIO EREMOTEIO ENOTCONN ESTALE ENXIO ENODEV EMFILE ENFILE ELOOP'.split(' '),
)

function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  const ill = findAilment(error)
  if (ill) return new DomainError('unavailable', { ...ill, cause: error })
  if (error instanceof HTTPException) {
    const code = (Object.keys(statusOf) as ErrorCode[]).find((k) => statusOf[k] === error.status)
    return new DomainError(code ?? 'bad_request', { cause: error })
  }
  const pg = error as { code?: string }
  if (typeof pg.code === 'string' && UNAVAILABLE.test(pg.code)) return new DomainError('unavailable', { cause: error })
  // A malformed id, a character or a number that no column takes: the reader's mistake, not ours.
  if (pg.code === '22P02' || pg.code === '22021' || pg.code === '22003')
    return new DomainError('not_found', { cause: error })
  // A time that is none: only a cursor that someone wrote by hand brings one.
  if (pg.code === '22007' || pg.code === '22008')
    return new DomainError('bad_request', { detail: 'cursor', cause: error })
  return new DomainError('internal', { cause: error })
}

function findAilment(error: unknown) {
  const { code = '', syscall } = error as { code?: string; syscall?: string }
  const known = ILL[code] && { detail: ILL[code].detail, params: { retryAfter: ILL[code].retryAfter } }
  // Where its disk takes no folder, Node says that it is not there.
  const refused = FILES_REFUSED.has(code) || (syscall === 'mkdir' && (code === 'ENOENT' || code === 'ENOTDIR'))
  if (known || !syscall || syscall === 'connect' || !refused) return known
  return { detail: 'files_unavailable' as const, params: { retryAfter: 30 } }
}

/** What `/readyz` shall name: known by the part that failed. */
export const ailmentOf = ({ code, detail }: DomainError): Ailment | undefined =>
  code === 'storage_full' ? 'files_full' : ailments.find((one) => code === 'unavailable' && one === detail)

/** The one place where an error becomes an answer: problem+json under /api, a page elsewhere. */
export function answerError(c: Context<AppEnv>, error: unknown): Response | Promise<Response> {
  const known = toDomainError(error)
  const status = statusOf[known.code]
  if (status >= 500) {
    const cause = known.cause as Error | undefined
    c.var.services.log.error('failed', {
      id: c.var.requestId,
      code: known.code,
      error: cause?.message,
      stack: cause?.stack,
    })
  }
  const ailment = ailmentOf(known)
  if (ailment) c.var.services.vitals?.notice(ailment)
  if (status === 503 || known.code === 'too_many_requests')
    c.header('Retry-After', String(known.params.retryAfter ?? (known.code === 'storage_full' ? 60 : 5)))
  // The rest of what is sent is not waited for.
  if (known.code === 'request_timeout') c.header('Connection', 'close')
  if (c.req.path.startsWith('/api/')) return problem(c, known)
  c.header('Cache-Control', 'no-store')
  const page = c.var.page ?? {
    locale: 'vi' as const,
    t: translator('vi'),
    href: (p: string) => p,
    path: '/',
    origin: c.var.services.config.baseUrl,
    now: c.var.services.clock(),
    demo: false,
  }
  const sent = c.req.method !== 'GET' && c.req.method !== 'HEAD'
  return c.html(ErrorPage({ page, error: known, requestId: c.var.requestId, sent }) as never, status)
}
