import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { deletePhoto, editPhoto, movePhoto, orderPhotos } from '../../../features/summaries/commands/photos.ts'
import { deleteStored } from '../../../features/summaries/commands/store-photo.ts'
import { findPhotoFile, photosWithoutAlt } from '../../../features/summaries/queries/editing.ts'
import { type PhotoInput, photoInput } from '../../../features/summaries/schema.ts'
import { readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { sendPhoto } from '../../public/files.ts'
import { editorPage } from './editor-page.tsx'
import { loadSeminar, savedText, summaryPath, textLanguage, wantsJson } from './load.ts'
import { photoAnswer, receivePhotos } from './receive-photos.tsx'

export const photoPages = new Hono<AppEnv>()
  .post('/photos', async (c) => {
    const seminar = await loadSeminar(c)
    const { added, refused } = await receivePhotos(c, seminar)
    if (wantsJson(c)) return photoAnswer(c, seminar, added, refused)
    if (!refused.length) return toPhotos(c, seminar)
    const [first] = refused
    const status = first?.status === 415 || first?.status === 413 ? first.status : 422
    return editorPage(c, seminar, textLanguage(c), { refused: refused.map((one) => one.text), status })
  })
  .get('/photos/files/:file', async (c) => {
    const seminar = await loadSeminar(c)
    const file = await findPhotoFile(c.var.services.db, seminar.organization_id, seminar.id, c.req.param('file'))
    if (!file) throw new DomainError('not_found')
    return sendPhoto(c, c.req.param('file'), file, 'private, max-age=3600')
  })
  .post('/photos/order', async (c) => {
    const { values } = await readForm(c)
    const seminar = await loadSeminar(c)
    await transaction(c.var.services.db, (trx) => orderPhotos(trx, seminar, (values.order ?? '').split(',')))
    return wantsJson(c) ? c.json({}) : toPhotos(c, seminar)
  })
  .post('/photos/:photo', async (c) => {
    const seminar = await loadSeminar(c)
    const input = await readPhotoForm(c)
    if (!input) {
      const text = c.var.t('summaries:photo.words.refused')
      return wantsJson(c)
        ? c.json({ text }, 422)
        : editorPage(c, seminar, textLanguage(c), { refused: [text], status: 422 })
    }
    const photo = await writeWords(c, seminar, input)
    if (!wantsJson(c)) return toPhotos(c, seminar, photo.id)
    return c.json({ text: savedText(c, seminar), missing: photosWithoutAlt([photo], textLanguage(c)).length > 0 })
  })
  .post('/photos/:photo/up', (c) => move(c, -1))
  .post('/photos/:photo/down', (c) => move(c, 1))
  .post('/photos/:photo/deletion', async (c) => {
    const seminar = await loadSeminar(c)
    const keys = await transaction(c.var.services.db, (trx) =>
      deletePhoto(trx, memberContext(c), seminar, c.req.param('photo')),
    )
    await deleteStored(c.var.services.files, keys)
    return wantsJson(c) ? c.json({}) : toPhotos(c, seminar)
  })

async function readPhotoForm(c: Context<AppEnv>): Promise<PhotoInput | undefined> {
  const { values } = await readForm(c)
  const parsed = photoInput.safeParse({ ...values })
  return parsed.success ? parsed.data : undefined
}

function writeWords(c: Context<AppEnv>, seminar: SeminarRow, input: PhotoInput) {
  const id = c.req.param('photo') as string
  return transaction(c.var.services.db, (trx) => editPhoto(trx, memberContext(c), seminar, textLanguage(c), id, input))
}

/** The button stands in the photo's own form: words that were typed and not saved are saved with it. */
async function move(c: Context<AppEnv>, by: -1 | 1) {
  const seminar = await loadSeminar(c)
  const input = await readPhotoForm(c)
  const id = c.req.param('photo') as string
  if (input) await writeWords(c, seminar, input)
  await transaction(c.var.services.db, (trx) => movePhoto(trx, seminar, id, by))
  return toPhotos(c, seminar, id)
}

function toPhotos(c: Context<AppEnv>, seminar: SeminarRow, photo?: string) {
  const anchor = photo ? `#photo-${photo}` : '#photos'
  return c.redirect(c.var.page.href(summaryPath(c, seminar.id, textLanguage(c))) + anchor, 303)
}
