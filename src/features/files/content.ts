import { type Budget, budgetFor } from './budget.ts'
import { type ByteSource, byteString, hasAt } from './bytes.ts'
import { checkOdf } from './odf.ts'
import { checkOle } from './ole.ts'
import { checkOoxml } from './ooxml.ts'
import { checkPdf, looksLikePdf } from './pdf.ts'
import { refused } from './refusal.ts'
import { readDirectory } from './zip.ts'

export const documentTypes = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  doc: 'application/msword',
  odt: 'application/vnd.oasis.opendocument.text',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ppt: 'application/vnd.ms-powerpoint',
  odp: 'application/vnd.oasis.opendocument.presentation',
} as const
export type DocumentKind = keyof typeof documentTypes

/**
 * What a document is, by its content alone; its name and the sender's word count for nothing. Reads in bounded pieces.
 * @throws DomainError with one of the refusals as detail
 */
export async function checkDocument(
  source: ByteSource,
  givenName: string | undefined,
  budget = budgetFor(source.size),
): Promise<DocumentKind> {
  if (source.size === 0) throw refused('file_empty')
  const head = await source.read(0, 512)
  let kind: DocumentKind | 'xlsx' | undefined
  if (looksLikePdf(head)) {
    await checkPdf(source, budget)
    kind = 'pdf'
  } else if (hasAt(head, 0, 'PK\x03\x04')) kind = await checkPackage(source, budget)
  else if (hasAt(head, 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) kind = await checkOle(source, budget)
  if (kind && kind !== 'xlsx') return kind
  throw refused(kind === undefined && isDisguised(head, givenName) ? 'file_disguised' : 'file_format')
}

async function checkPackage(source: ByteSource, budget: Budget) {
  const entries = await readDirectory(source)
  return (await checkOdf(source, entries, budget)) ?? (await checkOoxml(source, entries, budget))
}

/** The name says document, the content is a program, a page or a picture: said in other words than a wrong format. */
function isDisguised(head: Uint8Array, givenName: string | undefined): boolean {
  const named = /\.(pdf|docx?|odt|pptx?|odp)$/i.test(givenName ?? '')
  const start = byteString(head)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
  return named && (/^(MZ|\x7fELF|#!|<)/.test(start) || /^(\x89PNG|GIF8|\xff\xd8\xff)/.test(start))
}
