import { type Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { restoreDraft } from '../../../features/summaries/commands/editing.ts'
import { type EarlierDraft, getDraft, listDrafts } from '../../../features/summaries/queries/drafts.ts'
import {
  draftOf,
  getSummary,
  listRevisions,
  type SummaryRevision,
} from '../../../features/summaries/queries/editing.ts'
import { moment } from '../../components/article.tsx'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { SeminarFrame } from '../seminars/frame.tsx'
import { Comparison } from './compare.tsx'
import { loadSeminar, summaryPath, textLanguage, versionOf } from './load.ts'

export const revisionPages = new Hono<AppEnv>()
  .get('/revisions', (c) => revisionPage(c))
  .get('/revisions/:number', (c) => revisionPage(c, { number: Number(c.req.param('number')) }))
  .get('/drafts/:draft', (c) => revisionPage(c, { draft: c.req.param('draft') }))
  .post('/drafts/:draft/restoration', async (c) => {
    const { values } = await readForm(c)
    const seminar = await loadSeminar(c)
    const language = textLanguage(c)
    await transaction(c.var.services.db, (trx) =>
      restoreDraft(trx, memberContext(c), seminar, language, versionOf(values), c.req.param('draft')),
    )
    return c.redirect(c.var.page.href(summaryPath(c, seminar.id, language)), 303)
  })

async function revisionPage(c: Context<AppEnv>, chosen: { number?: number; draft?: string } = {}) {
  const { page, member } = c.var
  const { db } = c.var.services
  const { t } = page
  const seminar = await loadSeminar(c)
  const language = textLanguage(c)
  const summary = await getSummary(db, seminar.organization_id, seminar.id, language)
  const [revisions, drafts] = await Promise.all([
    listRevisions(db, seminar.organization_id, summary.id),
    listDrafts(db, seminar.organization_id, summary.id),
  ])
  const address = (rest: string) => page.href(summaryPath(c, seminar.id, language, rest))
  const revision = chosen.number === undefined ? revisions[0] : revisions.find((one) => one.number === chosen.number)
  if (chosen.number !== undefined && !revision) throw new DomainError('not_found')
  const draft =
    chosen.draft === undefined ? undefined : await getDraft(db, seminar.organization_id, summary.id, chosen.draft)
  const restore =
    draft && member.role !== 'viewer' ? (
      <form method="post" action={address(`/drafts/${draft.id}/restoration`)}>
        <input type="hidden" name="version" value={String(summary.version)} />
        <button class="btn primary" type="submit">
          {t('summaries:draft.restore')}
        </button>
      </form>
    ) : null
  return c.html(
    <ConsoleLayout {...(await frame(c, 'seminars'))} title={`${t('summaries:revisions')} – ${seminar.theme}`}>
      <SeminarFrame page={page} member={member} seminar={seminar} tab="summary" action={restore}>
        <p class="back">
          <a href={address('')}>{t('summaries:back')}</a>
        </p>
        <div class="cols">
          {draft ? (
            <section>
              <h2>{t('summaries:draft.compare', { at: at(page, seminar, draft.saved_at) })}</h2>
              <p class="hint muted small">{t('summaries:draft.compare.hint')}</p>
              <Comparison page={page} before={draft.content} after={draftOf(summary)} />
            </section>
          ) : revision ? (
            <RevisionComparison page={page} revisions={revisions} after={revision} />
          ) : (
            <p class="empty">{t('summaries:revisions.none')}</p>
          )}
          <aside class="versions">
            <RevisionList {...{ page, seminar, revisions, address }} current={draft ? undefined : revision?.number} />
            <DraftList {...{ page, seminar, drafts, address }} current={draft?.id} />
          </aside>
        </div>
      </SeminarFrame>
    </ConsoleLayout>,
  )
}

function at(page: Page, seminar: SeminarRow, instant: Date): string {
  return moment(page, instant.toISOString(), seminar.timezone)
}

function RevisionComparison(props: { page: Page; revisions: SummaryRevision[]; after: SummaryRevision }) {
  const { page, revisions, after } = props
  const before = revisions.find((one) => one.number === after.number - 1)
  return (
    <section>
      <h2>
        {before
          ? page.t('summaries:compare', { n: after.number, before: before.number })
          : page.t('summaries:revision', { n: after.number })}
      </h2>
      <Comparison page={page} before={before?.content} after={after.content} />
    </section>
  )
}

interface ListProps {
  page: Page
  seminar: SeminarRow
  address: (rest: string) => string
}

function RevisionList(props: ListProps & { revisions: SummaryRevision[]; current: number | undefined }) {
  const { page, seminar, address, revisions, current } = props
  if (!revisions.length) return null
  return (
    <>
      <h2>{page.t('summaries:revisions')}</h2>
      <ol class="revisions" reversed>
        {revisions.map(({ number, created_at, by_name, note }) => (
          <Version
            href={address(`/revisions/${number}`)}
            current={number === current}
            name={page.t('summaries:revision', { n: number })}
            about={[at(page, seminar, created_at), by_name]}
          >
            {note ? <span class="small">{note}</span> : null}
          </Version>
        ))}
      </ol>
    </>
  )
}

function DraftList(props: ListProps & { drafts: EarlierDraft[]; current: string | undefined }) {
  const { page, seminar, address, drafts, current } = props
  if (!drafts.length) return null
  return (
    <>
      <h2>{page.t('summaries:drafts')}</h2>
      <ol class="revisions">
        {drafts.map(({ id, saved_at, by_name }) => (
          <Version
            href={address(`/drafts/${id}`)}
            current={id === current}
            name={at(page, seminar, saved_at)}
            about={[by_name]}
          />
        ))}
      </ol>
    </>
  )
}

interface VersionProps {
  href: string
  current: boolean
  name: string
  about: (string | null)[]
  children?: Child
}

function Version({ href, current, name, about, children }: VersionProps) {
  return (
    <li>
      <a href={href} aria-current={current ? 'page' : undefined}>
        {name}
      </a>
      <span class="muted small">{about.filter(Boolean).join(' · ')}</span>
      {children}
    </li>
  )
}
