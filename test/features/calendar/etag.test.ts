import { expect, it } from 'vitest'
import { strongEtag } from '../../../src/features/calendar/etag.ts'

it('is the quoted SHA-256 of the bytes', async () => {
  const empty = '"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"'
  expect(await strongEtag('')).toBe(empty)
  expect(await strongEtag(new Uint8Array())).toBe(empty)
  expect(await strongEtag('Hội thảo')).toBe(await strongEtag(new TextEncoder().encode('Hội thảo')))
})
