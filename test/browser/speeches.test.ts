import { createHash } from 'node:crypto'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getSpeech, listVersions } from '../../src/features/presentations/queries.ts'
import { expectAccessible } from '../support/a11y.ts'
import { launchBrowser, overflow, shot, sizes } from '../support/browser.ts'
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

/** How much of the one file on its way was received, once the server has noticed the break. */
async function settled(id: string): Promise<number> {
  const read = async () =>
    (
      await server.services.db
        .selectFrom('uploads')
        .select('received')
        .where('presentation_id', '=', id)
        .where('version_number', 'is', null)
        .executeTakeFirstOrThrow()
    ).received
  for (let last = -1; ; ) {
    const now = await read()
    if (now > 0 && now === last) return now
    last = now
    await new Promise((resolve) => setTimeout(resolve, 700))
  }
}

async function phone(options: Parameters<typeof browser.newContext>[0] = {}): Promise<Page> {
  return (await browser.newContext({ viewport: sizes.phone, ...options })).newPage()
}

/**
 * A line to the server that breaks for everybody once so many bytes have gone up, until it is mended. As long as it stands it is
 * the server's address: forms are taken from pages opened there.
 */
async function thinLine() {
  const { config } = server.services
  const own = config.baseUrl
  const port = Number(new URL(own).port)
  let most = Number.POSITIVE_INFINITY
  let sent = 0
  const open = new Set<Socket>()
  const proxy = createServer((near) => {
    if (sent > most) return void near.resetAndDestroy()
    const far = connect(port, '127.0.0.1')
    near.on('data', (data: Buffer) => {
      sent += data.byteLength
      if (sent <= most) far.write(data)
      else for (const socket of open) socket.resetAndDestroy()
    })
    far.pipe(near)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  config.baseUrl = `http://localhost:${(proxy.address() as AddressInfo).port}`
  return {
    origin: config.baseUrl,
    breakAfter(bytes: number) {
      most = bytes
      sent = 0
    },
    mend() {
      most = Number.POSITIVE_INFINITY
      sent = 0
    },
    /** Bytes that went up since the line was broken or mended. */
    sent: () => sent,
    close: () => {
      config.baseUrl = own
      return new Promise((resolve) => proxy.close(resolve))
    },
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
    await page.locator('.said', { hasText: 'Tệp có đặt mật khẩu' }).waitFor()
    await shot(page, 'speech-island')
    await expectAccessible(page, 'speaker, one refused')
    expect((await versionsOf(speech.id)).map((v) => v.name)).toEqual(['Tham luận.docx'])
    await page.context().close()
  })

  it('whose connection is cut is told so; it goes on by itself from where it stopped', async () => {
    const speech = await createSpeech(server, seminar)
    const line = await thinLine()
    const page = await phone()
    const bytes = pdf({ padding: 5_000_000 })
    await page.goto(line.origin + speech.linkPath)
    await page.getByRole('button', { name: 'Nhận viết tham luận' }).click()
    await page.setInputFiles('input[type=file]', file('Bài dài.pdf', bytes))
    line.breakAfter(2_200_000)
    await page.getByRole('button', { name: 'Gửi bài tham luận' }).click()
    await page.getByText(/^Mất kết nối\. Đã nhận [\d,]+ MB trên 4,8 MB; sẽ tự gửi tiếp khi có mạng\.$/).waitFor()
    await shot(page, 'speech-cut')
    await expectAccessible(page, 'speaker, cut')
    const received = await settled(speech.id)
    expect(received).toBeGreaterThan(500_000)
    expect(await versionsOf(speech.id)).toEqual([])
    expect((await speechOf(speech.id)).state).toBe('accepted')
    line.mend()
    await page.getByText('Đã nhận tệp “Bài dài.pdf”').waitFor()
    expect(line.sent()).toBeGreaterThan(bytes.length - received)
    expect(line.sent()).toBeLessThan(bytes.length - received + 40_000)
    const [version, ...more] = await versionsOf(speech.id)
    expect(more).toEqual([])
    expect(Buffer.from(version!.sha256).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
    await page.context().close()
    await line.close()
  })

  it('who comes back another day chooses the same file, and it goes on from where it stopped', async () => {
    const speech = await createSpeech(server, seminar)
    const line = await thinLine()
    const bytes = pdf({ padding: 5_000_000 })
    const first = await phone()
    await first.goto(line.origin + speech.linkPath)
    await first.getByText('Đã có bài? Gửi ngay').click()
    line.breakAfter(2_200_000)
    await first.setInputFiles('input[type=file]', file('Bài dài.pdf', bytes))
    await first.getByRole('button', { name: 'Gửi bài tham luận' }).click()
    await first.getByText(/^Mất kết nối/).waitFor()
    await first.context().close()
    const received = await settled(speech.id)
    await server.services.db
      .updateTable('uploads')
      .set({ updated_at: new Date('2026-11-24T07:05:00Z') })
      .where('presentation_id', '=', speech.id)
      .execute()

    line.mend()
    const page = await phone()
    await page.goto(line.origin + speech.linkPath)
    await page.getByText(/Đã nhận [\d,]+ MB trên 4,8 MB, dừng lúc 14 giờ 05, ngày 24\/11/).waitFor()
    await page.getByText('Đề nghị chọn lại đúng tệp này để gửi tiếp.').waitFor()
    await shot(page, 'speech-unfinished')
    await expectAccessible(page, 'speaker, unfinished')
    expect(await overflow(page)).toBe(0)
    const before = line.sent()
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Chọn lại tệp: Bài dài.pdf' }).click()
    await (await chooser).setFiles(file('Bài dài.pdf', bytes))
    await page.getByText('Đã nhận tệp “Bài dài.pdf”').waitFor()
    expect(line.sent() - before).toBeLessThan(bytes.length - received + 40_000)
    const [version] = await versionsOf(speech.id)
    expect(Buffer.from(version!.sha256).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(await page.getByText('Tệp chưa gửi xong').count()).toBe(0)

    line.breakAfter(2_000_000)
    await page.setInputFiles('input[type=file]', file('Bài dài.pdf', bytes))
    await page.getByRole('button', { name: 'Gửi bản mới' }).click()
    await page.getByText(/^Mất kết nối/).waitFor()
    await settled(speech.id)
    page.on('dialog', (dialog) => dialog.accept())
    line.mend()
    await page.reload()
    await page.getByText('Tệp chưa gửi xong').waitFor()
    // Another file of that name and size is not taken for it: it goes up from its first byte.
    const other = new Uint8Array(bytes).fill(120, 100, 200)
    await page.setInputFiles('input[type=file]', file('Bài dài.pdf', other))
    await expect.poll(async () => (await versionsOf(speech.id)).length, { timeout: 20_000 }).toBe(2)
    const newest = (await versionsOf(speech.id))[0]
    expect(Buffer.from(newest!.sha256).toString('hex')).toBe(createHash('sha256').update(other).digest('hex'))
    await page.getByText('Tệp chưa gửi xong').waitFor()
    await page.getByRole('button', { name: 'Bỏ Bài dài.pdf' }).click()
    await page.getByText('Tệp chưa gửi xong').waitFor({ state: 'detached' })
    await page.context().close()
    await line.close()
  }, 120_000)

  it('cancels a file, and sends on a button what the network holds up', async () => {
    const speech = await createSpeech(server, seminar)
    const line = await thinLine()
    const page = await phone({ locale: 'en' })
    await page.goto(`${line.origin}/en${speech.linkPath}`)
    await page.getByText('Is it ready? Send it now').click()
    line.breakAfter(1_000_000)
    await page.setInputFiles('input[type=file]', [
      file('One.pdf', pdf({ padding: 3_000_000 })),
      file('Two.pdf', pdf({ padding: 1000 })),
      file('Three.pdf', pdf({ padding: 2000 })),
    ])
    await page.getByRole('button', { name: 'Send your paper' }).click()
    await page.getByText(/^The connection is lost\./).waitFor()
    await page.getByText('Waiting to be sent.').first().waitFor()
    await page.getByRole('button', { name: 'Cancel Three.pdf' }).click()
    await page.locator('.said', { hasText: 'Cancelled; what was sent is not kept.' }).waitFor()
    await shot(page, 'speech-cut-en')
    expect(await overflow(page)).toBe(0)
    // Attempts fail, farther and farther apart.
    await page.waitForTimeout(4000)
    line.mend()
    await page.getByRole('button', { name: 'Cancel One.pdf' }).click()
    await page.getByText('“Two.pdf” received at').waitFor()
    expect((await versionsOf(speech.id)).map((v) => v.name)).toEqual(['Two.pdf'])
    await expect
      .poll(() =>
        server.services.db.selectFrom('uploads').select('name').where('presentation_id', '=', speech.id).execute(),
      )
      .toEqual([{ name: 'Two.pdf' }])

    line.breakAfter(300_000)
    await page.setInputFiles('input[type=file]', file('Four.pdf', pdf({ padding: 1_000_000 })))
    await page.getByRole('button', { name: 'Send a new version' }).click()
    await page.getByText(/^The connection is lost\./).waitFor()
    await page.waitForTimeout(9000)
    line.mend()
    await page.getByRole('button', { name: 'Go on now' }).click()
    await page.getByText('“Four.pdf” received at').waitFor({ timeout: 5000 })
    await page.context().close()
    await line.close()
  }, 120_000)

  it('sends by POST where the network lets no PATCH through', async () => {
    const speech = await createSpeech(server, seminar)
    const page = await phone()
    await page.route('**/uploads/*', (route) =>
      route.request().method() === 'PATCH' ? route.fulfill({ status: 405 }) : route.continue(),
    )
    await page.goto(server.origin + speech.linkPath)
    await page.getByText('Đã có bài? Gửi ngay').click()
    await page.setInputFiles('input[type=file]', file('Bài.pdf', pdf({ padding: 700_000 })))
    await page.getByRole('button', { name: 'Gửi bài tham luận' }).click()
    await page.getByText('Đã nhận tệp “Bài.pdf”').waitFor()
    expect(await versionsOf(speech.id)).toHaveLength(1)
    await page.context().close()
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
