import type { Locale } from '../../../context.ts'
import type { Page } from '../../../env.ts'
import { photosWithoutAlt, placeIn, type SummaryPhoto } from '../../../features/summaries/queries/editing.ts'
import { type PlaceOption, placeValue } from './places.ts'

export interface PhotoItemProps {
  page: Page
  photo: SummaryPhoto
  places: PlaceOption[]
  /** Of the text: its words are the ones shown. */
  language: Locale
  mayEdit: boolean
  address: (rest?: string) => string
  first: boolean
  last: boolean
}

/** One photo: its words and place in one language, its order. With JavaScript what is typed saves itself. */
export function PhotoItem({ page, photo, places, language, mayEdit, address, first, last }: PhotoItemProps) {
  const { t } = page
  const small = photo.variants
    .filter((variant) => variant.mediaType === 'image/jpeg')
    .sort((a, b) => a.width - b.width)[0]
  const own = `/photos/${photo.id}`
  const english = language === 'en'
  const silent = photosWithoutAlt([photo], language).length > 0
  const words = english
    ? { caption: ['captionEn', photo.caption_en], alt: ['altEn', photo.alt_en] }
    : { caption: ['caption', photo.caption], alt: ['alt', photo.alt] }
  return (
    <li id={`photo-${photo.id}`} data-photo={photo.id}>
      <img
        src={address(`/photos/files/${small?.fileId ?? photo.file_id}`)}
        width={photo.width}
        height={photo.height}
        alt={(english && photo.alt_en) || photo.alt || photo.caption}
        loading="lazy"
      />
      <form method="post" action={address(own)}>
        <fieldset disabled={!mayEdit}>
          <Line name={words.caption[0]} label={t('summaries:photo.caption')} value={words.caption[1]} />
          <Line name={words.alt[0]} label={t('summaries:photo.alt')} value={words.alt[1]} missing={silent}>
            {t('summaries:photo.alt.missing')}
          </Line>
          <PlaceSelect page={page} places={places} place={placeValue(placeIn(photo, language))} />
          {mayEdit ? (
            <div class="actions">
              <button class="btn small" type="submit" data-save>
                {t('common:save')}
              </button>
              <button class="link" type="submit" formaction={address(`${own}/up`)} data-move="-1" disabled={first}>
                {t('summaries:photo.up')}
              </button>
              <button class="link" type="submit" formaction={address(`${own}/down`)} data-move="1" disabled={last}>
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
              <span class="muted small" role="status" data-said />
            </div>
          ) : null}
        </fieldset>
      </form>
    </li>
  )
}

interface LineProps {
  name: string | null | undefined
  label: string
  value: string | null | undefined
  missing?: boolean
  children?: string
}

function Line({ name, label, value, missing, children }: LineProps) {
  return (
    <label class="field words">
      <span>{label}</span>
      <input type="text" name={name ?? ''} value={value ?? ''} maxlength={400} autocomplete="off" />
      {children === undefined ? null : (
        <span class="state late" data-missing hidden={!missing}>
          {children}
        </span>
      )}
    </label>
  )
}

function PlaceSelect({ page, places, place }: { page: Page; places: PlaceOption[]; place: string }) {
  const { t } = page
  const known = places.some((one) => one.value === place)
  return (
    <label class="field">
      <span>{t('summaries:photo.place')}</span>
      <select name="place" data-end={t('summaries:photo.place.end')}>
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
  )
}
