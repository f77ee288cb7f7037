import type { Context, Locale } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { getSeminar } from '../features/seminars/queries.ts'
import { createSummary, editSummary } from '../features/summaries/commands/editing.ts'
import { addPhoto } from '../features/summaries/commands/photos.ts'
import { publishSummary } from '../features/summaries/commands/publishing.ts'
import { storePhoto } from '../features/summaries/commands/store-photo.ts'
import type { Services } from '../services.ts'
import type { DemoData } from './rows.ts'

/** The morning after the workshop: what the portal's clock said is not known; this one is ours. */
const PUBLISHED_AT = new Date('2023-11-16T12:15:00Z')

/**
 * The article of 16/11/2023, by the commands that an editor uses: the lead comes from the data, the body is the portal's.
 * Photos are drawings; where the runtime makes no variants of photos the article stands without them.
 */
export async function publishUongBi(
  services: Services,
  given: Context,
  { organizationId, seminarId }: { organizationId: string; seminarId: string },
  { uongBi: d, photo }: DemoData,
): Promise<void> {
  const { db, files, imager } = services
  // On the day itself: the lead then says `Chiều 16/11`, as the portal did.
  const ctx: Context = { ...given, now: PUBLISHED_AT }
  const seminar = await getSeminar(db, organizationId, seminarId)
  if (imager) {
    for (const p of d.photos) {
      const stored = await storePhoto({ files, imager }, seminar, p.file, await photo(p.file))
      await transaction(db, (trx) => addPhoto(trx, ctx, seminar, stored, p))
    }
  }
  const texts: Record<Locale, { body: string[]; figures: typeof d.figures; conclusions: string[] }> = {
    vi: { body: d.body, figures: d.figures, conclusions: d.directives },
    en: { body: d.bodyEn, figures: d.figuresEn, conclusions: d.directivesEn },
  }
  for (const locale of ['vi', 'en'] as const) {
    const { body, figures, conclusions } = texts[locale]
    await transaction(db, async (trx) => {
      const draft = await createSummary(trx, ctx, seminar, locale)
      const edited = await editSummary(trx, ctx, seminar, locale, draft.version, {
        title: draft.title,
        lead: draft.lead,
        body: body.join('\n\n'),
        byline: d.byline,
        figures,
        conclusions,
        conclusionsBy: d.conclusionsBy,
      })
      await publishSummary(trx, ctx, seminar, locale, edited.version, { at: PUBLISHED_AT })
    })
  }
}
