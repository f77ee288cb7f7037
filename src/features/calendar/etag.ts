/** A strong ETag, quotes included, of a body: the SHA-256 of its bytes by Web Crypto. RFC 9110 §8.8.3. */
export async function strongEtag(body: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return `"${Array.from(digest, (octet) => octet.toString(16).padStart(2, '0')).join('')}"`
}
