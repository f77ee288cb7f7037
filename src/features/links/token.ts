import type { Purpose } from './schema.ts'

const encoder = new TextEncoder()
const keys = new Map<string, Promise<CryptoKey>>()

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')
}

function importKey(key: string): Promise<CryptoKey> {
  let imported = keys.get(key)
  if (!imported) {
    imported = crypto.subtle.importKey('raw', encoder.encode(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    keys.set(key, imported)
  }
  return imported
}

/**
 * The token of a personal link: 128 bits of HMAC-SHA-256(LINK_KEY, purpose | id | generation), base64url, 22 characters.
 * It can be made again at any time, so it is stored nowhere.
 */
export async function linkToken(key: string, purpose: Purpose, targetId: string, generation: number): Promise<string> {
  const signed = await crypto.subtle.sign(
    'HMAC',
    await importKey(key),
    encoder.encode(`${purpose}|${targetId}|${generation}`),
  )
  return base64url(new Uint8Array(signed).subarray(0, 16))
}

/** SHA-256 of a token: what `links` holds. */
export async function hashToken(token: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(token)))
}

/** The public name of a link, in `/invitation/:ref`: 72 bits derived from the hash, so it tells nothing of the token. */
export async function linkRef(token: string): Promise<string> {
  return base64url((await hashToken(`ref|${token}`)).subarray(0, 9)).replace(/[-_]/g, 'x')
}
