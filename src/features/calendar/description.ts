/** Paths that open something in one person's name, with a token of 128 bits; see the public addresses of the service. */
const personalPath = '(?:/en)?/(?:i|p|u|c)/[A-Za-z0-9_-]{20,}'

/**
 * The text without personal links: of the service at `publicUrl`, or of any host while that is unknown. What goes into a
 * calendar is shared, so a link that somebody pasted into a description keeps its host alone.
 */
export function withoutPersonalLinks(text: string, publicUrl: string | undefined): string {
  return text.replace(pattern(publicUrl), '$1/')
}

/** Whether a personal link stands in the text, by the same measure. */
export function hasPersonalLink(text: string, publicUrl: string | undefined): boolean {
  return pattern(publicUrl).test(text)
}

function pattern(publicUrl: string | undefined): RegExp {
  const origin = publicUrl && URL.canParse(publicUrl) ? literal(new URL(publicUrl).origin) : 'https?://[^\\s/]+'
  return new RegExp(`(${origin})${personalPath}(?:\\.ics)?`, 'gi')
}

/** The plain description, with each address that it does not already hold on a line at its end. */
export function withAddresses(text: string, addresses: (string | undefined)[]): string {
  const missing = addresses.filter((address) => address !== undefined && !whole(address).test(text))
  return [text.trimEnd(), missing.join('\n')].filter(Boolean).join('\n\n')
}

/** The address itself, not the beginning of a longer one. */
function whole(address: string): RegExp {
  return new RegExp(`${literal(address)}(?![\\w/?#&=%-])`)
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
