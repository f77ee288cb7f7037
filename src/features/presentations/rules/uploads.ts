import { cleanLine } from '../../../text/fold.ts'

/** How many files of one speech, of one side, may be on their way at once: beyond, someone is filling the disk. */
export const MAX_OPEN_UPLOADS = 20

/** What a file is called whose sender gives it no name. */
export const FALLBACK_NAME = 'tham-luan'

/** The name a sender's file is known by while it is on its way; its page compares by the same. At most 200 characters. */
export function sentName(given: string): string {
  return cleanLine(given).slice(0, 200).toWellFormed()
}

// A name alone never makes a document (`content.ts`); these say that it is none, before megabytes are sent in vain.
const MACROS = /\.(docm|dotm|pptm|potm|ppsm|ppam)$/i
const OTHER =
  /\.(xls[xmb]?|csv|ods|txt|rtf|html?|pages|key|numbers|zip|rar|7z|jpe?g|png|gif|heic|webp|svg|tiff?|mp[34]|m4a|mov|avi|exe|apk)$/i

/** Why a file is not worth sending, by its name and size alone; null where its bytes decide. */
export function refuseUnsent(file: {
  name: string
  size: number
}): 'file_empty' | 'file_macros' | 'file_format' | null {
  if (file.size === 0) return 'file_empty'
  if (MACROS.test(file.name)) return 'file_macros'
  return OTHER.test(file.name) ? 'file_format' : null
}

/** How many pieces a file may come in: the page sends 64 KB or more, and a bad line cuts some of them. */
export function maxParts(size: number): number {
  return 1000 + Math.ceil(size / (16 * 1024))
}

export const uploadStates = ['receiving', 'checking', 'kept', 'refused'] as const
export type UploadState = (typeof uploadStates)[number]

/** Where an upload stands: `checking` from its last byte on, until it is kept or refused. */
export function uploadState(upload: {
  received: number
  size: number
  version_number: number | null
  refusal: string | null
}): UploadState {
  if (upload.version_number !== null) return 'kept'
  if (upload.refusal !== null) return 'refused'
  return upload.received === upload.size ? 'checking' : 'receiving'
}
