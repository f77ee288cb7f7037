import type { Child } from 'hono/jsx'
import type { Page } from '../../../env.ts'
import type { Summary } from '../../../features/summaries/queries/editing.ts'
import type { Speaker } from '../../../features/summaries/queries/speakers.ts'
import type { Translate } from '../../../i18n.ts'
import { countWords, minutesFor } from '../../components/article.tsx'
import { ErrorSummary, type FormState, TextArea, TextField } from '../../components/form.tsx'
import { FiguresFields } from './figures-fields.tsx'
import { SpeakerLines, Toolbar } from './toolbar.tsx'

/** The editor's fields by name, as their labels say. */
export function editorLabels(t: Translate): Record<string, string> {
  return {
    title: t('summaries:title'),
    lead: t('summaries:lead'),
    body: t('summaries:body'),
    byline: t('summaries:byline'),
    figuresCaption: t('summaries:figures.caption'),
    conclusions: t('summaries:conclusions'),
    conclusionsBy: t('summaries:conclusions.by'),
  }
}

interface EditorFormProps {
  page: Page
  summary: Summary
  form: FormState
  /** Above the fields where someone else saved first. */
  conflict: Child
  /** The lead as the data gives it now. */
  freshLead: string[]
  speakers: Speaker[]
  labels: Record<string, string>
  address: (rest?: string) => string
  /** Who writes: what is kept in their browser is theirs alone. */
  member: string
  mayEdit: boolean
  /** `Đã lưu lúc 8 giờ 15.` */
  saved: string
}

/** The text of a summary. With JavaScript it saves itself a moment after the last key (island `summary`). */
export function EditorForm(props: EditorFormProps) {
  const { page, summary, form, conflict, freshLead, speakers, labels, address, member, mayEdit, saved } = props
  const { t } = page
  const field = { t, form }
  const area = { ...field, lang: summary.locale === page.locale ? undefined : summary.locale }
  const outdated = !summary.lead_edited && freshLead.join('\n') !== summary.lead.join('\n')
  return (
    <form
      id="summary"
      class="form"
      method="post"
      action={address()}
      data-autosave={mayEdit ? member : undefined}
      data-held={conflict || form.errors.length ? '' : undefined}
      data-preview={address('/preview')}
    >
      <Backup t={t} />
      <ErrorSummary t={t} form={form} labels={labels} />
      {conflict}
      <input type="hidden" name="version" value={form.values.version ?? ''} />
      <fieldset disabled={!mayEdit}>
        <section>
          <TextArea {...area} name="title" label={labels.title as string} rows={2} maxlength={400} required />
          <TextArea
            {...area}
            name="lead"
            label={labels.lead as string}
            rows={9}
            required
            hint={t(summary.lead_edited ? 'summaries:lead.edited' : 'summaries:lead.hint')}
          />
          {outdated ? <OutdatedLead t={t} lead={freshLead} /> : null}
        </section>
        <section>
          <div class="markdown" data-markdown>
            {mayEdit ? <Toolbar t={t} speakers={speakers} /> : null}
            <TextArea {...area} name="body" label={labels.body as string} rows={18} hint={t('summaries:body.hint')} />
          </div>
          {mayEdit ? <SpeakerLines t={t} speakers={speakers} /> : null}
          <TextField {...field} name="byline" label={labels.byline as string} maxlength={200} />
        </section>
        <section>
          <h2>{t('summaries:figures')}</h2>
          <p class="hint muted small">{t('summaries:figures.hint')}</p>
          <TextField {...field} name="figuresCaption" label={labels.figuresCaption as string} maxlength={300} />
          <FiguresFields t={t} form={form} />
        </section>
        <section>
          <h2>{t('public:conclusions')}</h2>
          <TextField {...field} name="conclusionsBy" label={labels.conclusionsBy as string} maxlength={300} />
          <TextArea
            {...area}
            name="conclusions"
            label={labels.conclusions as string}
            rows={8}
            hint={t('summaries:conclusions.hint')}
          />
        </section>
        {mayEdit ? <SaveBar page={page} summary={summary} saved={form.errors.length || conflict ? '' : saved} /> : null}
      </fieldset>
    </form>
  )
}

/** Text that a browser kept while it could not be saved: shown by the island where there is some. */
function Backup({ t }: { t: Translate }) {
  return (
    <div class="notice late" role="status" data-backup hidden>
      <p data-text={t('summaries:backup', { at: '{at}' })} />
      <p class="actions">
        <button class="btn small" type="button" data-restore>
          {t('summaries:backup.restore')}
        </button>
        <button class="link" type="button" data-discard>
          {t('summaries:backup.discard')}
        </button>
      </p>
    </div>
  )
}

function OutdatedLead({ t, lead }: { t: Translate; lead: string[] }) {
  return (
    <div class="notice late">
      <strong>{t('summaries:lead.outdated')}</strong>
      <details>
        <summary>{t('summaries:lead.fresh')}</summary>
        {lead.map((paragraph) => (
          <p>{paragraph}</p>
        ))}
      </details>
      <button class="btn small" type="submit" name="do" value="refresh">
        {t('summaries:lead.refresh')}
      </button>
    </div>
  )
}

/** Always in sight: whether the text is saved, and how long it is. */
function SaveBar({ page, summary, saved }: { page: Page; summary: Summary; saved: string }) {
  const { t, locale } = page
  const words = countWords(summary)
  const count = (n: string, minutes: string) => t('summaries:count', { words: n, minutes })
  return (
    <div class="save">
      <button class="btn" type="submit" name="do" value="save" aria-keyshortcuts="Control+S" title="Ctrl S">
        {t('summaries:save')}
      </button>
      <span
        class="muted small"
        role="status"
        data-status
        data-saving={t('summaries:saving')}
        data-offline={t('summaries:saving.offline')}
        data-failed={t('summaries:saving.failed')}
        data-refused={t('summaries:saving.refused')}
        data-signed-out={t('summaries:saving.signedOut')}
        data-held={t('summaries:saving.held')}
      >
        {saved}
      </span>
      <span class="length muted small num" data-count={count('{words}', '{minutes}')}>
        {count(new Intl.NumberFormat(locale === 'vi' ? 'vi-VN' : 'en-GB').format(words), String(minutesFor(words)))}
      </span>
    </div>
  )
}
