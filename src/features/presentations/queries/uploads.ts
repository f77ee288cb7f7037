import { type Selectable, sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import type { Uploads } from '../../../db/types.ts'
import { DomainError } from '../../../errors.ts'

export type UploadRow = Selectable<Uploads>

/** Whose an upload is: a speech, and the side that sends. One side never goes on with the other's file. */
export interface UploadOwner {
  organizationId: string
  presentationId: string
  sentBy: 'speaker' | 'organizer'
}

/** An upload by its id. @throws DomainError not_found: unknown, expired, another speech's, or the other side's */
export async function getUpload(db: Db, owner: UploadOwner, id: string): Promise<UploadRow> {
  const row = await db
    .selectFrom('uploads')
    .selectAll()
    .where('organization_id', '=', owner.organizationId)
    .where('id', '=', id)
    .where('presentation_id', '=', owner.presentationId)
    .where('sent_by', '=', owner.sentBy)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

/**
 * Files of a speech that somebody should know of, the oldest first: those of which a part has come, and those refused
 * with no version received since.
 */
export function listUploads(db: Db, organizationId: string, presentationId: string): Promise<UploadRow[]> {
  return db
    .selectFrom('uploads as u')
    .selectAll('u')
    .where('u.organization_id', '=', organizationId)
    .where('u.presentation_id', '=', presentationId)
    .where('u.expires_at', '>', sql<Date>`now()`)
    .where('u.received', '>', 0)
    .where('u.version_number', 'is', null)
    .where((eb) =>
      eb.or([
        eb('u.refusal', 'is', null),
        eb.not(
          eb.exists(
            eb
              .selectFrom('presentation_versions as v')
              .select('v.id')
              .whereRef('v.organization_id', '=', 'u.organization_id')
              .whereRef('v.presentation_id', '=', 'u.presentation_id')
              .whereRef('v.created_at', '>', 'u.updated_at'),
          ),
        ),
      ]),
    )
    .orderBy('u.created_at')
    .orderBy('u.id')
    .execute()
}

/** What came of an upload, in order, with the SHA-256 of each part. */
export function listParts(db: Db, upload: { organization_id: string; id: string }) {
  return db
    .selectFrom('upload_parts')
    .select(['starts', 'size', 'storage_key', 'sha256'])
    .where('organization_id', '=', upload.organization_id)
    .where('upload_id', '=', upload.id)
    .orderBy('starts')
    .execute()
}

/** Whether an upload was kept, refused or discarded. */
export async function isOver(db: Db, upload: { organization_id: string; id: string }): Promise<boolean> {
  const row = await db
    .selectFrom('uploads')
    .select(['version_number', 'refusal'])
    .where('organization_id', '=', upload.organization_id)
    .where('id', '=', upload.id)
    .executeTakeFirst()
  return !row || row.version_number !== null || row.refusal !== null
}

const BATCH = 20

/**
 * Uploads that are all there and that nobody is putting together: whoever was, is gone, or could not. At most 20; the oldest of each
 * speech before the second of any.
 */
export function listUploadsToFinish(db: Db): Promise<UploadRow[]> {
  return db
    .selectFrom('uploads')
    .selectAll()
    .whereRef('received', '=', 'size')
    .where('version_number', 'is', null)
    .where('refusal', 'is', null)
    .where((eb) => eb.or([eb('checking_until', 'is', null), eb('checking_until', '<', sql<Date>`now()`)]))
    .orderBy(sql`row_number() over (partition by organization_id, presentation_id order by updated_at)`)
    .orderBy('updated_at')
    .limit(BATCH)
    .execute()
}
