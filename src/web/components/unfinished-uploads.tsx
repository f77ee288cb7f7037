import type { Page } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { sizeInWords } from '../../features/files/rules.ts'
import type { UploadRow } from '../../features/presentations/queries/uploads.ts'
import { uploadState } from '../../features/presentations/rules/uploads.ts'
import { refusalText } from '../../http/refusal-text.ts'
import { deadline, wallTime } from '../../text/dates.ts'

/** Something of it came so lately that somebody is likely at it. */
const MOVING_MS = 60_000

/**
 * Files of a speech of which a part has come, and those refused since its newest version. The side that sends one may
 * discard it, also without JavaScript; the island `upload` goes on with it when the same file is chosen.
 */
export function UnfinishedUploads({
  page,
  uploads,
  timezone,
  base,
  side,
}: {
  page: Page
  uploads: UploadRow[]
  timezone: string
  /** The address of the speech's page. */
  base: string
  /** Whose page it is; undefined for those who may only look. */
  side: 'speaker' | 'organizer' | undefined
}) {
  const { t } = page
  if (!uploads.length) return null
  return (
    <section class="unfinished" aria-labelledby="unfinished">
      <h2 id="unfinished">
        {t(uploads.every(isChecking) ? 'uploads:unfinished.title.checking' : 'uploads:unfinished.title')}
      </h2>
      <ul>
        {uploads.map((upload) => {
          const own = upload.sent_by === side
          const address = `${base}/uploads/${upload.id}`
          return (
            <li class={upload.refusal === null ? undefined : 'bad'} {...(own ? known(upload, address) : {})}>
              <b>{upload.name}</b>
              {own ? (
                <form method="post" action={`${address}/discard`}>
                  <button class="btn small" type="submit">
                    {t('uploads:unfinished.discard')}
                    <span class="visually-hidden"> {upload.name}</span>
                  </button>
                </form>
              ) : null}
              {upload.refusal === null ? (
                <progress max={upload.size} value={upload.received} aria-label={upload.name} />
              ) : null}
              <span class="said">
                {side === 'speaker' ? null : `${t(`uploads:unfinished.by.${upload.sent_by as 'speaker'}`)} · `}
                {whereItStands(page, upload, timezone)}
                {own && upload.refusal === null && upload.received < upload.size ? (
                  <> {t('uploads:unfinished.again')}</>
                ) : null}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** What the island needs to know a file again. */
function known(upload: UploadRow, address: string) {
  if (upload.refusal !== null) return {}
  return {
    'data-upload': address,
    'data-name': upload.name,
    'data-size': String(upload.size),
    'data-modified': String(upload.last_modified ?? ''),
    ...(isChecking(upload) ? { 'data-whole': '' } : {}),
  }
}

const isChecking = (upload: UploadRow) => uploadState(upload) === 'checking'

function whereItStands({ t, locale, now }: Page, upload: UploadRow, timezone: string): string {
  if (upload.refusal !== null) {
    const reason = refusalText(t, new DomainError('unsafe_file', { detail: upload.refusal }))
    return t('uploads:unfinished.refused', { reason })
  }
  const size = sizeInWords(upload.size, locale)
  if (isChecking(upload)) return t('uploads:unfinished.checking', { size })
  const received = sizeInWords(upload.received, locale)
  if (now.getTime() - upload.updated_at.getTime() < MOVING_MS) return t('uploads:unfinished.moving', { received, size })
  const time = deadline(wallTime(upload.updated_at, timezone), wallTime(now, timezone), locale)
  return t('uploads:unfinished.stopped', { received, size, time })
}
