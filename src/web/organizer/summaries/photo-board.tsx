import type { Locale } from '../../../context.ts'
import type { Page } from '../../../env.ts'
import { sizeInWords } from '../../../features/files/rules.ts'
import { PHOTO_MAX_BYTES } from '../../../features/summaries/commands/store-photo.ts'
import type { SummaryPhoto } from '../../../features/summaries/queries/editing.ts'
import { PhotoItem } from './photo-item.tsx'
import { placeOptions } from './places.ts'

interface PhotoBoardProps {
  page: Page
  photos: SummaryPhoto[]
  /** The draft's body: photos are placed after its blocks. */
  blocks: string[]
  language: Locale
  mayEdit: boolean
  refused: string[]
  address: (rest?: string) => string
}

/** The photos of a seminar: adding, and for each its words, its place, its order. */
export function PhotoBoard({ page, photos, blocks, language, mayEdit, refused, address }: PhotoBoardProps) {
  const { t, locale } = page
  const places = placeOptions(page, blocks)
  // What the island says while it sends, orders and saves.
  const words = {
    'data-max': PHOTO_MAX_BYTES,
    'data-order': address('/photos/order'),
    'data-sending': t('summaries:photo.sending', { percent: '{percent}' }),
    'data-working': t('summaries:photo.working'),
    'data-done': t('summaries:photo.done'),
    'data-cut': t('summaries:photo.cut'),
    'data-again': t('summaries:photo.again'),
    'data-dismiss': t('summaries:photo.dismiss'),
    'data-too-large': t('summaries:photo.refused.photo_too_large', { file: '{file}' }),
    'data-moved': t('summaries:photo.moved', { place: '{place}', count: '{count}' }),
    'data-failed': t('summaries:photo.failed'),
  }
  return (
    <section class="photo-board" id="photos" data-photos={mayEdit ? '' : undefined} {...words}>
      <h2>{t('summaries:photos')}</h2>
      {refused.length ? (
        <div class="notice bad" role="alert">
          <strong>{t('summaries:photo.refused', { count: refused.length })}</strong>
          <ul>
            {refused.map((text) => (
              <li>{text}</li>
            ))}
          </ul>
        </div>
      ) : null}
      {mayEdit ? (
        <form class="photo-add" method="post" enctype="multipart/form-data" action={address('/photos')}>
          <label for="f-photos" data-ready={t('summaries:photo.add.drop')}>
            {t('summaries:photo.add')}
          </label>
          <input
            id="f-photos"
            type="file"
            name="photo"
            multiple
            required
            accept="image/jpeg,image/png,image/webp,.jpg,.jpeg,.png,.webp"
            aria-describedby="h-photos"
          />
          <p class="hint muted small" id="h-photos">
            {t('summaries:photo.hint', { size: sizeInWords(PHOTO_MAX_BYTES, locale) })}
          </p>
          <button class="btn" type="submit">
            {t('summaries:photo.send')}
          </button>
        </form>
      ) : null}
      <ul class="photo-sending" aria-live="polite" hidden />
      <ul class="photo-list">
        {photos.map((photo, index) => (
          <PhotoItem
            {...{ page, photo, places, language, mayEdit, address }}
            first={index === 0}
            last={index === photos.length - 1}
          />
        ))}
      </ul>
      <p class="visually-hidden" role="status" data-voice />
    </section>
  )
}
