import type { Locale } from '../../../context.ts'
import type { Page } from '../../../env.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import type { Summary } from '../../../features/summaries/queries/editing.ts'
import { moment } from '../../components/article.tsx'

const COLOURS: Record<Summary['state'], string> = { draft: '', published: 'yes', withdrawn: 'no' }

/** The two texts of a seminar, each with its state; the one that is open is marked. */
export function Languages({
  page,
  language,
  of,
  hrefOf,
}: {
  page: Page
  language: Locale
  of: Partial<Record<Locale, Summary | undefined>>
  hrefOf: (language: Locale) => string
}) {
  const { t } = page
  return (
    <nav class="languages" aria-label={t('summaries:languages')}>
      {(['vi', 'en'] as const).map((one) => {
        const summary = of[one]
        return (
          <a href={hrefOf(one)} aria-current={one === language ? 'page' : undefined}>
            {t(`summaries:language.${one}`)}{' '}
            <span class={`state ${summary ? COLOURS[summary.state] : ''}`}>
              {summary ? t(`summaries:state.${summary.state}`) : t('summaries:state.none')}
            </span>
          </a>
        )
      })}
    </nav>
  )
}

/** Where nothing is written yet: the lead that the data gives, and the button that begins. */
export function EmptySummary({ page, lead, action }: { page: Page; lead: string[]; action: string | undefined }) {
  const { t } = page
  return (
    <div class="empty-summary">
      <p class="muted">{t('summaries:empty')}</p>
      <blockquote class="generated">
        {lead.map((paragraph) => (
          <p>{paragraph}</p>
        ))}
      </blockquote>
      {action ? (
        <form method="post" action={action}>
          <button class="btn primary" type="submit">
            {t('summaries:create')}
          </button>
        </form>
      ) : null}
    </div>
  )
}

/** Beside the editor: what the public reads now, and what can be done with it. */
export function SummaryState({
  page,
  seminar,
  summary,
  revisions,
  live: livePreview,
  withdraw,
}: {
  page: Page
  seminar: SeminarRow
  summary: Summary
  revisions: string
  /** Where the island asks for the text as it would be printed; undefined for those who only read. */
  live: string | undefined
  withdraw: string | undefined
}) {
  const { t } = page
  const { published, state } = summary
  const live = state === 'published' && published
  return (
    <aside class="summary-state">
      {livePreview ? (
        <>
          <button class="btn small" type="button" data-side aria-pressed="false" hidden>
            {t('summaries:side')}
          </button>
          <section class="side" data-live={livePreview} aria-label={t('summaries:side')} hidden />
        </>
      ) : null}
      <h2>{t('summaries:public')}</h2>
      <p>
        <span class={`state ${COLOURS[state]}`}>{t(`summaries:state.${state}`)}</span>
      </p>
      {live ? (
        <>
          <p class="muted small">{t('public:published', { at: moment(page, live.publishedAt, seminar.timezone) })}</p>
          {live.correctedAt ? (
            <p class="muted small">
              {t('summaries:corrected.at', { at: moment(page, live.correctedAt, seminar.timezone) })}
            </p>
          ) : null}
          <p class="muted small">{t(seminar.visibility === 'private' ? 'summaries:private' : 'summaries:live.hint')}</p>
        </>
      ) : (
        <p class="muted small">{t(seminar.state === 'draft' ? 'summaries:seminar.draft' : 'summaries:draft.hint')}</p>
      )}
      <ul class="links">
        {live && seminar.visibility !== 'private' ? (
          <li>
            <a href={`${summary.locale === 'en' ? '/en' : ''}/s/${seminar.slug}/summary`}>{t('summaries:open')}</a>
          </li>
        ) : null}
        {published || summary.version > 1 ? (
          <li>
            <a href={revisions}>{t('summaries:versions')}</a>
          </li>
        ) : null}
      </ul>
      {live && withdraw ? (
        <details>
          <summary class="link">{t('summaries:withdraw')}</summary>
          <form method="post" action={withdraw} class="stack">
            <input type="hidden" name="version" value={String(summary.version)} />
            <p class="small">{t('summaries:withdraw.hint')}</p>
            <button class="btn small" type="submit">
              {t('summaries:withdraw.confirm')}
            </button>
          </form>
        </details>
      ) : null}
    </aside>
  )
}
