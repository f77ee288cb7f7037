import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError, statusOf } from '../../../errors.ts'
import { collect } from '../../../features/files/bytes.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { addPhoto, deletePhoto, editPhoto, movePhoto } from '../../../features/summaries/commands/photos.ts'
import {
  deleteStored,
  PHOTO_MAX_BYTES,
  photoRefused,
  storePhoto,
} from '../../../features/summaries/commands/store-photo.ts'
import { findPhotoFile } from '../../../features/summaries/queries/editing.ts'
import { photoInput } from '../../../features/summaries/schema.ts'
import { hasText } from '../../../i18n.ts'
import { cleanLine } from '../../../text/fold.ts'
import { readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { type Part, readMultipart } from '../../multipart.ts'
import { sendPhoto } from '../../public/files.ts'
import { editorPage } from './editor.tsx'
import { loadSeminar, summaryPath, textLanguage } from './load.ts'

const MAX_AT_ONCE = 30

export const photoPages = new Hono<AppEnv>()
  .post('/photos', async (c) => {
    const seminar = await loadSeminar(c)
    const language = textLanguage(c)
    const refused: { text: string; status: number }[] = []
    for await (const part of readMultipart(c.req.raw, {
      maxBytes: MAX_AT_ONCE * PHOTO_MAX_BYTES,
      maxParts: MAX_AT_ONCE + 5,
    })) {
      if (part.name !== 'photo' || part.filename === undefined || part.filename === '') continue
      try {
        await receive(c, seminar, part)
      } catch (error) {
        if (!(error instanceof DomainError) || error.code === 'storage_full' || error.code === 'bad_request')
          throw error
        refused.push({ text: refusal(c, part.filename, error), status: statusOf[error.code] })
      }
    }
    if (!refused.length) return toPhotos(c, seminar)
    const [first] = refused
    const status = first?.status === 415 || first?.status === 413 ? first.status : 422
    return editorPage(c, seminar, language, { refused: refused.map((one) => one.text), status })
  })
  .get('/photos/files/:file', async (c) => {
    const seminar = await loadSeminar(c)
    const file = await findPhotoFile(c.var.services.db, seminar.organization_id, seminar.id, c.req.param('file'))
    if (!file) throw new DomainError('not_found')
    return sendPhoto(c, c.req.param('file'), file, 'private, max-age=3600')
  })
  .post('/photos/:photo', async (c) => {
    const seminar = await loadSeminar(c)
    const { values } = await readForm(c)
    const parsed = photoInput.safeParse({ ...values })
    if (!parsed.success)
      return editorPage(c, seminar, textLanguage(c), {
        refused: [c.var.t('summaries:photo.words.refused')],
        status: 422,
      })
    const id = c.req.param('photo')
    await transaction(c.var.services.db, (trx) => editPhoto(trx, memberContext(c), seminar, id, parsed.data))
    return toPhotos(c, seminar, id)
  })
  .post('/photos/:photo/up', (c) => move(c, -1))
  .post('/photos/:photo/down', (c) => move(c, 1))
  .post('/photos/:photo/deletion', async (c) => {
    const seminar = await loadSeminar(c)
    const keys = await transaction(c.var.services.db, (trx) =>
      deletePhoto(trx, memberContext(c), seminar, c.req.param('photo')),
    )
    await deleteStored(c.var.services.files, keys)
    return toPhotos(c, seminar)
  })

async function receive(c: Context<AppEnv>, seminar: SeminarRow, part: Part): Promise<void> {
  const bytes = await collect(part.body, PHOTO_MAX_BYTES).catch((error) => {
    throw error instanceof RangeError ? photoRefused('photo_too_large', error) : error
  })
  const { services } = c.var
  const stored = await storePhoto(services, seminar, part.filename ?? '', bytes)
  try {
    await transaction(services.db, (trx) => addPhoto(trx, memberContext(c), seminar, stored))
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

async function move(c: Context<AppEnv>, by: -1 | 1) {
  const seminar = await loadSeminar(c)
  const id = c.req.param('photo') as string
  await transaction(c.var.services.db, (trx) => movePhoto(trx, seminar, id, by))
  return toPhotos(c, seminar, id)
}

function toPhotos(c: Context<AppEnv>, seminar: SeminarRow, photo?: string) {
  const anchor = photo ? `#photo-${photo}` : '#photos'
  return c.redirect(c.var.page.href(summaryPath(c, seminar.id, textLanguage(c))) + anchor, 303)
}
