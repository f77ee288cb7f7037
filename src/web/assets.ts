let manifest: Record<string, string> = {}

/** Told once by the entry: file name → name with a hash of its content. */
export function setAssets(names: Record<string, string>): void {
  manifest = names
}

/** The address of a built asset; its name changes with its content, so that it may be kept for ever. */
export function asset(name: string): string {
  return `/assets/${manifest[name] ?? name}`
}
