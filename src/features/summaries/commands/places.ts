import type { Trx } from '../../../db/transaction.ts'
import { listPhotos, placeIn, type Summary } from '../queries/editing.ts'
import { movedPlaces } from '../rules/places.ts'

/** Moves the photos of one text with the paragraphs they stand after; the other language's text keeps its own places. */
export async function movePhotos(trx: Trx, before: Summary, blocks: string[]): Promise<void> {
  const moved = movedPlaces(before.blocks, blocks)
  for (const photo of await listPhotos(trx, before.organization_id, before.seminar_id)) {
    const from = placeIn(photo, before.locale)
    const to = moved(from)
    if (to === from) continue
    await trx
      .updateTable('summary_photos')
      .set(before.locale === 'en' ? { after_paragraph_en: to } : { after_paragraph: to })
      .where('organization_id', '=', photo.organization_id)
      .where('id', '=', photo.id)
      .execute()
  }
}
