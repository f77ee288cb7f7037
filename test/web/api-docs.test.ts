import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusOf } from '../../src/errors.ts'
import { fieldCodes, reasons } from '../../src/web/api-docs/errors.tsx'
import { createStage, operations, type Stage, stageOrganization } from '../api/stage.ts'
import { type TestApp, testOrigin } from '../support/app.ts'
import { pdf } from '../support/office-files.ts'
import { requestOf, wordsOf } from '../support/shell.ts'

let t: TestApp
let stage: Stage
let folder: string
const pages: Record<'vi' | 'en', string> = { vi: '', en: '' }
beforeAll(async () => {
  t = await createStage()
  stage = await stageOrganization(t)
  pages.vi = await (await t.app.request(`${testOrigin}/api/docs`)).text()
  pages.en = await (await t.app.request(`${testOrigin}/en/api/docs`)).text()
  folder = mkdtempSync(join(tmpdir(), 'hoithao-curl-'))
  for (const name of ['tham-luan.pdf', 'anh.jpg']) writeFileSync(join(folder, name), pdf())
})
afterAll(async () => {
  await t.close()
  rmSync(folder, { recursive: true, force: true })
})

const plain = (html: string) => html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] as string)
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** The command line of an operation, as it is read on the page. */
function lineOf(id: string, locale: 'vi' | 'en' = 'vi'): string {
  const section = pages[locale].split(`<section id="${id}"`)[1] ?? ''
  return plain(/<pre><code>(curl [^<]*)<\/code>/.exec(section)?.[1] ?? '')
}

describe('the command line of each operation', () => {
  it('asks for what its description says, with the key in a variable', () => {
    for (const { id, method, path, described } of operations) {
      const [first = '', ...rest] = lineOf(id).split(' \\\n  ')
      const address = path.replace(/\{\w+\}/g, '[\\w-]+')
      const verb = method === 'GET' ? '' : `-X ${method} `
      expect(first).toMatch(new RegExp(`^curl ${verb}'${testOrigin}/api/v1${address}(\\?name=[\\w.-]+)?'$`))
      expect(rest[0]).toBe('-H "Authorization: Bearer $HOITHAO_KEY"')
      if (!described.requestBody && !described.parameters?.some((p: { in: string }) => p.in === 'header'))
        expect([id, rest]).toEqual([id, ['-H "Authorization: Bearer $HOITHAO_KEY"']])
      expect(lineOf(id, 'en')).toBe(lineOf(id))
    }
  })

  it('is a request that is well formed as it stands', async () => {
    const files = { 'tham-luan.pdf': pdf(), 'anh.jpg': pdf() }
    const faults: unknown[] = []
    for (const { id } of operations) {
      const request = requestOf(wordsOf(lineOf(id), folder, stage.caller.key), files)
      const answer = await t.app.request(request)
      // An example names nothing that is there; all else of the request is as it has to be.
      if (![200, 201, 204, 404, 409, 422].includes(answer.status)) faults.push([id, answer.status, await answer.text()])
    }
    expect(faults).toEqual([])
  }, 120_000)
})

describe('the codes of errors', () => {
  it('have an anchor each, where a problem’s type leads', () => {
    for (const html of Object.values(pages))
      for (const code of Object.keys(statusOf)) expect(html).toContain(`<tr id="${code}">`)
  })

  it('of fields have theirs, and so have reasons', () => {
    const ids = [...reasons().map(([code]) => code), ...fieldCodes().map((code) => `field-${code}`)]
    expect(ids).toEqual(expect.arrayContaining(['cursor', 'file_macros', 'photo_heic', 'key_scope', 'field-too_long']))
    for (const html of Object.values(pages)) for (const id of ids) expect(html).toContain(`<tr id="${id}">`)
  })

  it('are told apart: no id is there twice, and no message has a gap', () => {
    for (const html of Object.values(pages)) {
      const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1])
      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
      const errors = html.slice(html.indexOf('<section id="errors"'))
      expect(errors).not.toMatch(/\{\w+\}|undefined/)
    }
  })

  it('are those that answers name', async () => {
    const named = new Set([...Object.keys(statusOf), ...reasons().map(([code]) => code)])
    const { caller, ids } = stage
    const asked = [
      await caller.call('GET', '/seminars?cursor=xyz'),
      await caller.call('GET', '/seminars?limit=0'),
      await caller.call('POST', '/seminars', '{'),
      await caller.call('POST', '/seminars', { theme: '' }),
      await caller.call('PATCH', `/seminars/${ids.seminar}`, { theme: 'Khác' }),
      await caller.call('POST', `/speeches/${ids.speech}/versions`, new TextEncoder().encode('chỉ là chữ')),
      await caller.call('POST', `/seminars/${ids.seminar}/photos`, new TextEncoder().encode('chỉ là chữ')),
    ]
    for (const { body } of asked) {
      expect(named).toContain(body.code)
      for (const { code } of body.errors ?? []) expect(fieldCodes()).toContain(code)
    }
  })
})

it('reads without a script: the box, the key and their words wait for it', () => {
  for (const html of Object.values(pages)) {
    expect(html).toMatch(/<div class="seek" hidden/)
    expect(html).toMatch(/<div class="field key" hidden/)
    expect(html.match(/<script/g)).toHaveLength(1)
  }
})
