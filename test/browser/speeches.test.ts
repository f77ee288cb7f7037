import { type AddressInfo, connect, createServer } from 'node:net'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getSpeech, listVersions } from '../../src/features/presentations/queries.ts'
import { expectAccessible } from '../support/a11y.ts'
import { launchBrowser, shot, sizes } from '../support/browser.ts'
import { createMember, createOrganization, createSeminar } from '../support/factories.ts'
import { docx, pdf } from '../support/office-files.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { createSpeech } from '../support/speeches.ts'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>
let seminar: Awaited<ReturnType<typeof createSeminar>>
let owner: Awaited<ReturnType<typeof createMember>>
let base: string

beforeAll(async () => {
  server = await startTestServer()
  browser = await launchBrowser()
  const organization = await createOrganization(server.services.db)
  owner = await createMember(server.services, organization.id)
  seminar = await createSeminar(server.services.db, organization.id)
  base = `${server.origin}/console/${organization.slug}/seminars/${seminar.id}/presentations`
})
afterAll(async () => {
  await browser?.cleanUp()
  await server?.close()
})

const file = (name: string, bytes: Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
})
const speechOf = (id: string) => getSpeech(server.services.db, seminar.organization_id, id)
const versionsOf = (id: string) => listVersions(server.services.db, seminar.organization_id, id)

async function phone(options: Parameters<typeof browser.newContext>[0] = {}): Promise<Page> {
  return (await browser.newContext({ viewport: sizes.phone, ...options })).newPage()
}

/** A line to the server on which, until it is mended, every connection breaks after so many bytes have gone up. */
async function thinLine(port: number) {
  let most = Number.POSITIVE_INFINITY
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    let sent = 0
    near.on('data', (data: Buffer) => {
      sent += data.byteLength
      if (sent <= most) return void far.write(data)
      near.resetAndDestroy()
      far.resetAndDestroy()
    })
    far.pipe(near)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://localhost:${(proxy.address() as AddressInfo).port}`,
    breakAfter: (bytes: number) => {
      most = bytes
    },
    mend: () => {
      most = Number.POSITIVE_INFINITY
    },
    close: () => new Promise((resolve) => proxy.close(resolve)),
  }
}

async function signIn(context: BrowserContext): Promise<void> {
  await context.addCookies(
    owner.cookie.split('; ').map((pair) => ({
      name: pair.slice(0, pair.indexOf('=')),
      value: pair.slice(pair.indexOf('=') + 1),
      url: server.origin,
    })),
  )
}

