import type { Page } from '../../../env.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import type { Summary } from '../../../features/summaries/queries/editing.ts'
import type { Translate } from '../../../i18n.ts'
import { ErrorSummary, type FormState, TextArea, TextField } from '../../components/form.tsx'
import { StaleNotice } from '../seminars/stale.tsx'
import { MAX_COLUMNS, tableSize } from './form-values.ts'

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
  seminar: SeminarRow
  summary: Summary
  form: FormState
  stored: Record<string, string> | undefined
  /** The lead as the data gives it now. */
  freshLead: string[]
  labels: Record<string, string>
  action: string
  mayEdit: boolean
}

/** The text of a summary. With JavaScript it saves itself a few seconds after the last key (island `summary`). */
export function EditorForm({ page, summary, form, stored, freshLead, labels, action, mayEdit }: EditorFormProps) {
  const { t } = page
  const field = { t, form }
  const outdated = !summary.lead_edited && freshLead.join('\n') !== summary.lead.join('\n')
  return (
    <form id="summary" class="form" method="post" action={action} data-autosave={mayEdit ? '' : undefined}>
      <ErrorSummary t={t} form={form} labels={labels} />
      {stored ? <StaleNotice page={page} form={form} stored={stored} labels={labels} /> : null}
      <input type="hidden" name="version" value={form.values.version ?? ''} />
      <fieldset disabled={!mayEdit}>
        <section>
          <TextArea {...field} name="title" label={labels.title as string} rows={2} maxlength={400} required />
          <TextArea
            {...field}
            name="lead"
            label={labels.lead as string}
            rows={9}
            required
            hint={t(summary.lead_edited ? 'summaries:lead.edited' : 'summaries:lead.hint')}
          />
          {outdated ? (
            <div class="notice late">
              <strong>{t('summaries:lead.outdated')}</strong>
              <details>
                <summary>{t('summaries:lead.fresh')}</summary>
                {freshLead.map((paragraph) => (
                  <p>{paragraph}</p>
                ))}
              </details>
              <button class="btn small" type="submit" name="do" value="refresh">
                {t('summaries:lead.refresh')}
              </button>
            </div>
          ) : null}
        </section>
        <section>
          <div class="markdown" data-markdown>
            <Toolbar t={t} />
            <TextArea {...field} name="body" label={labels.body as string} rows={18} hint={t('summaries:body.hint')} />
          </div>
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
            {...field}
            name="conclusions"
            label={labels.conclusions as string}
            rows={8}
            hint={t('summaries:conclusions.hint')}
          />
        </section>
        {mayEdit ? (
          <div class="actions save">
            <button class="btn" type="submit" name="do" value="save">
              {t('summaries:save')}
            </button>
            <span
              class="muted small"
              role="status"
              data-status
              data-saving={t('summaries:saving')}
              data-failed={t('summaries:saving.failed')}
              data-refused={t('summaries:saving.refused')}
            />
          </div>
        ) : null}
      </fieldset>
    </form>
  )
}

/** Shown by the island: signs of Markdown for those who do not know them. */
function Toolbar({ t }: { t: Translate }) {
  const tools = ['heading', 'bold', 'list', 'quote', 'link'] as const
  return (
    <div class="toolbar" role="toolbar" aria-label={t('summaries:tools')} hidden>
      {tools.map((tool) => (
        <button class="link" type="button" data-tool={tool} data-sample={t(`summaries:tool.${tool}.sample`)}>
          {t(`summaries:tool.${tool}`)}
        </button>
      ))}
    </div>
  )
}

/** The table of figures as fields: every cell is text and is printed as it is typed. */
function FiguresFields({ t, form }: { t: Translate; form: FormState }) {
  const size = tableSize(form.values)
  const columns = Array.from({ length: Math.min(size.columns, MAX_COLUMNS) }, (_, c) => c)
  const cell = (name: string, label: string) => (
    <input
      type="text"
      name={name}
      value={form.values[name] ?? ''}
      maxlength={200}
      autocomplete="off"
      aria-label={label}
    />
  )
  return (
    <div class="scroll">
      <table class="figures-edit">
        <thead>
          <tr>
            <td />
            {columns.map((c) => (
              <td>{cell(`column.${c}`, t('summaries:figures.column', { n: c + 1 }))}</td>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: size.rows }, (_, r) => (
            <tr>
              <td>{cell(`row.${r}.label`, t('summaries:figures.row', { n: r + 1 }))}</td>
              {columns.map((c) => (
                <td>{cell(`row.${r}.${c}`, t('summaries:figures.cell', { row: r + 1, column: c + 1 }))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
