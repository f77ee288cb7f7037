import type { Translate } from '../../../i18n.ts'
import type { FormState } from '../../components/form.tsx'
import { MAX_COLUMNS, MAX_ROWS, tableSize } from './form-values.ts'

/** The table of figures as fields: every cell is text and is printed as it is typed. */
export function FiguresFields({ t, form }: { t: Translate; form: FormState }) {
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
  // The island names cells that it adds by the same words.
  const words = {
    'data-column': t('summaries:figures.column', { n: '{c}' }),
    'data-row': t('summaries:figures.row', { n: '{r}' }),
    'data-cell': t('summaries:figures.cell', { row: '{r}', column: '{c}' }),
  }
  return (
    <div data-figures data-max-rows={MAX_ROWS} data-max-columns={MAX_COLUMNS} {...words}>
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
      <p class="actions" hidden>
        <button class="link" type="button" data-add="row">
          {t('summaries:figures.add.row')}
        </button>
        <button class="link" type="button" data-add="column">
          {t('summaries:figures.add.column')}
        </button>
      </p>
    </div>
  )
}
