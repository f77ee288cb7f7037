import type { Page } from '../../env.ts'
import type { DomainError } from '../../errors.ts'
import { sizeInWords } from '../../features/files/rules.ts'
import { refusalText } from '../../http/refusal-text.ts'
import type { UploadTexts } from '../islands/upload/texts.ts'

const ACCEPT = '.pdf,.docx,.doc,.odt,.pptx,.ppt,.odp'

export interface RefusedFile {
  name: string
  error: DomainError
}

/**
 * Sends files as versions: a plain form; with JavaScript (island `upload`) each file by itself and in pieces, so that what a
 * cut connection leaves is gone on with. Files begun before are listed apart (`UnfinishedUploads`).
 */
export function UploadForm({
  page,
  base,
  maxBytes,
  primary,
  label,
}: {
  page: Page
  /** The address of the speech's page. */
  base: string
  maxBytes: number
  primary: boolean
  label: string
}) {
  const { t, locale } = page
  const size = sizeInWords(maxBytes, locale)
  const of = { received: '{received}', size: '{size}' }
  const texts: UploadTexts = {
    waiting: t('uploads:waiting'),
    connecting: t('uploads:connecting'),
    sending: t('uploads:sending', { percent: '{percent}' }),
    resumed: t('uploads:resumed', of),
    checking: t('uploads:checking'),
    arrived: t('uploads:arrived'),
    kept: t('uploads:kept'),
    cut: t('uploads:cut', of),
    cutNone: t('uploads:cut.none'),
    busy: t('uploads:busy', of),
    now: t('uploads:now'),
    cancel: t('uploads:cancel'),
    cancelled: t('uploads:cancelled'),
    tooLarge: t('uploads:tooLarge', { size }),
    failed: t('uploads:failed'),
    unreadable: t('uploads:unreadable'),
    choose: t('uploads:unfinished.choose'),
  }
  return (
    <form
      class="upload"
      method="post"
      enctype="multipart/form-data"
      action={`${base}/files`}
      data-uploads={`${base}/uploads`}
      data-done={`${base}?received`}
      data-max={String(maxBytes)}
      data-texts={JSON.stringify(texts)}
    >
      <label class="drop" for="f-file">
        <strong>{t('presentations:upload.drop')}</strong>
        <span class="muted small" id="h-file">
          {t('presentations:upload.types', { size })}
        </span>
        <input id="f-file" type="file" name="file" multiple required accept={ACCEPT} aria-describedby="h-file" />
      </label>
      <ul class="sending" hidden></ul>
      <p class="visually-hidden" role="status"></p>
      <p class="notice late small">{t('presentations:upload.secret')}</p>
      <button class={primary ? 'btn primary send' : 'btn'} type="submit">
        {label}
      </button>
    </form>
  )
}

/** Which files were not taken, and why, in words that say what to do. */
export function RefusedFiles({ page, refused, accepted }: { page: Page; refused: RefusedFile[]; accepted: number }) {
  const { t } = page
  return (
    <>
      {accepted ? <p class="notice yes">{t('presentations:upload.accepted', { count: accepted })}</p> : null}
      <div class="notice bad" role="alert">
        {refused[0]?.name === '' ? null : (
          <strong>{t('presentations:upload.refused', { count: refused.length })}</strong>
        )}
        {refused.map(({ name, error }) => (
          <p>
            {name ? <b>{name}: </b> : null}
            {refusalText(t, error)}
          </p>
        ))}
      </div>
    </>
  )
}
