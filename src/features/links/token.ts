import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Purpose } from './schema.ts'

// Not WebCrypto: for so few bytes its way through other threads costs ten times the work, and each waits a turn of the loop.
const encoder = new TextEncoder()

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')
}

/** HMAC-SHA-256 of a text. */
export function signText(key: string, text: string): Uint8Array {
  return hmac(sha256, encoder.encode(key), encoder.encode(text))
}

/**
 * The token of a personal link: 128 bits of HMAC-SHA-256(LINK_KEY, purpose | id | generation), base64url, 22 characters.
 * It can be made again at any time, so it is stored nowhere.
 */
export function linkToken(key: string, purpose: Purpose, targetId: string, generation: number): string {
  return base64url(signText(key, `${purpose}|${targetId}|${generation}`).subarray(0, 16))
}

/** SHA-256 of a token: what `links` holds. */
export function hashToken(token: string): Uint8Array {
  return sha256(encoder.encode(token))
}

/** The public name of a link, in `/invitation/:ref`: 72 bits derived from the hash, so it tells nothing of the token. */
export function linkRef(token: string): string {
  return base64url(hashToken(`ref|${token}`).subarray(0, 9)).replace(/[-_]/g, 'x')
}
