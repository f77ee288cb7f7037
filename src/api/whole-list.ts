import { z } from '@hono/zod-openapi'
import { decodeCursor, encodeCursor } from '../db/cursor.ts'
import { checkCursor, id } from './schemas.ts'

/**
 * One page of a list that is read whole: short, in an order of its own. The cursor holds the place and the id of the last item,
 * so that it leads on where that item was moved, and where it is gone.
 */
export function pageOfWhole<T extends { id: string }>(
  all: T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { items: T[]; next: string | null; total: number } {
  checkCursor(cursor, 2)
  const start = cursor === undefined ? 0 : placeAfter(all, decodeCursor(cursor, 2))
  const items = all.slice(start, start + limit)
  const last = items.at(-1)
  const more = start + limit < all.length
  return { items, next: more && last ? encodeCursor([start + limit, last.id]) : null, total: all.length }
}

function placeAfter(all: { id: string }[], [place, last]: (string | null)[]): number {
  const at = all.findIndex((item) => item.id === last)
  return at >= 0 ? at + 1 : Math.max(0, Math.trunc(Number(place)) || 0)
}

/** The order of a list: its ids from first to last. What is left out keeps its place at the end. */
export const orderSchema = z.strictObject({ ids: z.array(id).min(1, 'required').max(1000, 'too_many') }).meta({
  id: 'Order',
  example: { ids: ['019b20b4-7c00-7000-8000-000000000002', '019b20b4-7c00-7000-8000-000000000001'] },
})
