/** A body in the names of columns, as some features read them: `validFrom` → `valid_from`. */
export function inColumns(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
}

/** What a form of a feature holds of a row: the columns its schema names. */
export function formOfRow(shape: Readonly<Record<string, unknown>>, row: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => Object.hasOwn(shape, name)))
}
