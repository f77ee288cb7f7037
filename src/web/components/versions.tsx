import type { Page } from '../../env.ts'
import { documentTypes } from '../../features/files/content.ts'
import { sizeInWords } from '../../features/files/rules.ts'
import type { Damage } from '../../features/files/schema.ts'
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
            {opens(v) ? (
              <a href={`${base}/${v.number}`} download={v.name}>
                {v.name}
              </a>
            ) : (
              <span>{v.name}</span>
            )}
            {view && opens(v) && v.media_type === documentTypes.pdf ? (
              <a class="link small" href={`${base}/${v.number}/view`} target="_blank" rel="noopener">
                {t('presentations:view')}
              </a>
            ) : null}
            {view && opens(v) && v.media_type === documentTypes.docx ? (
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
          <Standing page={page} version={v} timezone={timezone} view={view} />
          <p class="muted small hash" title={hexOf(v.sha256)}>
            SHA-256 <code>{hexOf(v.sha256).slice(0, 16)}…</code>
          </p>
        </li>
      ))}
    </ol>
  )
}

/** Nobody opens what waits for the scanner, or is locked away. */
function opens(version: VersionRow): boolean {
  return version.scan !== 'waiting' && version.scan !== 'found'
}

/** That a file cannot be opened now, and why. */
function Standing({ page, version, timezone, view }: StandingProps) {
  const { t } = page
  if (version.scan === 'found')
    return <p class="state no small">{t('presentations:scan.found', { virus: version.virus ?? '' })}</p>
  if (version.scan === 'waiting')
    return (
      <p class="state late small">
        {t(view ? 'presentations:scan.waiting' : 'presentations:scan.waiting.speaker')}
        {view && version.scan_refusal ? `. ${t('presentations:scan.refused', { reply: version.scan_refusal })}` : null}
      </p>
    )
  if (version.damage === null || version.damaged_at === null) return null
  const what = t(view ? `presentations:damage.${version.damage as Damage}` : 'presentations:damage.speaker')
  const since = t('presentations:damage.since', { time: timeText(page, version.damaged_at, timezone) })
  return (
    <p class="state late small">
      {what}, {since}
    </p>
  )
}

interface StandingProps {
  page: Page
  version: VersionRow
  timezone: string
  view: boolean
}

/** `14 giờ 05, ngày 3/12/2026` */
export function timeText({ t, locale }: Page, at: Date, timezone: string): string {
  const wall = wallTime(at, timezone)
  return t('presentations:version.at', { time: clock(wall, locale), date: date(wall, locale) })
}
