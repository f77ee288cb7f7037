import { type Context, Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { type DomainError, statusOf } from '../errors.ts'
import { refusalText } from '../http/refusal-text.ts'
import { type OpenPlace, tusHandlers } from '../http/tus.ts'

/** Uploads of a page that may be cut and gone on with (`http/tus.ts`); what is refused is said as JSON, in words. */
export function resumableUploads(open: OpenPlace): Hono<AppEnv> {
  const tus = tusHandlers(open, refusal)
  return new Hono<AppEnv>()
    .options('/', tus.describe)
    .options('/:upload{[0-9a-f-]+}', tus.describe)
    .post('/', tus.create)
    .get('/:upload{[0-9a-f-]+}', tus.tell)
    .patch('/:upload{[0-9a-f-]+}', tus.receive)
    .delete('/:upload{[0-9a-f-]+}', tus.terminate)
    .post('/:upload{[0-9a-f-]+}', tus.overridden)
    .post('/:upload{[0-9a-f-]+}/discard', tus.discard)
}

function refusal(c: Context<AppEnv>, error: DomainError): Response {
  return c.json({ code: error.detail ?? error.code, text: refusalText(c.var.t, error) }, statusOf[error.code])
}
