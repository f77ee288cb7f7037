import type { Page } from '../../env.ts'
import { documentTypes } from '../../features/files/content.ts'
import { sizeInWords } from '../../features/files/rules.ts'
import type { VersionRow } from '../../features/presentations/queries.ts'
import { clock, date, wallTime } from '../../text/dates.ts'
import { hexOf } from '../../text/hex.ts'

/** Every version of a speech with its time, size and SHA-256, the newest first. `view` is there for organizers only. */
export function Versions({
  page,
  versions,
  timezone,
  base,
  view,
}: {
  page: Page
  versions: VersionRow[]
  timezone: string
  base: string
  view: boolean
}) {
  const { t, locale } = page
  if (!versions.length) return <p class="muted">{t('presentations:versions.none')}</p>
  return (
    <ol class="versions" reversed>
      {versions.map((v) => (
        <li>
          <div class="file">
            <a href={`${base}/${v.number}`} download={v.name}>
              {v.name}
            </a>
            {view && v.media_type === documentTypes.pdf ? (
              <a class="link small" href={`${base}/${v.number}/view`} target="_blank" rel="noopener">
                {t('presentations:view')}
              </a>
            ) : null}
            {view && v.media_type === documentTypes.docx ? (
              <a class="link small" href={`${base}/${v.number}/read`}>
                {t('presentations:read')}
              </a>
            ) : null}
          </div>
          <p class="muted small">
            {t('presentations:version', { n: v.number })} · {timeText(page, v.created_at, timezone)} ·{' '}
            {sizeInWords(v.size, locale)}
            {v.sent_by === 'organizer' ? ` · ${t('presentations:version.by.organizer')}` : null}
          </p>
          <p class="muted small hash" title={hexOf(v.sha256)}>
            SHA-256 <code>{hexOf(v.sha256).slice(0, 16)}…</code>
          </p>
        </li>
      ))}
    </ol>
  )
}

/** `14 giờ 05, ngày 3/12/2026` */
export function timeText({ t, locale }: Page, at: Date, timezone: string): string {
  const wall = wallTime(at, timezone)
  return t('presentations:version.at', { time: clock(wall, locale), date: date(wall, locale) })
}
