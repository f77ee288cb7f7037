import type { Page } from '../../../env.ts'
import type { SpeechRow, VersionRow } from '../../../features/presentations/queries.ts'
import { mayTake } from '../../../features/presentations/rules.ts'
import type { PresentationState } from '../../../features/presentations/schema.ts'

/** What is wrong with a speech's newest file, and what to do: locked away for a virus, waiting for the scan, damaged. */
export function FileNotices({ page, speech, versions }: { page: Page; speech: SpeechRow; versions: VersionRow[] }) {
  const { t } = page
  const locked = versions.find((version) => version.number === speech.locked_number)
  const told = () => {
    if (!mayTake('submit', speech.state as PresentationState)) return null
    if (locked?.sent_by === 'organizer') return t('presentations:infected.one.ours')
    return t(speech.email ? 'presentations:infected.one.told' : 'presentations:infected.one.untold')
  }
  return (
    <>
      {locked ? (
        <p class="notice late">
          {t('presentations:infected.one', { n: locked.number, file: locked.name, virus: locked.virus ?? '' })} {told()}
        </p>
      ) : null}
      {speech.latest_scan === 'waiting' ? (
        <p class="notice">
          {t('presentations:scan.waiting')}. {t('presentations:scan.approve')}
        </p>
      ) : null}
      {speech.latest_damage !== null ? <p class="notice late">{t('presentations:damage.one')}</p> : null}
    </>
  )
}

/** The same on the board, in a few words. */
export function FileMarks({ page, speech }: { page: Page; speech: SpeechRow }) {
  const { t } = page
  return (
    <>
      {speech.locked_number !== null ? (
        <span class="sub warned">{t('presentations:infected.board', { n: speech.locked_number })}</span>
      ) : null}
      {speech.latest_scan === 'waiting' ? <span class="sub">{t('presentations:scan.waiting.board')}</span> : null}
      {speech.latest_damage !== null ? <span class="sub warned">{t('presentations:damage.board')}</span> : null}
    </>
  )
}
