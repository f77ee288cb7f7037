import { formRequest, type TestApp, testOrigin } from './app.ts'
import { createMember, type createOrganization } from './factories.ts'
import { createSeedSeminar, seed } from './seed.ts'

interface Answer {
  status: number
  text: string
  headers: Headers
}

/** The summary of the seed's seminar as its editor meets it: pages, forms, uploads, and what the public reads. */
export async function summaryDesk(
  t: TestApp,
  org: Awaited<ReturnType<typeof createOrganization>>,
  over: Parameters<typeof createSeedSeminar>[2] = {},
) {
  const { cookie } = await createMember(t.services, org.id, 'organizer')
  const seminar = await createSeedSeminar(t.database.db, org.id, over)
  const base = `/console/${org.slug}/seminars/${seminar.id}/summary`
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const answer = await t.app.request(testOrigin + path, { ...init, redirect: 'manual' })
    return { status: answer.status, text: await answer.text(), headers: answer.headers }
  }
  const get = (path = '', who = cookie) => ask(base + path, { headers: { cookie: who } })
  const post = (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) => {
    const request = formRequest(fields, headers.cookie ?? cookie)
    return ask(base + path, { ...request, headers: { ...(request.headers as Record<string, string>), ...headers } })
  }
  const json = async (path: string, fields: Record<string, string> = {}, who = cookie) => {
    const { status, text } = await post(path, fields, { accept: 'application/json', cookie: who })
    return { status, body: JSON.parse(text) }
  }
  const upload = (
    files: { name: string; bytes: Uint8Array }[],
    headers: Record<string, string> = {},
    before?: string,
  ) => {
    const body = new FormData()
    if (before !== undefined) body.append('before', before)
    for (const { name, bytes } of files) body.append('photo', new File([bytes as Uint8Array<ArrayBuffer>], name))
    return ask(`${base}/photos`, { method: 'POST', body, headers: { cookie, origin: testOrigin, ...headers } })
  }
  const version = async (path = '') => /name="version" value="(\d+)"/.exec((await get(path)).text)?.[1] ?? ''
  return {
    seminar,
    base,
    cookie,
    ask,
    get,
    post,
    json,
    upload,
    version,
    read: (path = '/summary') => ask(`/s/${seminar.slug}${path}`),
    save: async (fields: Record<string, string> = {}) =>
      post('', { ...typedSummary(fields), version: await version() }),
    publish: async (note?: string) => post('/publication', { version: await version(), ...(note ? { note } : {}) }),
  }
}

/** A summary as it is typed. */
export function typedSummary(over: Record<string, string> = {}): Record<string, string> {
  return {
    title: 'Tên bài',
    lead: seed.lead.join('\n\n'),
    body: 'Đoạn một.\n\nĐoạn hai.',
    byline: 'Hồng Hoàn',
    figuresCaption: '',
    conclusions: '',
    conclusionsBy: '',
    ...over,
  }
}
