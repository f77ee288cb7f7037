import type { Locale } from '../../../context.ts'
import type { Page } from '../../../env.ts'
import { sizeInWords } from '../../../features/files/rules.ts'
import { PHOTO_MAX_BYTES } from '../../../features/summaries/commands/store-photo.ts'
import type { SummaryPhoto } from '../../../features/summaries/queries/editing.ts'
import { markdownText, renderMarkdown } from '../../../text/markdown.ts'

interface PhotoBoardProps {
  page: Page
  photos: SummaryPhoto[]
  /** The draft's body: photos are placed after its blocks. */
  body: string
  language: Locale
  mayEdit: boolean
  refused: string[]
  address: (rest?: string) => string
}

/** The photos of a seminar: adding, and for each its words, its place, its order. */
export function PhotoBoard({ page, photos, body, language, mayEdit, refused, address }: PhotoBoardProps) {
  const { t, locale } = page
  const places = placesOf(page, body)
  return (
    <section class="photo-board" id="photos">
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
          <label for="f-photos">{t('summaries:photo.add')}</label>
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
      <ul class="photo-list">
        {photos.map((photo, index) => (
          <PhotoItem
            {...{ page, photo, places, language, mayEdit, address }}
            first={index === 0}
            last={index === photos.length - 1}
          />
        ))}
      </ul>
    </section>
  )
}

/** Where a photo may stand, named by the words the block begins with. */
function placesOf(page: Page, body: string): { value: string; label: string }[] {
  const blocks = renderMarkdown(body).map((_, index) => index + 1)
  const lines = markdownText(body).split('\n')
  return [
    { value: 'top', label: page.t('summaries:photo.place.top') },
    { value: '0', label: page.t('summaries:photo.place.lead') },
    ...blocks.map((n) => ({
      value: String(n),
      label: page.t('summaries:photo.place.after', { n, text: start(lines[n - 1] ?? '') }),
    })),
  ]
}

function start(text: string): string {
  const words = text.slice(0, 50)
  return text.length > 50 ? `${words.slice(0, words.lastIndexOf(' ') + 1 || 50).trim()}…` : words
}

interface PhotoItemProps extends Pick<PhotoBoardProps, 'page' | 'language' | 'mayEdit' | 'address'> {
  photo: SummaryPhoto
  places: { value: string; label: string }[]
  first: boolean
  last: boolean
}

function PhotoItem({ page, photo, places, language, mayEdit, address, first, last }: PhotoItemProps) {
  const { t } = page
  const small = photo.variants
    .filter((variant) => variant.mediaType === 'image/jpeg')
    .sort((a, b) => a.width - b.width)[0]
  const place = photo.after_paragraph === null ? 'top' : String(photo.after_paragraph)
  const known = places.some((one) => one.value === place)
  const own = `/photos/${photo.id}`
  const english = language === 'en'
  const text = (name: string, label: string, value: string | null) => (
    <label class="field">
      <span>{label}</span>
      <input type="text" name={name} value={value ?? ''} maxlength={400} autocomplete="off" />
    </label>
  )
  const field = english
    ? {
        caption: text('captionEn', t('summaries:photo.caption.en'), photo.caption_en),
        alt: text('altEn', t('summaries:photo.alt.en'), photo.alt_en),
      }
    : {
        caption: text('caption', t('summaries:photo.caption'), photo.caption),
        alt: text('alt', t('summaries:photo.alt'), photo.alt),
      }
  return (
    <li id={`photo-${photo.id}`}>
      <img
        src={address(`/photos/files/${small?.fileId ?? photo.file_id}`)}
        width={photo.width}
        height={photo.height}
        alt={photo.alt || photo.caption}
        loading="lazy"
      />
      <form method="post" action={address(own)} class="stack">
        {field.caption}
        {field.alt}
        {english ? (
          <>
            <input type="hidden" name="caption" value={photo.caption} />
            <input type="hidden" name="alt" value={photo.alt} />
          </>
        ) : (
          <>
            <input type="hidden" name="captionEn" value={photo.caption_en ?? ''} />
            <input type="hidden" name="altEn" value={photo.alt_en ?? ''} />
          </>
        )}
        <label class="field">
          <span>{t('summaries:photo.place')}</span>
          <select name="place">
            {places.map((one) => (
              <option value={one.value} selected={one.value === place}>
                {one.label}
              </option>
            ))}
            {known ? null : (
              <option value={place} selected>
                {t('summaries:photo.place.end')}
              </option>
            )}
          </select>
        </label>
        {mayEdit ? (
          <div class="actions">
            <button class="btn small" type="submit">
              {t('common:save')}
            </button>
            <button class="link" type="submit" formaction={address(`${own}/up`)} disabled={first}>
              {t('summaries:photo.up')}
            </button>
            <button class="link" type="submit" formaction={address(`${own}/down`)} disabled={last}>
              {t('summaries:photo.down')}
            </button>
            <button
              class="link"
              type="submit"
              formaction={address(`${own}/deletion`)}
              data-confirm={t('summaries:photo.delete.confirm')}
            >
              {t('common:delete')}
            </button>
          </div>
        ) : null}
      </form>
    </li>
  )
}
