import { createRoute, z } from '@hono/zod-openapi'
import { DomainError } from '../errors.ts'
import { collect } from '../features/files/bytes.ts'
import { getSeminar } from '../features/seminars/queries.ts'
import { addPhoto } from '../features/summaries/commands/photos.ts'
import { deleteStored, PHOTO_MAX_BYTES, photoRefused, storePhoto } from '../features/summaries/commands/store-photo.ts'
import { findPhotoFile, getPhoto } from '../features/summaries/queries/editing.ts'
import { answerFile } from '../http/file-answer.ts'
import { cleanLine } from '../text/fold.ts'
import { change } from './change.ts'
import { fileAnswer, fileBody, fileHeaders, fileProblems, nameQuery, sentName, streamOf } from './file-body.ts'
import { photoSchema, toPhoto } from './photo-body.ts'
import { asPage, createRouter } from './router.ts'
import { id, json, problems } from './schemas.ts'
import { made } from './version.ts'

const tags = ['photos']
const path = '/seminars/{seminarId}/photos'

const addRoute = createRoute({
  operationId: 'createPhoto',
  method: 'post',
  path,
  tags,
  request: { params: z.object({ seminarId: id }), headers: fileHeaders, query: nameQuery, body: fileBody },
  responses: { 201: json(photoSchema, 'Photo'), ...fileProblems() },
})

const photoTypes = ['image/webp', 'image/jpeg']
const variantRoute = createRoute({
  operationId: 'getPhotoVariant',
  method: 'get',
  path: `${path}/{photoId}/variants/{fileId}`,
  tags,
  request: { params: z.object({ seminarId: id, photoId: id, fileId: id }) },
  responses: {
    200: fileAnswer('File', photoTypes),
    206: fileAnswer('FileRange', photoTypes),
    304: { description: 'NotModified' },
    416: { description: 'RangeOutside' },
    ...problems(404),
  },
})

/** The bytes of photos: in, freed of all metadata and made into sizes; out, one size. */
export const photoFiles = createRouter()
  .openapi(addRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const name = sentName(c.req.valid('query'), c.req.valid('header')) ?? ''
    const { services, key } = c.var
    const seminar = await getSeminar(services.db, key.organizationId, seminarId)
    try {
      const bytes = await collect(streamOf(c.req.raw, PHOTO_MAX_BYTES), PHOTO_MAX_BYTES).catch((error) => {
        throw error instanceof RangeError ? photoRefused('photo_too_large', error) : error
      })
      const sent = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
      const stored = await storePhoto(services, seminar, name, bytes)
      const keys = stored.variants.map((variant) => variant.key)
      let kept = false
      try {
        const reply = await change(
          c,
          async (trx, ctx) => {
            const photo = await addPhoto(trx, ctx, seminar, stored)
            kept = true
            return made(toPhoto(photo, ctx.origin), `${ctx.origin}/api/v1/seminars/${seminarId}/photos/${photo.id}`)
          },
          sent,
        )
        if (!kept) await deleteStored(services.files, keys)
        return c.json(reply.body, reply.status)
      } catch (error) {
        await deleteStored(services.files, keys)
        throw error
      }
    } catch (error) {
      throw error instanceof DomainError ? named(error, name) : error
    }
  })
  .openapi(variantRoute, async (c) => {
    const { seminarId, photoId, fileId } = c.req.valid('param')
    const { db } = c.var.services
    const { organizationId } = c.var.key
    const photo = await getPhoto(db, organizationId, seminarId, photoId)
    const file = photo.variants.some((variant) => variant.fileId === fileId)
      ? await findPhotoFile(db, organizationId, seminarId, fileId)
      : undefined
    if (!file) throw new DomainError('not_found')
    return answerFile(asPage(c), file, 'download') as never
  })

/** The words of a photo's refusal name it. */
function named({ code, detail, params, fields, cause }: DomainError, name: string): DomainError {
  return new DomainError(code, { detail, fields, cause, params: { ...params, file: cleanLine(name).slice(0, 100) } })
}
