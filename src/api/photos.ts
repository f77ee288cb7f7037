import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from '../context.ts'
import type { Db, Trx } from '../db/transaction.ts'
import { DomainError } from '../errors.ts'
import { getSeminar, type SeminarRow } from '../features/seminars/queries.ts'
import { deletePhoto, editPhoto, orderPhotos } from '../features/summaries/commands/photos.ts'
import { deleteStored } from '../features/summaries/commands/store-photo.ts'
import { getPhoto, listPhotos, type SummaryPhoto } from '../features/summaries/queries/editing.ts'
import { change } from './change.ts'
import { photoPatchSchema, photoSchema, toPhoto } from './photo-body.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, editHeaders, id, json, page, pageQuery, plain, problems } from './schemas.ts'
import { etagOf, standing, versionOf } from './version.ts'
import { orderSchema, pageOfWhole } from './whole-list.ts'

const tags = ['photos']
const ofSeminar = z.object({ seminarId: id })
const ofPhoto = z.object({ seminarId: id, photoId: id })
const path = '/seminars/{seminarId}/photos'

const listRoute = createRoute({
  operationId: 'listPhotos',
  method: 'get',
  path,
  tags,
  request: { params: ofSeminar, query: z.object(pageQuery) },
  responses: { 200: page(photoSchema, 'PhotoPage'), ...problems(404) },
})

const orderRoute = createRoute({
  operationId: 'setPhotoOrder',
  method: 'put',
  path: `${path}/order`,
  tags,
  request: { params: ofSeminar, headers: changeHeaders, body: body(orderSchema) },
  responses: { 200: plain(orderSchema, 'Order'), ...problems(404, 409) },
})

const getRoute = createRoute({
  operationId: 'getPhoto',
  method: 'get',
  path: `${path}/{photoId}`,
  tags,
  request: { params: ofPhoto },
  responses: { 200: json(photoSchema, 'Photo'), ...problems(404) },
})

const editRoute = createRoute({
  operationId: 'editPhoto',
  method: 'patch',
  path: `${path}/{photoId}`,
  tags,
  request: { params: ofPhoto, headers: editHeaders, body: body(photoPatchSchema) },
  responses: { 200: json(photoSchema, 'Photo'), ...problems(404, 409, 412, 428) },
})

const removeRoute = createRoute({
  operationId: 'deletePhoto',
  method: 'delete',
  path: `${path}/{photoId}`,
  tags,
  request: { params: ofPhoto, headers: editHeaders },
  responses: { 204: { description: 'Deleted' }, ...problems(404, 409, 412, 428) },
})

/** Photos of a seminar's summary: their words, their places, their order. */
export const photos = createRouter()
  .openapi(listRoute, async (c) => {
    const { db, config } = c.var.services
    const all = await readPhotos(db, c.var.key.organizationId, c.req.valid('param').seminarId)
    const items = all.map((photo) => toPhoto(photo, config.baseUrl))
    return c.json(pageOfWhole(items, c.req.valid('query')), 200)
  })
  .openapi(orderRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const { ids } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx) => {
      const seminar = await getSeminar(trx, organizationId, seminarId)
      const known = await readPhotos(trx, organizationId, seminarId)
      if (ids.some((one) => !known.some((photo) => photo.id === one)))
        throw new DomainError('conflict', { detail: 'list_changed' })
      await orderPhotos(trx, seminar, ids)
      const all = await readPhotos(trx, organizationId, seminarId)
      return { status: 200 as const, body: { ids: all.map((photo) => photo.id) } }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const { seminarId, photoId } = c.req.valid('param')
    const { db, config } = c.var.services
    const photo = await getPhoto(db, c.var.key.organizationId, seminarId, photoId)
    c.header('ETag', etagOf(photo.version))
    return c.json(toPhoto(photo, config.baseUrl), 200)
  })
  .openapi(editRoute, async (c) => {
    const { seminarId, photoId } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const patch = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const seminar = await getSeminar(trx, organizationId, seminarId)
      return standing(toPhoto(await write(trx, ctx, seminar, photoId, patch, version), ctx.origin))
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(removeRoute, async (c) => {
    const { seminarId, photoId } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const { organizationId } = c.var.key
    let dropped: string[] = []
    await change(c, async (trx, ctx) => {
      const seminar = await getSeminar(trx, organizationId, seminarId)
      dropped = await deletePhoto(trx, ctx, seminar, photoId, version)
      return { status: 204 as const, body: undefined }
    })
    await deleteStored(c.var.services.files, dropped)
    return c.body(null, 204)
  })

async function readPhotos(db: Db, organizationId: string, seminarId: string): Promise<SummaryPhoto[]> {
  await getSeminar(db, organizationId, seminarId)
  return listPhotos(db, organizationId, seminarId)
}

/** Words and the place in one text go together; the other text's place is a change of its own. */
async function write(
  trx: Trx,
  ctx: Context,
  seminar: SeminarRow,
  photoId: string,
  { afterParagraph, afterParagraphEn, ...words }: z.output<typeof photoPatchSchema>,
  version: number | undefined,
): Promise<SummaryPhoto> {
  const first = afterParagraph === undefined && afterParagraphEn !== undefined ? 'en' : 'vi'
  const place = first === 'en' ? afterParagraphEn : afterParagraph
  const photo = await editPhoto(trx, ctx, seminar, first, photoId, { ...words, place }, version)
  if (first === 'en' || afterParagraphEn === undefined) return photo
  return editPhoto(trx, ctx, seminar, 'en', photoId, { place: afterParagraphEn })
}
