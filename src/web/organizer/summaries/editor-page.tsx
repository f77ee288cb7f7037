import type { Context } from 'hono'
import type { Locale } from '../../../context.ts'
import type { AppEnv } from '../../../env.ts'
import { listOthersPresent } from '../../../features/presence/queries.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { findSummary, listPhotos, type Summary } from '../../../features/summaries/queries/editing.ts'
import { leadFromData } from '../../../features/summaries/queries/lead.ts'
import { listSpeakers } from '../../../features/summaries/queries/speakers.ts'
import type { SummaryInput } from '../../../features/summaries/schema.ts'
import { moment } from '../../components/article.tsx'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { emptyForm, type FormState } from '../../components/form.tsx'
import { frame } from '../frame.ts'
import { PresenceBanner } from '../presence.tsx'
import { SeminarFrame } from '../seminars/frame.tsx'
import { Conflict } from './conflict.tsx'
import { EditorForm, editorLabels } from './editor-form.tsx'
import { EmptySummary, Languages, SummaryState } from './editor-parts.tsx'
import { summaryValues } from './form-values.ts'
import { summaryPath } from './load.ts'
import { PhotoBoard } from './photo-board.tsx'

export interface Shown {
  form?: FormState
  /** What is stored now and what was typed, where that came too late. */
  conflict?: { stored: Summary; typed: SummaryInput }
  /** What was refused of an upload, in words. */
  refused?: string[]
  status?: 200 | 413 | 415 | 422
}

/** The editor in one language of the text; also shown again with what was typed, or after a refused upload. */
export async function editorPage(c: Context<AppEnv>, seminar: SeminarRow, language: Locale, shown: Shown = {}) {
  const { page, member } = c.var
  const { db } = c.var.services
  const otherLanguage = language === 'vi' ? 'en' : 'vi'
  const summary = await findSummary(db, seminar.organization_id, seminar.id, language)
  const [other, photos, lead, others, speakers] = await Promise.all([
    findSummary(db, seminar.organization_id, seminar.id, otherLanguage),
    listPhotos(db, seminar.organization_id, seminar.id),
    leadFromData(db, seminar, language, summary?.published_at ?? page.now),
    listOthersPresent(db, seminar.organization_id, member.userId, 'summary', seminar.id),
    listSpeakers(db, seminar, member.organization.honorific, language),
  ])
  const mayEdit = member.role !== 'viewer'
  const { t, href } = page
  const form = shown.form ?? (summary ? { values: summaryValues(summary), errors: [] } : emptyForm)
  const status = shown.conflict ? 412 : (shown.status ?? (form.errors.length ? 422 : 200))
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
          of={{ [language]: summary, [otherLanguage]: other }}
          hrefOf={(one) => href(summaryPath(c, seminar.id, one))}
        />
        {summary ? (
          <div class="cols editor">
            <EditorForm
              page={page}
              summary={summary}
              form={form}
              conflict={
                shown.conflict ? (
                  <Conflict {...shown.conflict} page={page} seminar={seminar} action={address()} />
                ) : null
              }
              freshLead={lead}
              speakers={speakers}
              labels={editorLabels(t)}
              address={address}
              member={member.userId}
              mayEdit={mayEdit}
              saved={t('summaries:saved.last', {
                at: moment(page, summary.updated_at.toISOString(), seminar.timezone),
              })}
            />
            <SummaryState
              page={page}
              seminar={seminar}
              summary={summary}
              revisions={address('/revisions')}
              live={mayEdit ? address('/preview') : undefined}
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
            blocks={summary?.blocks ?? []}
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
