import { type Context, Hono } from 'hono'
import type { Locale } from '../../../context.ts'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Member, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { publishSummary, withdrawSummary } from '../../../features/summaries/commands/publishing.ts'
import { deleteStored } from '../../../features/summaries/commands/store-photo.ts'
import {
  getSummary,
  listPhotos,
  printDraft,
  type Summary,
  type SummaryPhoto,
} from '../../../features/summaries/queries/editing.ts'
import { Article } from '../../components/article.tsx'
import { ErrorSummary, emptyForm, type FormState, TextArea } from '../../components/form.tsx'
import { formRefused, readForm } from '../../forms.ts'
import { PublicLayout } from '../../layout.tsx'
import { memberContext } from '../../middleware.ts'
import { titleParts } from '../../public/summary.tsx'
import { isStale } from '../seminars/stale.tsx'
import { versionOf } from './editor.tsx'
import { loadSeminar, summaryPath, textLanguage } from './load.ts'

export const previewPages = new Hono<AppEnv>()
  .get('/preview', async (c) => previewPage(c, await loadSeminar(c), textLanguage(c)))
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

interface Shown {
  form: FormState
  problem?: 'stale' | 'draft'
  status: 200 | 409 | 412 | 422
}

async function previewPage(
  c: Context<AppEnv>,
  seminar: SeminarRow,
  language: Locale,
  shown: Shown = { form: emptyForm, status: 200 },
) {
  const { db } = c.var.services
  const [summary, photos] = await Promise.all([
    getSummary(db, seminar.organization_id, seminar.id, language),
    listPhotos(db, seminar.organization_id, seminar.id),
  ])
  const address = (rest: string) => c.var.page.href(summaryPath(c, seminar.id, language, rest))
  return c.html(
    <Preview {...{ page: c.var.page, member: c.var.member, seminar, summary, photos, shown, address }} />,
    shown.status,
  )
}

interface PreviewProps {
  page: Page
  member: Member
  seminar: SeminarRow
  summary: Summary
  photos: SummaryPhoto[]
  shown: Shown
  address: (rest: string) => string
}

/** The draft as it will be printed, under a bar with what is left to do. */
function Preview({ page, member, seminar, summary, photos, shown, address }: PreviewProps) {
  const { t } = page
  const live = summary.state === 'published' ? summary.published : null
  const text = printDraft(summary, photos, {
    publishedAt: live?.publishedAt ?? page.now.toISOString(),
    correctedAt: null,
    correctionNote: null,
  })
  return (
    <PublicLayout
      page={page}
      title={`${t('summaries:preview')} – ${summary.title}`}
      masthead={{ name: member.organization.name, home: `/console/${member.organization.slug}` }}
      hue={member.organization.accentHue}
      robots="noindex"
    >
      <PublishBar {...{ page, member, seminar, summary, photos, shown, address }} />
      <Article
        page={page}
        text={text}
        locale={summary.locale}
        timezone={seminar.timezone}
        {...titleParts(seminar, summary.title, summary.locale)}
        photoSrc={(fileId) => address(`/photos/files/${fileId}`)}
      />
    </PublicLayout>
  )
}

function PublishBar({ page, member, seminar, summary, photos, shown, address }: PreviewProps) {
  const { t } = page
  const correction = summary.state === 'published'
  const silent = photos.filter((photo) =>
    summary.locale === 'en' ? !photo.alt_en && !photo.caption_en : !photo.alt && !photo.caption,
  ).length
  return (
    <section class="publish no-print" aria-label={t('summaries:preview')}>
      <p>
        <strong>{t('summaries:preview.title')}</strong>{' '}
        {t(correction ? 'summaries:preview.correction' : 'summaries:preview.hint')}
      </p>
      {shown.problem ? (
        <p class="notice bad" role="alert">
          {t(shown.problem === 'stale' ? 'summaries:preview.stale' : 'summaries:seminar.draft')}
        </p>
      ) : null}
      {silent ? <p class="notice late">{t('summaries:photo.silent', { count: silent })}</p> : null}
      <form class="form" method="post" action={address('/publication')}>
        <ErrorSummary t={t} form={shown.form} labels={{ note: t('summaries:note'), lead: t('summaries:lead') }} />
        <input type="hidden" name="version" value={String(summary.version)} />
        {correction && member.role !== 'viewer' ? (
          <TextArea
            t={t}
            form={shown.form}
            name="note"
            label={t('summaries:note')}
            rows={2}
            maxlength={500}
            required
            hint={t('summaries:note.hint')}
          />
        ) : null}
        <div class="actions">
          {member.role === 'viewer' || seminar.state === 'draft' ? null : (
            <button class="btn primary" type="submit">
              {t(correction ? 'summaries:correct' : 'summaries:publish')}
            </button>
          )}
          <a class="btn" href={address('')}>
            {t('summaries:back')}
          </a>
        </div>
      </form>
    </section>
  )
}
