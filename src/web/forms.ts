import type { Context } from 'hono'
import type { z } from 'zod'
import type { AppEnv } from '../env.ts'
import { DomainError, type FieldError } from '../errors.ts'
import { readBody } from '../http/read-body.ts'
import type { FormState } from './components/form.tsx'

/** A form's body is small; files go through routes of their own, streamed. */
const MAX_FORM_BYTES = 512 * 1024

/** Reads a urlencoded form: at most 512 KB; a name that occurs twice becomes `values` joined by newlines in `all`. */
export async function readForm(c: Context<AppEnv>): Promise<{ values: Record<string, string>; all: URLSearchParams }> {
  const type = c.req.header('content-type') ?? ''
  if (!type.startsWith('application/x-www-form-urlencoded')) throw new DomainError('media_type')
  if (Number(c.req.header('content-length') ?? 0) > MAX_FORM_BYTES) throw new DomainError('too_large')
  const text = await readText(c.req.raw, MAX_FORM_BYTES)
  const all = new URLSearchParams(text)
  const values: Record<string, string> = Object.create(null)
  for (const [name, value] of all) values[name] ??= value.replace(/\r\n/g, '\n')
  return { values, all }
}

/** Reads a body as text and gives up past `max` bytes. @throws DomainError too_large, request_timeout */
export async function readText(request: Request, max: number): Promise<string> {
  return new TextDecoder().decode(await readBody(request, max))
}

/** zod's issues as refused fields: its own codes are turned into ours; a schema's custom message is already a code. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  const seen = new Set<string>()
  return error.issues
    .map((issue): FieldError => {
      const field = issue.path.map(String).join('.') || 'form'
      if (/^[a-z][a-z_]+$/.test(issue.message)) return { field, code: issue.message, params: limits(issue) }
      if (issue.code === 'too_big') return { field, code: 'too_long', params: limits(issue) }
      if (issue.code === 'too_small') return { field, code: 'required' }
      if (issue.code === 'invalid_type') return { field, code: 'required' }
      if (issue.code === 'invalid_format' && issue.format === 'email') return { field, code: 'email' }
      return { field, code: 'invalid' }
    })
    .filter((e) => !seen.has(e.field) && seen.add(e.field))
}

function limits(issue: z.core.$ZodIssue): Record<string, string | number> {
  const { maximum, minimum } = issue as { maximum?: number; minimum?: number }
  return {
    ...(maximum === undefined ? {} : { max: Number(maximum) }),
    ...(minimum === undefined ? {} : { min: Number(minimum) }),
  }
}

/** Parses a form: the input, or the state to show the form again with what was typed and why it was refused. */
export function parseForm<S extends z.ZodType>(
  schema: S,
  values: Record<string, string>,
): { input: z.output<S> } | { form: FormState } {
  const parsed = schema.safeParse({ ...values })
  if (parsed.success) return { input: parsed.data }
  return { form: { values, errors: fieldErrors(parsed.error) } }
}

/** Keeps what was typed when a command refused fields; any other error goes on to the error page. */
export function formRefused(error: unknown, values: Record<string, string>): FormState {
  if (error instanceof DomainError && error.fields.length) return { values, errors: error.fields }
  throw error
}
