import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPlainInspector, type Inspector } from '../../src/features/files/inspector.ts'
import { expectAccessible } from '../support/a11y.ts'
import { launchBrowser, overflow, shot, sizes } from '../support/browser.ts'
import { createOrganization, createSeminar } from '../support/factories.ts'
import { docx } from '../support/office-files.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { createSpeech } from '../support/speeches.ts'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>
let gate = Promise.withResolvers<void>()

// Each look waits at a gate, as behind the documents of others.
const plain = createPlainInspector()
const inspector: Inspector = {
  ...plain,
  async look(act, source, name, turn) {
    await gate.promise
    return plain.look(act, source, name, turn)
  },
}

beforeAll(async () => {
  const later = (work: Promise<unknown>) => void work.catch(() => undefined)
  server = await startTestServer({ inspector, later, patience: 200 })
  browser = await launchBrowser()
})
afterAll(async () => {
  gate.resolve()
  await browser?.cleanUp()
  await server?.close()
})

it.each([
  ['', 'phone'],
  ['/en', 'desk'],
] as const)(
  'a speaker whose file is looked at for long is told so, may leave, and sees what came of it%s',
  async (language, size) => {
    gate = Promise.withResolvers()
    const english = language === '/en'
    const { db } = server.services
    const speech = await createSpeech(server, await createSeminar(db, (await createOrganization(db)).id))
    const context = await browser.newContext({ viewport: sizes[size] })
    const page = await context.newPage()
    await page.goto(`${server.origin}${language}${speech.linkPath}`)
    const address = page.url()
    await page.getByRole('button', { name: english ? 'Accept the request' : 'Nhận viết tham luận' }).click()
    await page.setInputFiles('input[type=file]', {
      name: 'Bài.docx',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(docx()),
    })
    await page.locator('form.upload button[type=submit]').click()
    await page.locator('.said', { hasText: english ? 'You may close this page' : 'Có thể đóng trang này' }).waitFor()
    await shot(page, `speech-arrived${english ? '-en' : ''}`)
    let asked = false
    page.on('dialog', (dialog) => {
      asked = true
      void dialog.accept()
    })
    await page.goto(address)
    expect(asked).toBe(false)
    const title = english ? 'Files being checked' : 'Tệp đang được kiểm tra'
    await page.getByRole('heading', { name: title }).waitFor()
    expect(await page.getByRole('button', { name: /Chọn lại tệp|Choose the file/ }).count()).toBe(0)
    await expectAccessible(page, 'speaker, a file being checked')
    expect(await overflow(page)).toBe(0)
    await shot(page, `speech-checking${english ? '-en' : ''}`)
    gate.resolve()
    await expect
      .poll(
        async () => {
          await page.reload()
          return page.getByRole('heading', { name: title }).count()
        },
        { timeout: 30_000 },
      )
      .toBe(0)
    await page.getByText('Bài.docx').first().waitFor()
    await context.close()
  },
  120_000,
)
