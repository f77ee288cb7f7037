import type { Member, Page } from '../../../env.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { photosWithoutAlt, type Summary, type SummaryPhoto } from '../../../features/summaries/queries/editing.ts'
import { ErrorSummary, type FormState, TextArea } from '../../components/form.tsx'

export interface Shown {
  form: FormState
  problem?: 'stale' | 'draft'
  status: 200 | 409 | 412 | 422
}

interface PublishBarProps {
  page: Page
  member: Member
  seminar: SeminarRow
  summary: Summary
  photos: SummaryPhoto[]
  shown: Shown
  address: (rest: string) => string
}

/** Above the preview: what is missing before the text can be published, and the button. */
export function PublishBar({ page, member, seminar, summary, photos, shown, address }: PublishBarProps) {
  const { t } = page
  const correction = summary.state === 'published'
  const { values, errors } = shown.form
  const ofPhotos = errors.some((error) => error.field.startsWith('photo.'))
  // Photos are named one by one in their own notice, with the way to their fields.
  const form = { values, errors: errors.filter((error) => !error.field.startsWith('photo.')) }
  return (
    <section class="publish no-print" aria-label={t('summaries:preview')}>
      <p>
        <strong>{t('summaries:preview.title')}</strong>{' '}
        {t(correction ? 'summaries:preview.correction' : 'summaries:preview.hint')}
      </p>
      {shown.problem ? (
        <p class="notice bad" role="alert">
          {t(shown.problem === 'stale' ? 'summaries:preview.stale' : 'summaries:seminar.draft')}
        </p>
      ) : null}
      <SilentPhotos page={page} summary={summary} photos={photos} refused={ofPhotos} address={address} />
      <form class="form" method="post" action={address('/publication')}>
        <ErrorSummary t={t} form={form} labels={{ note: t('summaries:note'), lead: t('summaries:lead') }} />
        <input type="hidden" name="version" value={String(summary.version)} />
        {correction && member.role !== 'viewer' ? (
          <TextArea
            t={t}
            form={form}
            name="note"
            label={t('summaries:note')}
            rows={2}
            maxlength={500}
            required
            hint={t('summaries:note.hint')}
          />
        ) : null}
        <div class="actions">
          {member.role === 'viewer' || seminar.state === 'draft' ? null : (
            <button class="btn primary" type="submit">
              {t(correction ? 'summaries:correct' : 'summaries:publish')}
            </button>
          )}
          <a class="btn" href={address('')}>
            {t('summaries:back')}
          </a>
        </div>
      </form>
    </section>
  )
}

interface SilentProps extends Pick<PublishBarProps, 'page' | 'summary' | 'photos' | 'address'> {
  /** Whether publishing was just refused for them. */
  refused: boolean
}

/** Photos nobody described: publishing waits for their alternative texts. */
function SilentPhotos({ page, summary, photos, refused, address }: SilentProps) {
  const { t } = page
  const silent = photosWithoutAlt(photos, summary.locale)
  if (!silent.length) return null
  return (
    <div class={`notice ${refused ? 'bad' : 'late'}`} role={refused ? 'alert' : undefined}>
      <strong>{t('summaries:photo.silent', { count: silent.length })}</strong>
      <ul class="silent">
        {silent.map((photo) => {
          const caption = (summary.locale === 'en' && photo.caption_en) || photo.caption
          const n = photos.indexOf(photo) + 1
          return (
            <li>
              <a href={`${address('')}#photo-${photo.id}`}>
                {caption ? t('summaries:photo.silent.one', { n, caption }) : t('summaries:photo.nth', { n })}
              </a>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
