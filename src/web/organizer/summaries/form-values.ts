import type { Summary } from '../../../features/summaries/queries/editing.ts'
import { type FiguresTable, type SummaryInput, summaryInput } from '../../../features/summaries/schema.ts'
import type { FormState } from '../../components/form.tsx'
import { fieldErrors } from '../../forms.ts'

export const MAX_COLUMNS = 6
export const MAX_ROWS = 60

/** A summary as the fields of its form. */
export function summaryValues(summary: Summary): Record<string, string> {
  const values: Record<string, string> = {
    title: summary.title,
    lead: summary.lead.join('\n\n'),
    body: summary.body,
    byline: summary.byline ?? '',
    conclusions: summary.conclusions.join('\n'),
    conclusionsBy: summary.conclusions_by ?? '',
    figuresCaption: summary.figures?.caption ?? '',
    version: String(summary.version),
  }
  summary.figures?.columns.forEach((column, c) => {
    values[`column.${c}`] = column
  })
  summary.figures?.rows.forEach((row, r) => {
    values[`row.${r}.label`] = row.label
    row.cells.forEach((cell, c) => {
      values[`row.${r}.${c}`] = cell
    })
  })
  return values
}

/** How large the table of a form is: what is filled in, and room for one column and three rows more. */
export function tableSize(values: Record<string, string | undefined>): { columns: number; rows: number } {
  let columns = 0
  let rows = 0
  for (const [name, value] of Object.entries(values)) {
    if (!value) continue
    const column = /^column\.(\d{1,2})$/.exec(name)
    const cell = /^row\.(\d{1,2})\.(\d{1,2}|label)$/.exec(name)
    if (column) columns = Math.max(columns, Number(column[1]) + 1)
    if (cell) rows = Math.max(rows, Number(cell[1]) + 1)
    if (cell && cell[2] !== 'label') columns = Math.max(columns, Number(cell[2]) + 1)
  }
  return {
    columns: Math.min(MAX_COLUMNS, Math.max(2, columns + (columns > 1 ? 1 : 0))),
    rows: Math.min(MAX_ROWS, rows + 3),
  }
}

/** The table of a form without its empty rows and columns; null where nothing was filled in. Cells stay as typed. */
export function figuresFrom(values: Record<string, string>): FiguresTable | null {
  const clean = (name: string) => (values[name] ?? '').replace(/\s+/g, ' ').trim().normalize('NFC')
  const size = tableSize(values)
  const at = Array.from({ length: size.columns }, (_, c) => c)
  const rows = Array.from({ length: size.rows }, (_, r) => ({
    label: clean(`row.${r}.label`),
    cells: at.map((c) => clean(`row.${r}.${c}`)),
  })).filter((row) => row.label || row.cells.some(Boolean))
  const used = at.filter((c) => clean(`column.${c}`) || rows.some((row) => row.cells[c]))
  const caption = clean('figuresCaption')
  if (!rows.length && !used.length && !caption) return null
  return {
    caption,
    columns: used.map((c) => clean(`column.${c}`)),
    rows: rows.map((row) => ({ label: row.label, cells: used.map((c) => row.cells[c] ?? '') })),
  }
}

/** The form read: its input, or the state to show it again. */
export function readSummaryForm(values: Record<string, string>): { input: SummaryInput } | { form: FormState } {
  const parsed = summaryInput.safeParse({ ...values, figures: figuresFrom(values) })
  if (parsed.success) return { input: parsed.data }
  const errors = fieldErrors(parsed.error).map((error) =>
    error.field.startsWith('figures') ? { ...error, field: 'figuresCaption' } : error,
  )
  return { form: { values, errors } }
}
