import type { Page } from '../../env.ts'
import type { DomainError } from '../../errors.ts'
import { sizeInWords } from '../../features/files/rules.ts'
import { refusalText } from '../receive-files.ts'

const ACCEPT = '.pdf,.docx,.doc,.odt,.pptx,.ppt,.odp'

export interface RefusedFile {
  name: string
  error: DomainError
}

/**
 * Sends files as versions: a plain form; with JavaScript (island `upload`) each file by itself, with progress, and a
 * button to send again what the connection cut.
 */
export function UploadForm({
  page,
  action,
  done,
  maxBytes,
  primary,
  label,
}: {
  page: Page
  action: string
  done: string
  maxBytes: number
  primary: boolean
  label: string
}) {
  const { t, locale } = page
  const size = sizeInWords(maxBytes, locale)
  const texts = {
    'data-uploading': t('presentations:upload.uploading', { percent: '{percent}' }),
    'data-checking': t('presentations:upload.checking'),
    'data-done-text': t('presentations:upload.done.short'),
    'data-cut': t('presentations:upload.cut'),
    'data-retry': t('presentations:upload.retry'),
    'data-failed': t('presentations:upload.failed'),
    'data-too-large': t('presentations:upload.tooLarge', { size }),
    'data-storage-full': t('presentations:refused.storage_full'),
  }
  return (
    <form
      class="upload"
      method="post"
      enctype="multipart/form-data"
      action={action}
      data-upload
      data-done={done}
      data-max={String(maxBytes)}
      {...texts}
    >
      <label class="drop" for="f-file">
        <strong>{t('presentations:upload.drop')}</strong>
        <span class="muted small" id="h-file">
          {t('presentations:upload.types', { size })}
        </span>
        <input id="f-file" type="file" name="file" multiple required accept={ACCEPT} aria-describedby="h-file" />
      </label>
      <ul class="sending" aria-live="polite" hidden></ul>
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
