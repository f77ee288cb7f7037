/** The method of an operation, always of the same width in a list. */
export function Method({ name }: { name: string }) {
  return <b class={`method ${name.toLowerCase()}`}>{name}</b>
}
