/**
 * Text as a calendar may carry it: well-formed, without control characters, lines ended by `\n`.
 * U+2028 and U+2029 become newlines: readers that split on them lose the property. NFC and NFD stay as they are.
 * RFC 5545 §3.1 (CONTROL), §3.3.11.
 */
export function cleanText(value: string): string {
  return value
    .replace(/\p{Surrogate}/gu, '')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}

/** The same, for a value of one line (names, UID, X-WR-*): white space runs that hold a newline or tab become a space. */
export function cleanLine(value: string): string {
  return cleanText(value)
    .replace(/(?<! ) *[\n\t]\s*/g, ' ')
    .trim()
}

/**
 * A name as a parameter (CN) may carry it. RFC 5545 knows no backslash escapes there, but ical.js, and with it
 * Thunderbird, undoes them and then loses the address behind the name: a backslash becomes a slash.
 */
export function cleanName(value: string): string {
  return cleanLine(value).replaceAll('\\', '/')
}

/** Escapes a TEXT value: backslash, semicolon, comma and newline, nothing else. RFC 5545 §3.3.11. */
export function escapeText(value: string): string {
  return value.replace(/[\\;,]/g, '\\$&').replace(/\n/g, '\\n')
}

/** The text behind an escaped TEXT value. */
export function unescapeText(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_, mark: string) => (mark === 'n' || mark === 'N' ? '\n' : mark))
}

/**
 * A web address as an ASCII URI without white space, quotes or backslashes. RFC 3986, RFC 5545 §3.3.13.
 * Throws a TypeError when `value` is no absolute URL.
 */
export function toUri(value: string): string {
  return new URL(cleanLine(value)).href.replace(/[^!#$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]/g, encodeURIComponent)
}

/**
 * The part after `mailto:` for a mail address. Characters that a mailto URI reserves are percent-encoded; `+` stays,
 * so that `rsvp+token@…` reads as written. RFC 6068 §2.
 */
export function mailtoPath(email: string): string {
  return cleanLine(email).replace(/[^!$'*+\-.0-9@A-Z_a-z~]/gu, encodeURIComponent)
}
