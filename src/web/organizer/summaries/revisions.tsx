import { type Context, Hono } from 'hono'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { getSummary, listRevisions, type SummaryRevision } from '../../../features/summaries/queries/editing.ts'
import type { PrintedSummary } from '../../../features/summaries/schema.ts'
import { type Change, diffParagraphs } from '../../../text/diff.ts'
import { moment } from '../../components/article.tsx'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { frame } from '../frame.ts'
import { SeminarFrame } from '../seminars/frame.tsx'
import { loadSeminar, summaryPath, textLanguage } from './load.ts'

export const revisionPages = new Hono<AppEnv>()
  .get('/revisions', (c) => revisionPage(c, undefined))
  .get('/revisions/:number', (c) => revisionPage(c, Number(c.req.param('number'))))

async function revisionPage(c: Context<AppEnv>, number: number | undefined) {
  const { page, member } = c.var
  const { db } = c.var.services
  const seminar = await loadSeminar(c)
  const language = textLanguage(c)
  const summary = await getSummary(db, seminar.organization_id, seminar.id, language)
  const revisions = await listRevisions(db, seminar.organization_id, summary.id)
  const chosen = number === undefined ? revisions[0] : revisions.find((one) => one.number === number)
  if (number !== undefined && !chosen) throw new DomainError('not_found')
  const before = chosen && revisions.find((one) => one.number === chosen.number - 1)
  const address = (rest: string) => page.href(summaryPath(c, seminar.id, language, rest))
  const { t } = page
  return c.html(
    <ConsoleLayout {...(await frame(c, 'seminars'))} title={`${t('summaries:revisions')} – ${seminar.theme}`}>
      <SeminarFrame page={page} member={member} seminar={seminar} tab="summary">
        <p>
          <a href={address('')}>{t('summaries:back')}</a>
        </p>
        <div class="cols">
          {chosen ? (
            <Comparison page={page} before={before} after={chosen} />
          ) : (
            <p class="empty">{t('summaries:revisions.none')}</p>
          )}
          <RevisionList {...{ page, seminar, revisions, chosen, address }} />
        </div>
      </SeminarFrame>
    </ConsoleLayout>,
  )
}

interface ListProps {
  page: Page
  seminar: SeminarRow
  revisions: SummaryRevision[]
  chosen: SummaryRevision | undefined
  address: (rest: string) => string
}

function RevisionList({ page, seminar, revisions, chosen, address }: ListProps) {
  const { t } = page
  return (
    <aside>
      <h2>{t('summaries:revisions')}</h2>
      <ol class="revisions" reversed>
        {revisions.map((revision) => (
          <li>
            <a
              href={address(`/revisions/${revision.number}`)}
              aria-current={revision.id === chosen?.id ? 'page' : undefined}
            >
              {t('summaries:revision', { n: revision.number })}
            </a>
            <span class="muted small">
              {[moment(page, revision.created_at.toISOString(), seminar.timezone), revision.by_name]
                .filter(Boolean)
                .join(' · ')}
            </span>
            {revision.note ? <span class="small">{revision.note}</span> : null}
          </li>
        ))}
      </ol>
    </aside>
  )
}

/** The parts of a printed text as paragraphs, so that two can be laid side by side. */
function partsOf(text: PrintedSummary | undefined) {
  const figures = text?.figures
  return {
    title: text ? [text.title] : [],
    lead: text?.lead ?? [],
    body: text ? text.body.split(/\n\s*\n/).filter(Boolean) : [],
    byline: text?.byline ? [text.byline] : [],
    figures: figures
      ? [
          figures.caption,
          figures.columns.join(' | '),
          ...figures.rows.map((row) => [row.label, ...row.cells].join(' | ')),
        ].filter(Boolean)
      : [],
    conclusions: text ? [...(text.conclusionsBy ? [text.conclusionsBy] : []), ...text.conclusions] : [],
  }
}

const LABELS = {
  title: 'summaries:title',
  lead: 'summaries:lead',
  body: 'summaries:body',
  byline: 'summaries:byline',
  figures: 'summaries:figures',
  conclusions: 'summaries:conclusions',
} as const

function Comparison({
  page,
  before,
  after,
}: {
  page: Page
  before: SummaryRevision | undefined
  after: SummaryRevision
}) {
  const { t } = page
  const old = partsOf(before?.content)
  const now = partsOf(after.content)
  return (
    <section>
      <h2>
        {before
          ? t('summaries:compare', { n: after.number, before: before.number })
          : t('summaries:revision', { n: after.number })}
      </h2>
      {(Object.keys(LABELS) as (keyof typeof LABELS)[]).map((part) => {
        const changed = before
          ? diffParagraphs(old[part], now[part])
          : now[part].map((text): Change[] => [{ text, kind: 'same' }])
        return changed.length ? (
          <div class="diff">
            <h3 class="label">{t(LABELS[part])}</h3>
            {changed.map((paragraph) => (
              <p>{paragraph.map(Stretch)}</p>
            ))}
          </div>
        ) : null
      })}
    </section>
  )
}

function Stretch({ text, kind }: Change) {
  if (kind === 'added') return <ins>{text}</ins>
  return kind === 'removed' ? <del>{text}</del> : text
}
