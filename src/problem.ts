import type { Context } from 'hono'
import type { Locale } from './context.ts'
import type { AppEnv } from './env.ts'
import { type DomainError, type FieldError, statusOf } from './errors.ts'
import { hasText, type TextKey, type Translate, translator } from './i18n.ts'

/** Where the words of a refined code may stand: refusals of files have theirs with the pages that take them. */
const places = ['errors:', 'presentations:refused.', 'summaries:photo.refused.']

/** The language an answer of the API is written in: English where that is asked for first. */
export function languageOf(c: Context<AppEnv>): Locale {
  return /^\s*en\b/i.test(c.req.header('accept-language') ?? '') ? 'en' : 'vi'
}

/** RFC 9457 problem+json: a stable `code`, and each refused field by place and code. Language by Accept-Language. */
export function problem(c: Context<AppEnv>, error: DomainError): Response {
  const t = translator(languageOf(c))
  const own = places.map((place) => `${place}${error.detail}`).find((key) => hasText(key))
  const status = statusOf[error.code]
  const body = {
    type: `${c.var.services.config.baseUrl}/api/docs#${error.code}`,
    title: t(`errors:title.${error.code}` as TextKey),
    status,
    detail: own ? t(own as TextKey, error.params) : t(`errors:text.${error.code}` as TextKey, error.params),
    code: error.detail ?? error.code,
    instance: c.var.requestId,
    ...(error.fields.length ? { errors: error.fields.map((field) => fieldProblem(t, field)) } : {}),
  }
  return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/problem+json; charset=utf-8' })
}

/** A field of the body by its JSON pointer (RFC 6901), of the query or a header by its name. */
function fieldProblem(t: Translate, { field, code, params, in: place }: FieldError) {
  const text = `errors:field.${code}`
  const detail = t(hasText(text) ? text : 'errors:field.invalid', { ...params, field: field || 'JSON' })
  const rest = { code, detail, ...(params ? { params } : {}) }
  if (place === 'query') return { parameter: field, ...rest }
  if (place === 'header') return { header: field, ...rest }
  const pointer = field.split('.').map((part) => `/${part.replace(/~/g, '~0').replace(/\//g, '~1')}`)
  return { pointer: `#${field ? pointer.join('') : ''}`, ...rest }
}
