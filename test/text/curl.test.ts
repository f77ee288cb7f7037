import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { curlLine } from '../../src/text/curl.ts'
import { wordsOf } from '../support/shell.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hoithao-curl-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const request = { method: 'POST', url: 'http://hoithao.test/api/v1/seminars', headers: [] as [string, string][] }
const key = ['-H', 'Authorization: Bearer ht_test']

it('names the variable of the key, which the shell fills in', () => {
  const line = curlLine({ ...request, method: 'GET' })
  expect(line).toBe(`curl 'http://hoithao.test/api/v1/seminars' \\\n  -H "Authorization: Bearer $HOITHAO_KEY"`)
  expect(wordsOf(line)).toEqual(['http://hoithao.test/api/v1/seminars', ...key])
})

it('gives a shell each part as one word, whatever is in it', () => {
  const bodies = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...`'"\\$\`!(){}*;&|<># \n`) }),
  )
  const text = bodies.filter((one) => !one.includes('\0'))
  fc.assert(
    fc.property(text, text, (body, value) => {
      const words = wordsOf(curlLine({ ...request, headers: [['If-Match', value]], body }))
      expect(words).toEqual(['-X', 'POST', request.url, ...key, '-H', `If-Match: ${value}`, '--data-raw', body])
    }),
    { numRuns: 40 },
  )
})

it('sends an apostrophe as it is', () => {
  const body = JSON.stringify({ theme: `Cuộc thi "Chi bộ 'bốn tốt'"` }, null, 2)
  expect(wordsOf(curlLine({ ...request, body })).at(-1)).toBe(body)
})

it('counts a file where the line runs', () => {
  const file = "Tham luận 'cuối'.pdf"
  writeFileSync(join(folder, file), 'x'.repeat(1234))
  const words = wordsOf(curlLine({ ...request, file, lengthOf: { header: 'Upload-Length', file } }), folder)
  expect(words.slice(-3).map((word) => word.replace(/: +/, ': '))).toEqual([
    'Upload-Length: 1234',
    '--data-binary',
    `@${file}`,
  ])
})

it('is what a shell can read', () => {
  expect(() => execFileSync('sh', ['-nc', curlLine({ ...request, body: "'" })])).not.toThrow()
})
