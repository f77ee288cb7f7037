import { DomainError } from '../../../errors.ts'
import type { Imager, Services } from '../../../services.ts'
import { cleanLine } from '../../../text/fold.ts'
import { imageKind } from '../../files/image.ts'
import type { FileStore } from '../../files/schema.ts'
import type { StoredPhoto } from './photos.ts'

/** The largest photo taken, in bytes: it is held in memory while its variants are made. */
export const PHOTO_MAX_BYTES = 20 * 1024 * 1024

/** Why a photo is not taken; each has its text under `summaries:photo.refused.<code>`. */
export const photoRefusals = {
  photo_empty: 'invalid',
  photo_format: 'media_type',
  photo_heic: 'media_type',
  photo_damaged: 'unsafe_file',
  photo_too_large: 'too_large',
  photo_no_imager: 'media_type',
} as const
export type PhotoRefusal = keyof typeof photoRefusals

/** The error for a photo that is not taken: `detail` is the refusal's stable code. */
export function photoRefused(refusal: PhotoRefusal, cause?: unknown): DomainError {
  return new DomainError(photoRefusals[refusal], { detail: refusal, cause })
}

/**
 * Turns a photo upright, frees it of all metadata (GPS above all) and stores it in several sizes. What was uploaded is
 * itself stored nowhere. Before the transaction that adds it: see `addPhoto`.
 * @throws DomainError with a refusal as detail · storage_full
 */
export async function storePhoto(
  services: Pick<Services, 'files' | 'imager'>,
  seminar: { organization_id: string; id: string },
  name: string,
  bytes: Uint8Array,
): Promise<StoredPhoto> {
  if (bytes.byteLength === 0) throw photoRefused('photo_empty')
  if (bytes.byteLength > PHOTO_MAX_BYTES) throw photoRefused('photo_too_large')
  const kind = imageKind(bytes)
  if (kind === 'heic') throw photoRefused('photo_heic')
  if (kind === 'markup' || kind === 'unknown') throw photoRefused('photo_format')
  if (!services.imager) throw photoRefused('photo_no_imager')
  const made = await readable(services.imager, bytes)
  const variants: StoredPhoto['variants'] = []
  try {
    for (const { bytes: content, ...size } of made) {
      const key = `${seminar.organization_id}/photo/${seminar.id}/${crypto.randomUUID()}`
      const body = new Blob([content as Uint8Array<ArrayBuffer>]).stream()
      const stored = await services.files.put(key, body, { maxBytes: PHOTO_MAX_BYTES })
      variants.push({ key, ...size, ...stored })
    }
  } catch (error) {
    await deleteStored(
      services.files,
      variants.map((variant) => variant.key),
    )
    throw error
  }
  return { name: cleanLine(name).slice(0, 150) || 'photo', variants }
}

/** Removes stored files that no row refers to; one that is gone already is no error. */
export async function deleteStored(files: FileStore, keys: string[]): Promise<void> {
  for (const key of keys) await files.delete(key)
}

async function readable(imager: Imager, bytes: Uint8Array) {
  try {
    return await imager.variants(bytes)
  } catch (error) {
    throw photoRefused('photo_damaged', error)
  }
}
