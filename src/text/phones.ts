/**
 * The first telephone number in a line as people write it, for a `tel:` link (RFC 3966): `0203 123 456 (văn thư)` →
 * `0203123456`. Undefined where there is none to dial.
 */
export function dialled(text: string | null): string | undefined {
  const found = /\+?\d[\d .()-]{0,30}/.exec(text ?? '')?.[0]
  const digits = found?.replace(/[^\d+]/g, '') ?? ''
  return digits.length >= 3 ? digits : undefined
}
