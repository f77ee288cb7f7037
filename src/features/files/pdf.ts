import { type ByteSource, byteString, scan } from './bytes.ts'
import { refused } from './refusal.ts'

/** Where readers look for the end; some writers put a few lines after it. */
const TAIL = 2048

// A name ends at a delimiter (ISO 32000-1, 7.2.2); `/Encrypt` is followed by a reference or a dictionary (7.6.1).
const ENCRYPTED = /\/Encrypt\s{0,8}(\d{1,10}\s{1,8}\d{1,5}\s{1,8}R|<<)/
const ACTIVE = /\/(JavaScript|Launch|RichMedia)(?=[\s/<>[\](])|\/S\s{0,8}\/(JavaScript|Launch)/

/** Whether this begins as a PDF does: at the very start, but for a byte order mark or blanks. */
export function looksLikePdf(head: Uint8Array): boolean {
  return /^(\xef\xbb\xbf)?\s{0,16}%PDF-[12]\.\d/.test(byteString(head.subarray(0, 64)))
}

/**
 * A whole PDF (ISO 32000) that opens without a password and starts nothing by itself. What is hidden inside compressed
 * objects is not seen here; the browser shows it in a sandbox.
 * @throws DomainError file_damaged, file_encrypted, file_active
 */
export async function checkPdf(source: ByteSource): Promise<void> {
  const tail = byteString(await source.read(Math.max(0, source.size - TAIL), TAIL))
  if (!tail.includes('%%EOF') || !/startxref\s+\d+/.test(tail)) throw refused('file_damaged')
  let active = false
  const encrypted = await scan(source, 64, (text) => {
    active ||= ACTIVE.test(text)
    return ENCRYPTED.test(text)
  })
  if (encrypted) throw refused('file_encrypted')
  if (active) throw refused('file_active')
}
