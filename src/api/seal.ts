const encoder = new TextEncoder()
const NONCE_BYTES = 12

/**
 * Seals a text with a secret of at least 128 bits of its own: AES-256-GCM, a fresh nonce each time (RFC 5116). What is kept
 * of an answer is sealed with the API key that asked, which is stored nowhere: a dump of the database opens nothing.
 */
export async function seal(text: string, secret: string): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce },
    await keyOf(secret, 'encrypt'),
    encoder.encode(text),
  )
  return `${base64Of(nonce)}.${base64Of(new Uint8Array(sealed))}`
}

/** Opens what `seal` made with the same secret; throws where it is another, or the text was changed. */
export async function unseal(sealed: string, secret: string): Promise<string> {
  const [nonce, content] = sealed.split('.').map(bytesOf)
  const text = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: nonce as Uint8Array<ArrayBuffer> },
    await keyOf(secret, 'decrypt'),
    content as Uint8Array<ArrayBuffer>,
  )
  return new TextDecoder().decode(text)
}

async function keyOf(secret: string, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  const bytes = await crypto.subtle.digest('SHA-256', encoder.encode(`kept-answer|${secret}`))
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [use])
}

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
