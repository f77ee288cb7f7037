import { sentName } from '../../../features/presentations/rules/uploads.ts'
import type { Reply } from './ask.ts'

/** A file that was begun before, as the page lists it. */
export interface Begun {
  url: string
  name: string
  size: number
  modified: string
  /** It is all there, and only waits to be looked at. */
  whole: boolean
  /** Its line in the page's list. */
  item: HTMLElement
}

/** The page's list of files that were begun. */
export function listBegun(): Begun[] {
  return [...document.querySelectorAll<HTMLElement>('[data-upload]')].map((item) => ({
    url: item.dataset.upload ?? '',
    name: item.dataset.name ?? '',
    size: Number(item.dataset.size),
    modified: item.dataset.modified ?? '',
    whole: item.dataset.whole !== undefined,
    item,
  }))
}

/** Those that by name and size may be this file. */
export function candidates(file: File, begun: Begun[]): Begun[] {
  const name = sentName(file.name)
  return begun.filter((one) => one.name === name && one.size === file.size)
}

/**
 * Whether what the server has is, byte for byte, how this file begins. Where the page may not hash (plain http), the time
 * of the file's last change decides.
 */
export async function isBeginning(file: File, one: Begun, { body }: Reply): Promise<boolean> {
  if (!['receiving', 'checking'].includes(body?.state ?? '') || !body?.parts) return false
  if (!globalThis.crypto?.subtle) return one.modified === String(file.lastModified)
  let at = 0
  for (const part of body.parts) {
    const bytes = await file.slice(at, at + part.size).arrayBuffer()
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
    if (Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') !== part.sha256) return false
    at += part.size
  }
  return true
}
