import type { Context } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError, statusOf } from '../../../errors.ts'
import { collect } from '../../../features/files/bytes.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { addPhoto, editPhoto } from '../../../features/summaries/commands/photos.ts'
import {
  deleteStored,
  PHOTO_MAX_BYTES,
  photoRefused,
  storePhoto,
} from '../../../features/summaries/commands/store-photo.ts'
import { findSummary, type SummaryPhoto } from '../../../features/summaries/queries/editing.ts'
import { hasText } from '../../../i18n.ts'
import { cleanLine } from '../../../text/fold.ts'
import { renderMarkdown } from '../../../text/markdown.ts'
import { memberContext } from '../../middleware.ts'
import { type Part, readField, readMultipart } from '../../multipart.ts'
import { summaryPath, textLanguage } from './load.ts'
import { PhotoItem } from './photo-item.tsx'
import { placeOptions } from './places.ts'

const MAX_AT_ONCE = 30

export interface Refused {
  text: string
  status: number
}

/**
 * Takes the photos of an upload one after another: each by itself, so that one that is refused, or cut off, takes no other
 * with it. A field `before` is the text up to where a photo was pasted: it then stands after that paragraph.
 */
export async function receivePhotos(c: Context<AppEnv>, seminar: SeminarRow) {
  const added: SummaryPhoto[] = []
  const refused: Refused[] = []
  let place: number | undefined
  for await (const part of readMultipart(c.req.raw, {
    maxBytes: MAX_AT_ONCE * PHOTO_MAX_BYTES,
    maxParts: MAX_AT_ONCE + 5,
  })) {
    if (part.name === 'before' && part.filename === undefined) place = renderMarkdown(await readField(part)).length
    if (part.name !== 'photo' || part.filename === undefined || part.filename === '') continue
    try {
      added.push(await receive(c, seminar, part, place))
    } catch (error) {
      if (!(error instanceof DomainError) || error.code === 'storage_full' || error.code === 'bad_request') throw error
      refused.push({ text: refusal(c, part.filename, error), status: statusOf[error.code] })
    }
  }
  return { added, refused }
}

async function receive(c: Context<AppEnv>, seminar: SeminarRow, part: Part, place: number | undefined) {
  const bytes = await collect(part.body, PHOTO_MAX_BYTES).catch((error) => {
    throw error instanceof RangeError ? photoRefused('photo_too_large', error) : error
  })
  const { services } = c.var
  const stored = await storePhoto(services, seminar, part.filename ?? '', bytes)
  try {
    return await transaction(services.db, async (trx) => {
      const photo = await addPhoto(trx, memberContext(c), seminar, stored)
      if (place === undefined) return photo
      return editPhoto(trx, memberContext(c), seminar, textLanguage(c), photo.id, { place })
    })
  } catch (error) {
    await deleteStored(
      services.files,
      stored.variants.map((variant) => variant.key),
    )
    throw error
  }
}

function refusal(c: Context<AppEnv>, name: string, error: DomainError): string {
  const key = `summaries:photo.refused.${error.detail}`
  const file = cleanLine(name).slice(0, 100)
  return hasText(key) ? c.var.t(key, { file }) : c.var.t('summaries:photo.refused.photo_damaged', { file })
}

/** What the island is told: each photo taken as its part of the board, and what was refused, in words. */
export async function photoAnswer(c: Context<AppEnv>, seminar: SeminarRow, added: SummaryPhoto[], refused: Refused[]) {
  const { page } = c.var
  const language = textLanguage(c)
  const summary = await findSummary(c.var.services.db, seminar.organization_id, seminar.id, language)
  const places = placeOptions(page, summary?.blocks ?? [])
  const address = (rest = '') => page.href(summaryPath(c, seminar.id, language, rest))
  const items = added.map((photo) => (
    <PhotoItem {...{ page, photo, places, language, address }} mayEdit first={false} last={false} />
  ))
  return c.json({
    items: await Promise.all(items.map(async (item) => String(await item.toString()))),
    refused: refused.map((one) => one.text),
  })
}
