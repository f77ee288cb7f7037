import { createRoute, z } from '@hono/zod-openapi'
import { damages, scanStates } from '../features/files/schema.ts'
import {
  countFilesInTrouble,
  listFilesInTrouble,
  type StoredFileRow,
} from '../features/presentations/queries/stored-files.ts'
import { fileTroubles } from '../features/presentations/schema.ts'
import { createRouter } from './router.ts'
import { checkCursor, id, instant, page, pageQuery, problems } from './schemas.ts'

/** What is wrong with the stored bytes of a file. */
export const damageSchema = z.object({ reason: z.enum(damages), since: instant }).nullable()

const storedFileSchema = z
  .object({
    id,
    state: z.enum(fileTroubles),
    since: instant,
    name: z.string(),
    purpose: z.enum(['presentation', 'photo']),
    mediaType: z.string(),
    size: z.int(),
    scan: z.enum(scanStates),
    virus: z.string().nullable(),
    scanRefusal: z.string().nullable(),
    damaged: damageSchema,
    seminarId: id.nullable(),
    speechId: id.nullable(),
    versionNumber: z.int().nullable(),
    createdAt: instant,
  })
  .meta({ id: 'StoredFile' })

const listRoute = createRoute({
  operationId: 'listFilesInTrouble',
  method: 'get',
  path: '/files',
  tags: ['speeches'],
  request: { query: z.object({ ...pageQuery, state: z.enum(fileTroubles, { error: 'invalid' }).optional() }) },
  responses: { 200: page(storedFileSchema, 'StoredFilePage'), ...problems() },
})

/** Stored files that nobody can open: damaged, waiting for the virus scan, locked away. */
export const storedFiles = createRouter().openapi(listRoute, async (c) => {
  const { limit, ...filter } = c.req.valid('query')
  checkCursor(filter.cursor, 2)
  const { db } = c.var.services
  const { organizationId } = c.var.key
  const [found, counts] = await Promise.all([
    listFilesInTrouble(db, organizationId, filter, limit),
    countFilesInTrouble(db, organizationId),
  ])
  const total = filter.state ? counts[filter.state] : counts.damaged + counts.waiting + counts.infected
  return c.json({ items: found.items.map(toStoredFile), next: found.next ?? null, total }, 200)
})

function toStoredFile(row: StoredFileRow): z.output<typeof storedFileSchema> {
  return {
    id: row.id,
    state: row.trouble,
    since: row.since.toISOString(),
    name: row.name,
    purpose: row.purpose,
    mediaType: row.media_type,
    size: row.size,
    scan: row.scan,
    virus: row.virus,
    scanRefusal: row.scan_refusal,
    damaged: toDamage(row),
    seminarId: row.seminar_id,
    speechId: row.presentation_id,
    versionNumber: row.number,
    createdAt: row.created_at.toISOString(),
  }
}

export function toDamage(row: { damage: string | null; damaged_at: Date | null }): z.output<typeof damageSchema> {
  const reason = damages.find((name) => name === row.damage)
  return reason && row.damaged_at ? { reason, since: row.damaged_at.toISOString() } : null
}
