import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import { dbNow, jsonb } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import type { StoredBytes, StoredDocument } from '../../files/commands.ts'
import type { UploadOwner, UploadRow } from '../queries/uploads.ts'
import { FALLBACK_NAME, MAX_OPEN_UPLOADS, maxParts, refuseUnsent, sentName } from '../rules/uploads.ts'
import { refuseFile } from '../rules.ts'
import type { PresentationState } from '../schema.ts'
import { countVersions, lockSpeech } from './lock.ts'
import { submitVersion } from './versions.ts'

export interface NewUpload {
  name: string
  /** In bytes. */
  size: number
  lastModified: number | null
  idempotencyKey: string | null
}

// An upload lives on as long as something comes of it.
const expiry = sql<Date>`now() + interval '7 days'`
/** Somebody who puts parts together and has not ended after this is gone. */
const lease = sql<Date>`now() + interval '2 minutes'`

/**
 * Begins an upload; with the key of one that was begun before, gives that one.
 * @throws DomainError conflict (no file is taken now, or too many are on their way), media_type, unsafe_file, invalid
 */
export async function openUpload(trx: Trx, ctx: Context, owner: UploadOwner, input: NewUpload): Promise<UploadRow> {
  const speech = await lockSpeech(trx, speechOf(owner))
  const before = await findByKey(trx, owner, input.idempotencyKey)
  if (before) return before
  await assertOpen(trx, owner, speech)
  const useless = refuseUnsent(input)
  if (useless) {
    const code = useless === 'file_format' ? 'media_type' : useless === 'file_empty' ? 'invalid' : 'unsafe_file'
    throw new DomainError(code, { detail: useless })
  }
  await assertRoom(trx, owner)
  return trx
    .insertInto('uploads')
    .values({
      organization_id: owner.organizationId,
      presentation_id: owner.presentationId,
      sent_by: owner.sentBy,
      actor: jsonb(ctx.actor),
      idempotency_key: input.idempotencyKey,
      name: sentName(input.name) || FALLBACK_NAME,
      size: input.size,
      last_modified: input.lastModified,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/**
 * Notes a file that came in one piece and is still being looked at, as an upload that is all there; whoever calls is to finish it.
 * @throws DomainError conflict (no file is taken now, or too many are on their way)
 */
export async function parkUpload(trx: Trx, ctx: Context, owner: UploadOwner, file: StoredBytes): Promise<UploadRow> {
  await assertOpen(trx, owner, await lockSpeech(trx, speechOf(owner)))
  await assertRoom(trx, owner)
  const upload = await trx
    .insertInto('uploads')
    .values({
      organization_id: owner.organizationId,
      presentation_id: owner.presentationId,
      sent_by: owner.sentBy,
      actor: jsonb(ctx.actor),
      name: sentName(file.filename ?? '') || file.fallbackName,
      size: file.size,
      received: file.size,
      parts: 1,
      checking_until: lease,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await addPart(trx, upload, { key: file.key, starts: 0, size: file.size, sha256: file.sha256 })
  return upload
}

const speechOf = (owner: UploadOwner) => ({ organizationId: owner.organizationId, id: owner.presentationId })

/** `speech` is locked, so that uploads begun at once are counted one after another. @throws DomainError conflict: no file is taken now */
async function assertOpen(trx: Trx, owner: UploadOwner, speech: { state: string }): Promise<void> {
  const versions = await countVersions(trx, speechOf(owner))
  const closed = refuseFile({ state: speech.state as PresentationState, versions })
  if (closed) throw new DomainError('conflict', { detail: closed })
}

/** @throws DomainError conflict: too many are on their way */
async function assertRoom(trx: Trx, owner: UploadOwner): Promise<void> {
  if ((await countOpen(trx, owner)) >= MAX_OPEN_UPLOADS)
    throw new DomainError('conflict', { detail: 'upload_too_many_open' })
}

function findByKey(trx: Trx, owner: UploadOwner, key: string | null): Promise<UploadRow | undefined> {
  return owned(trx, owner).selectAll().where('idempotency_key', '=', key).executeTakeFirst()
}

async function countOpen(trx: Trx, owner: UploadOwner): Promise<number> {
  const row = await owned(trx, owner)
    .select(sql<number>`count(*)::int`.as('count'))
    .where('version_number', 'is', null)
    .where('refusal', 'is', null)
    .executeTakeFirstOrThrow()
  return row.count
}

function owned(trx: Trx, owner: UploadOwner) {
  return trx
    .selectFrom('uploads')
    .where('organization_id', '=', owner.organizationId)
    .where('presentation_id', '=', owner.presentationId)
    .where('sent_by', '=', owner.sentBy)
    .where('expires_at', '>', dbNow)
}

export interface StoredPart {
  key: string
  starts: number
  size: number
  sha256: Uint8Array
}

/**
 * Adds a stored part where the upload stands at its start; of several that begin there, one wins. The last one also takes
 * the finishing upon itself (`claimFinish`).
 * @returns the upload after it, or undefined: it stands elsewhere, is over, or is gone
 * @throws DomainError conflict (it comes in too many pieces)
 */
export async function appendPart(trx: Trx, upload: UploadRow, part: StoredPart): Promise<UploadRow | undefined> {
  const after = await trx
    .updateTable('uploads')
    .set((eb) => ({
      received: eb('received', '+', part.size),
      parts: eb('parts', '+', 1),
      updated_at: dbNow,
      expires_at: expiry,
      ...(part.starts + part.size === upload.size ? { checking_until: lease } : {}),
    }))
    .where('organization_id', '=', upload.organization_id)
    .where('id', '=', upload.id)
    .where('received', '=', part.starts)
    .where('version_number', 'is', null)
    .where('refusal', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (!after) return undefined
  if (after.parts > maxParts(after.size)) throw new DomainError('conflict', { detail: 'upload_too_many_parts' })
  await addPart(trx, upload, part)
  return after
}

async function addPart(trx: Trx, upload: UploadRow, part: StoredPart): Promise<void> {
  await trx
    .insertInto('upload_parts')
    .values({
      organization_id: upload.organization_id,
      upload_id: upload.id,
      starts: part.starts,
      size: part.size,
      storage_key: part.key,
      sha256: part.sha256 as never,
    })
    .execute()
}

/** Takes it upon oneself to finish an upload that is all there. @returns whether nobody else is at it */
export async function claimFinish(trx: Trx, upload: UploadRow): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('uploads')
    .set({ checking_until: lease })
    .where('organization_id', '=', upload.organization_id)
    .where('id', '=', upload.id)
    .whereRef('received', '=', 'size')
    .where('version_number', 'is', null)
    .where('refusal', 'is', null)
    .where((eb) => eb.or([eb('checking_until', 'is', null), eb('checking_until', '<', dbNow)]))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Goes on holding an upload that one is at. */
export function renewClaim(trx: Trx, upload: UploadRow): Promise<void> {
  return holdUntil(trx, upload, lease)
}

/** Leaves an upload that cannot be looked at now for half a minute; then the task takes it up. */
export function postponeFinish(trx: Trx, upload: UploadRow): Promise<void> {
  return holdUntil(trx, upload, sql<Date>`now() + interval '30 seconds'`)
}

async function holdUntil(trx: Trx, { organization_id, id }: UploadRow, until: typeof lease): Promise<void> {
  await trx
    .updateTable('uploads')
    .set({ checking_until: until })
    .where('organization_id', '=', organization_id)
    .where('id', '=', id)
    .where('version_number', 'is', null)
    .where('refusal', 'is', null)
    .execute()
}

/**
 * Keeps the whole of an upload as a version, exactly once. Its parts' rows go; the caller removes their bytes.
 * @returns the number, and whether it is `file` that was kept: else another was faster
 * @throws DomainError not_found (discarded meanwhile), or why the speech takes no file
 */
export async function keepUpload(
  trx: Trx,
  ctx: Context,
  upload: UploadRow,
  file: StoredDocument,
): Promise<{ number: number; ours: boolean }> {
  const target = { organizationId: upload.organization_id, id: upload.presentation_id }
  await lockSpeech(trx, target)
  const now = await lockUpload(trx, upload)
  if (now.version_number !== null) return { number: now.version_number, ours: false }
  const number = await submitVersion(trx, ctx, target, file, upload.sent_by as UploadOwner['sentBy'])
  await end(trx, upload, { version_number: number, refusal: null })
  return { number, ours: true }
}

/** Notes why an upload was not kept, unless it was. Its parts' rows go; the caller removes their bytes. */
export async function refuseUpload(trx: Trx, upload: UploadRow, refusal: string): Promise<void> {
  const now = await lockUpload(trx, upload)
  if (now.version_number === null && now.refusal === null) await end(trx, upload, { refusal })
}

async function lockUpload(trx: Trx, { organization_id, id }: UploadRow): Promise<UploadRow> {
  const row = await trx
    .selectFrom('uploads')
    .selectAll()
    .where('organization_id', '=', organization_id)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

async function end(trx: Trx, { organization_id, id }: UploadRow, how: Partial<UploadRow>): Promise<void> {
  await trx
    .updateTable('uploads')
    .set({ ...how, checking_until: null, updated_at: dbNow, expires_at: expiry })
    .where('organization_id', '=', organization_id)
    .where('id', '=', id)
    .execute()
  await trx
    .deleteFrom('upload_parts')
    .where('organization_id', '=', organization_id)
    .where('upload_id', '=', id)
    .execute()
}

/** Removes an upload that is not to be gone on with. @returns the storage keys of its parts, for the caller to remove */
export async function discardUpload(trx: Trx, { organization_id, id }: UploadRow): Promise<string[]> {
  const parts = await trx
    .deleteFrom('upload_parts')
    .where('organization_id', '=', organization_id)
    .where('upload_id', '=', id)
    .returning('storage_key')
    .execute()
  await trx.deleteFrom('uploads').where('organization_id', '=', organization_id).where('id', '=', id).execute()
  return parts.map((part) => part.storage_key)
}

/**
 * Removes up to 100 uploads whose time is over, kept or not; one that is all there waits for its end. @returns how many, and the
 * storage keys of their parts
 */
export async function removeExpired(trx: Trx): Promise<{ removed: number; keys: string[] }> {
  const over = await trx
    .selectFrom('uploads')
    .selectAll()
    .where('expires_at', '<=', dbNow)
    .where(sql<boolean>`(received < size or version_number is not null or refusal is not null)`)
    .limit(100)
    .forUpdate()
    .skipLocked()
    .execute()
  const keys: string[] = []
  for (const upload of over) keys.push(...(await discardUpload(trx, upload)))
  return { removed: over.length, keys }
}
