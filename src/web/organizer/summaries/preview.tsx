import { type Context, Hono } from 'hono'
import type { Locale } from '../../../context.ts'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { publishSummary, withdrawSummary } from '../../../features/summaries/commands/publishing.ts'
import { deleteStored } from '../../../features/summaries/commands/store-photo.ts'
import { getSummary, listPhotos, printDraft, type Summary } from '../../../features/summaries/queries/editing.ts'
import { renderMarkdown } from '../../../text/markdown.ts'
import { Article } from '../../components/article.tsx'
import { emptyForm } from '../../components/form.tsx'
import { formRefused, readForm } from '../../forms.ts'
import { PublicLayout } from '../../layout.tsx'
import { memberContext } from '../../middleware.ts'
import { titleParts } from '../../public/summary.tsx'
import { isStale } from '../seminars/stale.tsx'
import { readSummaryForm } from './form-values.ts'
import { loadSeminar, summaryPath, textLanguage, versionOf } from './load.ts'
import { PublishBar, type Shown } from './publish-bar.tsx'

export const previewPages = new Hono<AppEnv>()
  .get('/preview', async (c) => previewPage(c, await loadSeminar(c), textLanguage(c)))
  // What is typed and not saved yet, as it would be printed: shown beside the editor. Changes nothing.
  .post('/preview', async (c) => {
    const { values } = await readForm(c)
    const seminar = await loadSeminar(c)
    const language = textLanguage(c)
    const summary = await getSummary(c.var.services.db, seminar.organization_id, seminar.id, language)
    const read = readSummaryForm({ ...values, title: values.title?.trim() || summary.title })
    if ('form' in read) throw new DomainError('bad_request')
    const { conclusionsBy, ...input } = read.input
    const blocks = renderMarkdown(input.body)
    return c.html(await articleOf(c, seminar, { ...summary, ...input, blocks, conclusions_by: conclusionsBy }))
  })
  .post('/publication', async (c) => {
    const { values } = await readForm(c)
    const seminar = await loadSeminar(c)
    const language = textLanguage(c)
    const { db, files } = c.var.services
    try {
      const { dropped } = await transaction(db, (trx) =>
        publishSummary(trx, memberContext(c), seminar, language, versionOf(values), { note: values.note }),
      )
      await deleteStored(files, dropped)
    } catch (error) {
      if (isStale(error))
        return previewPage(c, seminar, language, { form: { values, errors: [] }, problem: 'stale', status: 412 })
      if (error instanceof DomainError && error.detail === 'seminar_draft') {
        return previewPage(c, seminar, language, { form: { values, errors: [] }, problem: 'draft', status: 409 })
      }
      return previewPage(c, seminar, language, { form: formRefused(error, values), status: 422 })
    }
    return c.redirect(c.var.page.href(summaryPath(c, seminar.id, language)), 303)
  })
  .post('/withdrawal', async (c) => {
    const { values } = await readForm(c)
    const seminar = await loadSeminar(c)
    const language = textLanguage(c)
    await transaction(c.var.services.db, (trx) =>
      withdrawSummary(trx, memberContext(c), seminar, language, versionOf(values)),
    )
    return c.redirect(c.var.page.href(summaryPath(c, seminar.id, language)), 303)
  })

/** The draft as it will be printed, under a bar with what is left to do. */
async function previewPage(
  c: Context<AppEnv>,
  seminar: SeminarRow,
  language: Locale,
  shown: Shown = { form: emptyForm, status: 200 },
) {
  const { page, member } = c.var
  const { db } = c.var.services
  const [summary, photos] = await Promise.all([
    getSummary(db, seminar.organization_id, seminar.id, language),
    listPhotos(db, seminar.organization_id, seminar.id),
  ])
  const address = (rest: string) => page.href(summaryPath(c, seminar.id, language, rest))
  return c.html(
    <PublicLayout
      page={page}
      title={`${page.t('summaries:preview')} – ${summary.title}`}
      masthead={{ name: member.organization.name, home: `/console/${member.organization.slug}` }}
      hue={member.organization.accentHue}
      robots="noindex"
    >
      <PublishBar {...{ page, member, seminar, summary, photos, shown, address }} />
      {await articleOf(c, seminar, summary)}
    </PublicLayout>,
    shown.status,
  )
}

/** The very article that the public page prints, from a draft. */
async function articleOf(c: Context<AppEnv>, seminar: SeminarRow, summary: Summary) {
  const { page } = c.var
  const photos = await listPhotos(c.var.services.db, seminar.organization_id, seminar.id)
  const live = summary.state === 'published' ? summary.published : null
  const text = printDraft(summary, photos, {
    publishedAt: live?.publishedAt ?? page.now.toISOString(),
    correctedAt: null,
    correctionNote: null,
  })
  return (
    <Article
      page={page}
      text={text}
      locale={summary.locale}
      timezone={seminar.timezone}
      {...titleParts(seminar, summary.title, summary.locale)}
      photoSrc={(fileId) => page.href(summaryPath(c, seminar.id, summary.locale, `/photos/files/${fileId}`))}
    />
  )
}
