import { type Context, Hono } from 'hono'
import type { Locale } from '../../../context.ts'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { listOthersPresent } from '../../../features/presence/queries.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { versionInput } from '../../../features/seminars/schema.ts'
import { createSummary, editSummary, refreshLead } from '../../../features/summaries/commands/editing.ts'
import { findSummary, getSummary, listPhotos, type Summary } from '../../../features/summaries/queries/editing.ts'
import { leadFromData } from '../../../features/summaries/queries/lead.ts'
import { clock, wallTime } from '../../../text/dates.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { emptyForm, type FormState } from '../../components/form.tsx'
import { formRefused, readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { PresenceBanner } from '../presence.tsx'
import { SeminarFrame } from '../seminars/frame.tsx'
import { isStale } from '../seminars/stale.tsx'
import { EditorForm, editorLabels } from './editor-form.tsx'
import { EmptySummary, Languages, SummaryState } from './editor-parts.tsx'
import { readSummaryForm, summaryValues } from './form-values.ts'
import { loadSeminar, summaryPath, textLanguage } from './load.ts'
import { PhotoBoard } from './photo-board.tsx'

export const editorPages = new Hono<AppEnv>()
  .get('/', async (c) => editorPage(c, await loadSeminar(c), textLanguage(c)))
  .post('/create', async (c) => {
    const seminar = await loadSeminar(c)
    const language = textLanguage(c)
    await transaction(c.var.services.db, (trx) => createSummary(trx, memberContext(c), seminar, language))
    return c.redirect(c.var.page.href(summaryPath(c, seminar.id, language)), 303)
  })
  .post('/', async (c) => {
    const { values } = await readForm(c)
    const seminar = await loadSeminar(c)
    const language = textLanguage(c)
    const auto = c.req.header('accept')?.includes('application/json') ?? false
    const parsed = readSummaryForm(values)
    if ('form' in parsed)
      return auto ? c.json({ refused: true }, 422) : editorPage(c, seminar, language, { form: parsed.form })
    let saved: Summary
    try {
      saved = await transaction(c.var.services.db, (trx) =>
        editSummary(trx, memberContext(c), seminar, language, versionOf(values), parsed.input),
      )
    } catch (error) {
      if (!isStale(error)) return editorPage(c, seminar, language, { form: formRefused(error, values) })
      if (auto) return c.json({ stale: c.var.t('summaries:stale.auto') }, 412)
      const stored = summaryValues(await getSummary(c.var.services.db, seminar.organization_id, seminar.id, language))
      return editorPage(c, seminar, language, {
        form: { values: { ...values, version: stored.version as string }, errors: [] },
        stored,
      })
    }
    if (auto) return c.json({ version: saved.version, text: savedText(c, seminar), leadEdited: saved.lead_edited })
    if (values.do === 'refresh') {
      await transaction(c.var.services.db, (trx) =>
        refreshLead(trx, memberContext(c), seminar, language, saved.version),
      )
    }
    return c.redirect(
      c.var.page.href(summaryPath(c, seminar.id, language, values.do === 'preview' ? '/preview' : '')),
      303,
    )
  })

/** The version a form was opened on; what is none matches none. */
export function versionOf(values: Record<string, string>): number {
  return versionInput.catch(0).parse(values.version)
}

function savedText(c: Context<AppEnv>, seminar: SeminarRow): string {
  const { page, t } = c.var
  return t('summaries:saved.at', { time: clock(wallTime(page.now, seminar.timezone), page.locale) })
}

interface Shown {
  form?: FormState
  /** What is stored now, where what was typed came too late. */
  stored?: Record<string, string>
  /** What was refused of an upload, in words. */
  refused?: string[]
  status?: 200 | 413 | 415 | 422
}

/** The editor in one language of the text; also shown again with what was typed, or after a refused upload. */
export async function editorPage(c: Context<AppEnv>, seminar: SeminarRow, language: Locale, shown: Shown = {}) {
  const { page, member } = c.var
  const { db } = c.var.services
  const summary = await findSummary(db, seminar.organization_id, seminar.id, language)
  const [other, photos, lead, others] = await Promise.all([
    findSummary(db, seminar.organization_id, seminar.id, language === 'vi' ? 'en' : 'vi'),
    listPhotos(db, seminar.organization_id, seminar.id),
    leadFromData(db, seminar, language, summary?.published_at ?? page.now),
    listOthersPresent(db, seminar.organization_id, member.userId, 'summary', seminar.id),
  ])
  const mayEdit = member.role !== 'viewer'
  const { t, href } = page
  const form = shown.form ?? (summary ? { values: summaryValues(summary), errors: [] } : emptyForm)
  const status = shown.stored ? 412 : (shown.status ?? (form.errors.length ? 422 : 200))
  const address = (rest = '') => href(summaryPath(c, seminar.id, language, rest))
  const action =
    summary && mayEdit ? (
      <button class="btn primary" type="submit" form="summary" name="do" value="preview">
        {t('summaries:preview')}
      </button>
    ) : null
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      title={`${t('seminars:tab.summary')} – ${seminar.theme}`}
      islands={['summary']}
    >
      <SeminarFrame page={page} member={member} seminar={seminar} tab="summary" action={action}>
        <PresenceBanner page={page} org={member.organization.slug} kind="summary" id={seminar.id} others={others} />
        <Languages
          page={page}
          language={language}
          of={{ [language]: summary, [language === 'vi' ? 'en' : 'vi']: other }}
          hrefOf={(one) => href(summaryPath(c, seminar.id, one))}
        />
        {summary ? (
          <div class="cols editor">
            <EditorForm
              page={page}
              seminar={seminar}
              summary={summary}
              form={form}
              stored={shown.stored}
              freshLead={lead}
              labels={editorLabels(t)}
              action={address()}
              mayEdit={mayEdit}
            />
            <SummaryState
              page={page}
              seminar={seminar}
              summary={summary}
              revisions={address('/revisions')}
              withdraw={mayEdit ? address('/withdrawal') : undefined}
            />
          </div>
        ) : (
          <EmptySummary page={page} lead={lead} action={mayEdit ? address('/create') : undefined} />
        )}
        {summary || photos.length || shown.refused ? (
          <PhotoBoard
            page={page}
            photos={photos}
            body={summary?.body ?? ''}
            language={language}
            mayEdit={mayEdit}
            refused={shown.refused ?? []}
            address={address}
          />
        ) : null}
      </SeminarFrame>
    </ConsoleLayout>,
    status,
  )
}
