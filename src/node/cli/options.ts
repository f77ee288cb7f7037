/** What a command is given: its options by name, and where to print. */
export type Options = Record<string, string | boolean | undefined>
export type Say = (line: string) => void

/** An option that must be there. @throws Error in one line */
export function required(options: Options, name: string): string {
  const value = options[name]
  if (typeof value !== 'string' || value.trim() === '') throw new Error(`--${name} is missing`)
  return value
}
