import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describeApi } from '../../src/api/openapi.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { createImager } from '../../src/platform/imager.ts'
import { createMailbox } from '../../src/platform/mailbox.ts'
import { runDueTasks } from '../../src/tasks.ts'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import { createMember, createOrganization } from '../support/factories.ts'
import { pdf } from '../support/office-files.ts'
import { type Answer, type Caller, createCaller } from './support.ts'

/** An application with a store of files and photos, as every resource needs them. `close` empties it all. */
export async function createStage(): Promise<TestApp> {
  const folder = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  const t = await createTestApp({ files: createFsStore(folder), services: { imager: createImager() } })
  t.services.mailer = createMailbox(t.services.db)
  Object.assign(t.services.config, { apiRateLimit: 1_000_000 })
  return {
    ...t,
    async close() {
      await t.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One operation of the description. */
export interface Operation {
  id: string
  method: string
  path: string
  // biome-ignore lint/suspicious/noExplicitAny: an operation of OpenAPI is looked into everywhere
  described: any
}

// biome-ignore lint/suspicious/noExplicitAny: a whole document of OpenAPI
export const description = describeApi('en', testOrigin) as any

export const operations: Operation[] = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, { operationId: string }>).map(([method, described]) => ({
    id: described.operationId,
    method: method.toUpperCase(),
    path,
    described,
  })),
)

/** Follows a reference of the description. */
// biome-ignore lint/suspicious/noExplicitAny: a JSON Schema is looked into everywhere
export function resolved(schema: any): any {
  return schema?.$ref ? description.components.schemas[schema.$ref.split('/').pop()] : schema
}

export type Stage = Awaited<ReturnType<typeof stageOrganization>>

/** An organisation with one of everything, made by the API itself. */
export async function stageOrganization(t: TestApp) {
  const organization = await createOrganization(t.services.db)
  const caller = await createCaller(t, { scopes: ['read', 'write', 'admin'], organizationId: organization.id })
  const member = await createMember(t.services, organization.id, 'organizer')
  const owner = await createMember(t.services, organization.id, 'owner')
  // Theirs, as one that is made at the desk: a test letter goes to them.
  await t.services.db.updateTable('api_keys').set({ created_by: owner.userId }).where('id', '=', caller.keyId).execute()
  const own = calls(caller)
  const unit = await own.post('/units', { name: 'Chi bộ khu 4, Đảng bộ phường Mẫu A', shortName: 'Chi bộ khu 4' })
  const person = await own.post('/people', { name: 'Trần Thị Thuỷ', gender: 'female', email: 'thuy.tran@mau.example' })
  const position = await own.post('/positions', { personId: person.id, unitId: unit.id, title: 'Bí thư' })
  const reader = await own.post('/people', { name: 'Đinh Văn Phúc', email: 'phuc.dinh@mau.example' })
  const feed = await own.post('/feeds', { personId: reader.id })
  const key = await own.post('/keys', { name: 'Cổng thông tin', scopes: ['read'] })
  const invited = await own.post('/member-invitations', { email: 'ha.le@mau.example', role: 'organizer' })
  const planned = await own.post('/seminars', { kind: 'hoi_nghi', theme: 'Tổng kết công tác năm', host: 'Văn phòng' })
  const staged = await stageSeminar(t, caller, 'Nâng cao chất lượng sinh hoạt chi bộ ở thôn, khu dân cư')
  const ids = {
    unit: unit.id,
    person: person.id,
    position: position.id,
    feed: feed.id,
    key: key.id,
    memberInvitation: invited.id,
    member: member.userId,
    planned: planned.id,
    ...staged,
  }
  return { organization, caller, ids }
}

/** A seminar with one of everything below it, made by the API itself. */
export async function stageSeminar(t: TestApp, caller: Caller, theme: string) {
  const own = calls(caller)
  const seminar = await own.post('/seminars', {
    kind: 'hoi_thao',
    subtype: 'chuyên đề',
    theme,
    host: 'Ban Thường vụ Thành ủy',
    topics: [{ name: 'Xây dựng Đảng', nameEn: 'Party building' }],
    venue: 'Hội trường Trung tâm Chính trị thành phố',
    startsLocal: '2098-12-15T14:00:00',
    endsLocal: '2098-12-15T17:00:00',
    substitutePolicy: 'consent',
    capacity: 400,
  })
  const at = `/seminars/${seminar.id}`
  const chairs = [
    await own.post(`${at}/chairs`, { role: 'chair', name: 'Nguyễn Văn An', positions: ['Bí thư Thành ủy'] }),
    await own.post(`${at}/chairs`, { role: 'chair', name: 'Lê Thị Bình', positions: ['Chủ tịch UBND thành phố'] }),
  ]
  const delegations = [
    await own.post(`${at}/delegations`, { text: 'Bí thư chi bộ các khu dân cư' }),
    await own.post(`${at}/delegations`, { text: 'Lãnh đạo các ban của Thành ủy' }),
  ]
  const items = [
    await own.post(`${at}/agenda-items`, { kind: 'speech', title: 'Tham luận', minutes: 30 }),
    await own.post(`${at}/agenda-items`, { kind: 'break', title: 'Giải lao', minutes: 15 }),
  ]
  await own.put(`${at}/state`, { state: 'scheduled' })

  const hand = (name: string, email: string) =>
    own.post(`${at}/invitations`, { name, email, positions: ['Bí thư Chi bộ'], delegationId: delegations[0].id })
  const sent = await hand('Trịnh Thị Lan', 'lan.trinh@mau.example')
  const away = await hand('Phạm Văn Long', 'long.pham@mau.example')
  const leaving = await hand('Đỗ Thị Hà', 'ha.do@mau.example')
  await own.post(`${at}/mailing`, {})
  await runDueTasks(t.services, { worker: 'test', tasks: [] })
  const [letter] = (await own.get('/messages')).items
  // Someone without an address, to be telephoned.
  await own.post(`${at}/invitations`, { name: 'Trần Thị Thuỷ', phone: '0900 000 001', positions: ['Bí thư Chi bộ'] })
  await own.post(`${at}/mailing`, {})
  const [call] = (await own.get('/calls')).items
  const draft = await hand('Vũ Văn Nam', 'nam.vu@mau.example')
  await own.put(`/invitations/${sent.id}/answer`, { answer: 'attend', note: 'Đến muộn 10 phút' })
  await own.put(`/invitations/${away.id}/answer`, {
    answer: 'substitute',
    substitute: { name: 'Hoàng Văn Đức', position: 'Phó Bí thư Chi bộ', email: 'duc.hoang@mau.example' },
  })

  const ask = (body: object) => own.post(`${at}/speeches`, { topic: 'Tạo nguồn phát triển đảng viên', ...body })
  const speech = await ask({ invitationId: sent.id, deadlineLocal: '2098-12-01T17:00:00' })
  const late = await ask({ name: 'Bùi Văn Sơn', email: 'son.bui@mau.example', deadlineLocal: '2020-12-01T17:00:00' })
  const approved = await ask({ name: 'Ngô Thị Mai', email: 'mai.ngo@mau.example' })
  for (const one of [speech, approved]) await own.post(`/speeches/${one.id}/versions?name=Tham-luan.pdf`, pdf())
  await own.put(`/speeches/${approved.id}/state`, { state: 'approved' })
  const upload = await openUpload(caller, late.id)

  const picture = await sharp({ create: { width: 640, height: 400, channels: 3, background: '#a33' } })
    .jpeg()
    .toBuffer()
  const photos = [
    await own.post(`${at}/photos?name=Quang-canh.jpg`, new Uint8Array(picture)),
    await own.post(`${at}/photos?name=Doan-chu-tich.jpg`, new Uint8Array(picture)),
  ]
  for (const photo of photos) {
    await own.patch(`${at}/photos/${photo.id}`, {
      caption: 'Quang cảnh hội thảo.',
      alt: 'Đại biểu ngồi kín hội trường',
    })
  }
  await own.post(`${at}/summaries`, { locale: 'vi', title: 'Hội thảo nâng cao chất lượng sinh hoạt chi bộ' })
  await own.patch(`${at}/summaries/vi`, { body: '## Kết quả\n\nCó 12 ý kiến tham luận.' })
  await own.patch(`${at}/summaries/vi`, { conclusions: ['Nhân rộng mô hình'] })
  await own.put(`${at}/summaries/vi/state`, { state: 'published', note: 'Sửa số đại biểu dự.' })

  const drafts = (await own.get(`${at}/summaries/vi/drafts`)).items
  const message = (await own.get('/messages')).items[0]
  return {
    seminar: seminar.id,
    chairs: chairs.map((one) => one.id),
    delegations: delegations.map((one) => one.id),
    items: items.map((one) => one.id),
    invitation: sent.id,
    away: away.id,
    leaving: leaving.id,
    draftInvitation: draft.id,
    speech: speech.id,
    late: late.id,
    approved: approved.id,
    upload,
    photos: photos.map((one) => one.id),
    file: photos[0].variants[0].url.split('/').pop(),
    draft: drafts[0].id,
    message: message.id,
    call: call.id,
    letter: letter.id,
  }
}

async function openUpload(caller: Caller, speech: string): Promise<string> {
  const opened = await caller.call('POST', `/speeches/${speech}/uploads`, undefined, {
    'tus-resumable': '1.0.0',
    'upload-length': '5000',
    'upload-metadata': `filename ${btoa('Tham-luan.pdf')}`,
  })
  return (opened.headers.get('location') as string).split('/').pop() as string
}

/** Calls that must succeed. */
function calls(caller: Caller) {
  const must = (answer: Answer) => {
    if (answer.status >= 300) throw new Error(`staging: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const edit = { 'if-match': '*' }
  return {
    get: async (path: string) => must(await caller.call('GET', path)),
    post: async (path: string, body: unknown) => must(await caller.call('POST', path, body)),
    put: async (path: string, body: unknown) => must(await caller.call('PUT', path, body, edit)),
    patch: async (path: string, body: unknown) => must(await caller.call('PATCH', path, body, edit)),
  }
}

/** What stands in an operation's path, of a staged organisation: one on which it succeeds. */
export function paramsOf({ ids }: Pick<Stage, 'ids'>, { id, path }: Operation): Record<string, string> {
  const speeches: Record<string, string> = {
    createReminder: ids.late,
    setSpeechRelease: ids.approved,
    createSpeechLink: ids.late,
    getSpeechLink: ids.late,
    createSpeechMailing: ids.late,
  }
  const invitations: Record<string, string> = { putConsent: ids.away, withdrawInvitation: ids.leaving }
  const seminars: Record<string, string> = { setSeminarState: ids.planned, createSummary: ids.planned }
  const resources: Record<string, string> = {
    members: ids.member,
    'member-invitations': ids.memberInvitation,
    keys: ids.key,
    units: ids.unit,
    people: ids.person,
    positions: ids.position,
    seminars: seminars[id] ?? ids.seminar,
    invitations: invitations[id] ?? ids.invitation,
    feeds: ids.feed,
    calls: ids.call,
    messages: id === 'createMessageCopy' ? ids.letter : ids.message,
    speeches: path.includes('/uploads') ? ids.late : (speeches[id] ?? ids.speech),
  }
  return {
    id: resources[path.split('/')[1] as string] ?? '',
    seminarId: seminars[id] ?? ids.seminar,
    chairId: ids.chairs[1],
    delegationId: ids.delegations[1],
    itemId: ids.items[1],
    photoId: ids.photos[0],
    fileId: ids.file,
    draftId: ids.draft,
    upload: ids.upload,
    number: '1',
    locale: 'vi',
  }
}

export function addressOf({ path }: Operation, params: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] as string))
}

/** An example with the ids of a staged organisation in the place of its own. */
export function filled({ ids }: Pick<Stage, 'ids'>, operation: Operation, example: unknown): unknown {
  const orders: Record<string, string[]> = {
    setChairOrder: ids.chairs,
    setDelegationOrder: ids.delegations,
    setAgendaOrder: ids.items,
    setPhotoOrder: ids.photos,
  }
  const known: Record<string, unknown> = {
    ids: orders[operation.id],
    personId: ids.person,
    personIds: [ids.person],
    unitId: ids.unit,
    unitIds: [ids.unit],
    invitationId: ids.leaving,
    agendaItemId: ids.items[0],
    presentationId: ids.speech,
    speechId: ids.speech,
  }
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, known[name] ?? fill(inner)]))
  }
  return fill(example)
}