describe('a speaker on a phone', () => {
  it('accepts and sends two files, and sees what was refused', async () => {
    const speech = await createSpeech(server, seminar)
    const page = await phone()
    await page.goto(server.origin + speech.linkPath)
    expect(page.url()).not.toContain(speech.token)
    await expectAccessible(page, 'speaker, requested')
    await page.getByRole('button', { name: 'Nhận viết tham luận' }).click()
    await page.getByText('Đã ghi nhận: đồng chí nhận viết').waitFor()
    await page.setInputFiles('input[type=file]', [
      file('Tham luận.docx', docx()),
      file('Khóa.pdf', pdf({ trailer: '/Encrypt 9 0 R' })),
    ])
    await page.getByRole('button', { name: 'Gửi bài tham luận' }).click()
    await page.getByText('Tệp có đặt mật khẩu').waitFor()
    await shot(page, 'speech-island')
    await expectAccessible(page, 'speaker, one refused')
    expect((await versionsOf(speech.id)).map((v) => v.name)).toEqual(['Tham luận.docx'])
    await page.context().close()
  })

  it('sends again what the connection cut, on a button; nothing half is kept', async () => {
    const speech = await createSpeech(server, seminar)
    const line = await thinLine(Number(new URL(server.origin).port))
    const page = await phone()
    await page.goto(line.origin + speech.linkPath)
    await page.getByRole('button', { name: 'Nhận viết tham luận' }).click()
    await page.setInputFiles('input[type=file]', file('Bài dài.pdf', pdf({ padding: 3_000_000 })))
    line.breakAfter(1_000_000)
    await page.getByRole('button', { name: 'Gửi bài tham luận' }).click()
    await page.getByText('Kết nối bị ngắt').waitFor()
    await shot(page, 'speech-cut')
    expect(await versionsOf(speech.id)).toEqual([])
    expect((await speechOf(speech.id)).state).toBe('accepted')
    line.mend()
    await page.getByRole('button', { name: 'Gửi lại' }).click()
    await page.getByText('Đã nhận tệp “Bài dài.pdf”').waitFor()
    expect(await versionsOf(speech.id)).toHaveLength(1)
    await page.context().close()
    await line.close()
  })

  it('needs no JavaScript', async () => {
    const speech = await createSpeech(server, seminar)
    const page = await phone({ javaScriptEnabled: false })
    await page.goto(`${server.origin}/en${speech.linkPath}`)
    await page.getByRole('button', { name: 'Accept the request' }).click()
    await page.setInputFiles('input[type=file]', [
      file('Paper.docx', docx()),
      file('Slides.html', new TextEncoder().encode('<html>')),
    ])
    await page.getByRole('button', { name: 'Send your paper' }).click()
    await page.getByText('One file was received.').waitFor()
    await page.getByText('This is not an accepted format').waitFor()
    await page.setInputFiles('input[type=file]', file('Paper 2.docx', docx()))
    await page.getByRole('button', { name: 'Send a new version' }).click()
    await page.getByText('“Paper 2.docx” received at').waitFor()
    expect(await versionsOf(speech.id)).toHaveLength(2)
    await page.context().close()
  })
})

describe('an organizer', () => {
  it('asks, takes a paper in, returns, approves and releases it', async () => {
    const context = await browser.newContext({ viewport: sizes.desk })
    await signIn(context)
    const page = await context.newPage()
    await page.goto(`${base}/new`)
    await expectAccessible(page, 'asking')
    await page.getByLabel('Họ và tên tác giả').fill('Phạm Thu Hà')
    await page.getByLabel(/^Thư điện tử/).fill('ha@mau.example')
    await page.getByLabel('Chủ đề tham luận').fill('Phát triển đảng viên trong doanh nghiệp')
    await page.getByRole('button', { name: 'Gửi đề nghị' }).click()
    await page.getByText('Đã gửi đề nghị.').waitFor()
    await page.getByText('Tải lên thay tác giả').first().click()
    await page.setInputFiles('input[type=file]', file('Bài.pdf', pdf()))
    await page.getByRole('button', { name: 'Tải lên thay tác giả' }).click()
    await page.getByText('Bản thứ 1').waitFor()
    await page.getByText('Trả lại để chỉnh sửa').first().click()
    await page.getByLabel('Ý kiến gửi tác giả').fill('Bổ sung số liệu')
    await page.getByRole('button', { name: 'Trả lại để chỉnh sửa' }).click()
    await page.getByText('Bổ sung số liệu').waitFor()
    await expectAccessible(page, 'one speech, returned')
    await page.getByRole('button', { name: 'Duyệt đưa vào kỷ yếu' }).click()
    await page.getByRole('button', { name: 'Công khai trên trang hội thảo' }).click()
    await page.getByText('Đang công khai trên trang hội thảo.').waitFor()
    await page.goto(base)
    await shot(page, 'speech-board')
    const written = await createSpeech(server, seminar)
    await page.goto(`${base}/${written.id}`)
    await page.getByText('Tải lên thay tác giả').first().click()
    await page.setInputFiles(
      'input[type=file]',
      file('Tham luận.docx', docx({}, 'Kính thưa các đồng chí, '.repeat(60))),
    )
    await page.getByRole('button', { name: 'Tải lên thay tác giả' }).click()
    await page.getByRole('link', { name: 'Đọc tại đây' }).click()
    await page.getByText('Bản đọc nhanh').waitFor()
    await expectAccessible(page, 'reading a paper')
    await shot(page, 'speech-reading')
    await context.close()
  }, 120_000)
})
