// The table of figures grows on a button, by a paste from a spreadsheet, or as more is typed.

const boxOf = (form: HTMLFormElement) => form.querySelector<HTMLElement>('[data-figures]')

export function figures(form: HTMLFormElement): void {
  const box = boxOf(form)
  const actions = box?.querySelector<HTMLElement>('.actions')
  if (!box || !actions) return
  actions.hidden = false
  const sync = () => {
    const { rows, columns } = size(box)
    const full = { row: rows >= Number(box.dataset.maxRows), column: columns >= Number(box.dataset.maxColumns) }
    for (const button of actions.querySelectorAll<HTMLButtonElement>('[data-add]'))
      button.disabled = full[button.dataset.add as 'row' | 'column']
  }
  actions.addEventListener('click', (event) => {
    const what = (event.target as HTMLElement).closest<HTMLElement>('[data-add]')?.dataset.add
    if (!what) return
    if (what === 'row') addRow(box)
    else addColumn(box)
    sync()
    const { rows, columns } = size(box)
    field(box, what === 'row' ? `row.${rows - 1}.label` : `column.${columns - 1}`)?.focus()
  })
  box.addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text/plain') ?? ''
    const from = event.target as HTMLInputElement
    if (!/[\t\n]/.test(text.trimEnd()) || !from.name) return
    event.preventDefault()
    fill(box, from.name, text)
    sync()
    from.dispatchEvent(new Event('input', { bubbles: true }))
  })
  sync()
}

/** Makes room for a field of this name, where it is one of the table's. */
export function enlarge(form: HTMLFormElement, name: string): void {
  const box = boxOf(form)
  const [, row, column] = /^(?:row\.(\d+)\.)?(?:column\.)?(\d+|label)$/.exec(name) ?? []
  if (!box || column === undefined) return
  room(box, row === undefined ? 0 : Number(row) + 1, column === 'label' ? 0 : Number(column) + 1)
}

/** Cells as a spreadsheet copies them, from one field on: to the right and down. The head row and label column take part. */
function fill(box: HTMLElement, name: string, text: string): void {
  const [, row, label] = /^(?:row\.(\d+)|column)\.(\d+|label)$/.exec(name) ?? []
  const top = row === undefined ? -1 : Number(row)
  const left = label === 'label' ? -1 : Number(label)
  const lines = text
    .replace(/\r\n?/g, '\n')
    .replace(/(?<!\n)\n+$/, '')
    .split('\n')
  lines.forEach((line, y) => {
    line.split('\t').forEach((value, x) => {
      const at = { row: top + y, column: left + x }
      room(box, at.row + 1, at.column + 1)
      const target = at.row === -1 ? `column.${at.column}` : `row.${at.row}.${at.column === -1 ? 'label' : at.column}`
      const cell = field(box, target)
      if (cell)
        cell.value = value
          .replace(/^"(.*)"$/s, '$1')
          .replace(/\s+/g, ' ')
          .trim()
    })
  })
}

function room(box: HTMLElement, rows: number, columns: number): void {
  const limit = { rows: Number(box.dataset.maxRows), columns: Number(box.dataset.maxColumns) }
  while (size(box).rows < Math.min(rows, limit.rows)) addRow(box)
  while (size(box).columns < Math.min(columns, limit.columns)) addColumn(box)
}

function size(box: HTMLElement) {
  return { rows: box.querySelectorAll('tbody tr').length, columns: box.querySelectorAll('thead input').length }
}

function field(box: HTMLElement, name: string): HTMLInputElement | null {
  return box.querySelector<HTMLInputElement>(`input[name="${name}"]`)
}

function addRow(box: HTMLElement): void {
  const { rows, columns } = size(box)
  const row = document.createElement('tr')
  row.append(cell(box, `row.${rows}.label`, named(box.dataset.row, rows, 0)))
  for (let c = 0; c < columns; c++) row.append(cell(box, `row.${rows}.${c}`, named(box.dataset.cell, rows, c)))
  box.querySelector('tbody')?.append(row)
}

function addColumn(box: HTMLElement): void {
  const { columns } = size(box)
  box.querySelector('thead tr')?.append(cell(box, `column.${columns}`, named(box.dataset.column, 0, columns)))
  box.querySelectorAll('tbody tr').forEach((row, r) => {
    row.append(cell(box, `row.${r}.${columns}`, named(box.dataset.cell, r, columns)))
  })
}

function named(text: string | undefined, row: number, column: number): string {
  return (text ?? '').replace('{r}', String(row + 1)).replace('{c}', String(column + 1))
}

function cell(box: HTMLElement, name: string, label: string): HTMLTableCellElement {
  const td = document.createElement('td')
  const input = document.createElement('input')
  const like = box.querySelector<HTMLInputElement>('input')
  input.type = 'text'
  input.name = name
  input.maxLength = like?.maxLength ?? 200
  input.autocomplete = 'off'
  input.setAttribute('aria-label', label)
  td.append(input)
  return td
}
