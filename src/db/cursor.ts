import { z } from 'zod'
import { DomainError } from '../errors.ts'

/** A page of a list: `next` is the cursor of the following page, absent on the last. */
export interface Page<T> {
  items: T[]
  next: string | undefined
}

// No column holds a NUL.
const values = z
  .array(
    z.union([
      z
        .string()
        .max(1000)
        .regex(/^[^\0]*$/),
      z.number(),
      z.null(),
    ]),
  )
  .max(6)

/** An opaque cursor: the sort values of the last row, base64url of JSON. */
export function encodeCursor(parts: (string | number | null)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(parts))
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')
}

/**
 * Reads a cursor of `length` parts back, numbers as text: a cursor of another list has other kinds of parts, and the
 * database reads any text by the type of its column.
 * @throws DomainError bad_request, detail `cursor`
 */
export function decodeCursor(cursor: string, length: number): (string | null)[] {
  try {
    const binary = atob(cursor.replace(/-/g, '+').replace(/_/g, '/'))
    const parts = values.parse(JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)))))
    if (parts.length === length) return parts.map((part) => (part === null ? null : String(part)))
  } catch {}
  throw new DomainError('bad_request', { detail: 'cursor' })
}

/** Cuts `limit + 1` rows read into a page. */
export function toPage<T>(rows: T[], limit: number, key: (row: T) => (string | number | null)[]): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? encodeCursor(key(last)) : undefined }
}

/** A part of a cursor that is a whole number of 32 bits. @throws DomainError bad_request, detail `cursor` */
export function cursorInt(part: string | null | undefined): number {
  const number = Number(part ?? Number.NaN)
  if (Number.isInteger(number) && Math.abs(number) < 2 ** 31) return number
  throw new DomainError('bad_request', { detail: 'cursor' })
}
