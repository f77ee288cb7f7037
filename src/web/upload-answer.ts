import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { DomainError, statusOf } from '../errors.ts'
import { refusalText } from '../http/refusal-text.ts'
import { ailmentOf } from './answer-error.ts'
import type { Received } from './receive-files.ts'

type ShowRefused = (refused: Received['refused'], accepted: number, status: number) => Promise<Response>

/**
 * Answers an upload: back to the page when all was taken, or is here and being looked at; the page again with what was refused and why, status 4xx; to the
 * island (Accept: application/json) the same as JSON.
 */
export async function answerUpload(
  c: Context<AppEnv>,
  receive: () => Promise<Received>,
  base: string,
  show: ShowRefused,
): Promise<Response> {
  const { accepted, checking, refused } = await orRefused(receive)
  const first = refused[0]?.error
  const status = first ? statusOf[first.code] : 200
  const ailment = first && ailmentOf(first)
  if (ailment) c.var.services.vitals?.notice(ailment)
  if (status === 503) c.header('Retry-After', String(first?.params.retryAfter ?? 60))
  if (c.req.header('accept')?.startsWith('application/json')) {
    const said = refused.map(({ name, error }) => ({
      name,
      code: error.detail ?? error.code,
      text: refusalText(c.var.t, error),
    }))
    return c.json({ accepted, ...(checking.length ? { checking } : {}), refused: said }, status)
  }
  return refused.length
    ? show(refused, accepted.length, status)
    : c.redirect(accepted.length ? `${base}?received` : base, 303)
}

async function orRefused(receive: () => Promise<Received>): Promise<Received> {
  try {
    return await receive()
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'not_found') throw error
    return { accepted: [], checking: [], refused: [{ name: '', error }] }
  }
}
