import { transaction } from '../../src/db/transaction.ts'
import { linkToken } from '../../src/features/links/token.ts'
import { requestSpeech } from '../../src/features/presentations/commands/request.ts'
import { getSpeech } from '../../src/features/presentations/queries.ts'
import { requestInput } from '../../src/features/presentations/schema.ts'
import { systemContext, type TestApp, testLinkKey, testOrigin } from './app.ts'

/** A speech asked for by hand, with the path of its personal link. */
export async function createSpeech(
  t: Pick<TestApp, 'services'>,
  seminar: { organization_id: string; id: string },
  overrides: Record<string, unknown> = {},
) {
  const input = requestInput.parse({
    name: 'Trần Thị Thuỷ',
    position: 'Bí thư Chi bộ khu 4',
    email: 'thuy@mau.example',
    topic: 'Kinh nghiệm tạo nguồn phát triển đảng viên ở khu dân cư',
    minutes: '10',
    delivery: 'read',
    deadlineLocal: '2126-12-01T17:00:00',
    ...overrides,
  })
  const { db } = t.services
  const id = await transaction(db, (trx) =>
    requestSpeech(
      trx,
      systemContext({ origin: t.services.config.baseUrl }),
      seminar.organization_id,
      seminar.id,
      input,
    ),
  )
  const speech = await getSpeech(db, seminar.organization_id, id)
  const token = await linkToken(testLinkKey, 'presentation', id, speech.generation)
  return { ...speech, token, linkPath: `/p/${token}` }
}

/** Opens a personal link as a browser does: follows it to its page. @returns the page's path and the cookie */
export async function openSpeechLink(t: TestApp, linkPath: string): Promise<{ path: string; cookie: string }> {
  const first = await t.app.request(testOrigin + linkPath)
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const second = await t.app.request(testOrigin + first.headers.get('location'), { headers: { cookie } })
  return { path: second.headers.get('location') ?? '', cookie }
}

/** A form with files, as a browser of ours sends it. */
export function filesRequest(
  files: { name: string; bytes: Uint8Array }[],
  options: { cookie?: string; accept?: string } = {},
): RequestInit {
  const form = new FormData()
  for (const { name, bytes } of files) form.append('file', new File([new Uint8Array(bytes)], name))
  return {
    method: 'POST',
    body: form,
    headers: {
      origin: testOrigin,
      ...(options.cookie ? { cookie: options.cookie } : {}),
      ...(options.accept ? { accept: options.accept } : {}),
    },
  }
}
