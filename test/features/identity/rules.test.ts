import { expect, it } from 'vitest'
import { judgeStore, strangerInWords } from '../../../src/features/identity/rules.ts'

const none = { storeId: undefined, empty: true, looked: 0, found: 0 }

it.each([
  ['both new', none, undefined],
  ['its own mark', { ...none, storeId: 'a', empty: false }, undefined],
  ['another mark, even where all else fits', { storeId: 'b', empty: true, looked: 2, found: 2 }, 'files_of_another'],
  ['no mark, and the files that are named', { ...none, empty: false, looked: 20, found: 20 }, undefined],
  ['no mark, and most of the files that are named', { ...none, empty: false, looked: 20, found: 10 }, undefined],
  ['no mark, and few of the files that are named', { ...none, empty: false, looked: 20, found: 9 }, 'files_absent'],
  ['no mark and nothing there, where files are named', { ...none, looked: 1 }, 'files_absent'],
  ['no mark, and files where none is named', { ...none, empty: false }, 'files_unknown'],
])('a store with %s', (_, facts, kind) => {
  expect(judgeStore({ databaseId: 'a', ...facts })?.kind).toBe(kind)
})

it.each([
  { kind: 'key' },
  { kind: 'key_lost' },
  { kind: 'files_of_another' },
  { kind: 'files_unknown' },
  { kind: 'files_absent', looked: 20, found: 1 },
] as const)('$kind is one line that says what to do', (stranger) => {
  const words = strangerInWords(stranger, { files: 'DATA_DIR (/data/files)', secrets: '/data/secrets.json' })
  expect(words).toMatch(/^[^\n]+run the command adopt --(files|link-key)$/)
  expect(words).toMatch(/LINK_KEY|DATA_DIR/)
})
