import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSummary, editSummary } from '../../../src/features/summaries/commands/editing.ts'
import { publishSummary } from '../../../src/features/summaries/commands/publishing.ts'
import { summaryInput } from '../../../src/features/summaries/schema.ts'
import { recurring } from '../../../src/tasks.ts'
import { forgetKept } from '../../../src/web/public/kept.ts'
import { createTestApp, systemContext, type TestApp, testOrigin } from '../../support/app.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'

let t: TestApp
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

const ctx = systemContext({ now: new Date('2026-11-17T01:15:00Z') })
const rowOf = (id: string) =>
  t.database.db.selectFrom('summaries').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const read = async (slug: string) => {
  forgetKept(t.services)
  return (await t.app.request(`${testOrigin}/s/${slug}/summary`)).text()
}

async function published(body: string) {
  const { db } = t.database
  const seminar = await createSeminar(db, (await createOrganization(db)).id, { state: 'held' })
  const input = summaryInput.parse({ title: 'Tin', lead: 'Sapo.', body, byline: '', conclusions: '' })
  const { summary } = await db.transaction().execute(async (trx) => {
    const draft = await createSummary(trx, ctx, seminar, 'vi')
    const saved = await editSummary(trx, ctx, seminar, 'vi', draft.version, input)
    return publishSummary(trx, ctx, seminar, 'vi', saved.version)
  })
  return { id: summary.id, slug: seminar.slug }
}

it('is made when a text is saved, and readers get what was stored', async () => {
  const { id, slug } = await published('**Đậm**\n\nHai.')
  expect(await rowOf(id)).toMatchObject({
    body_html: ['<p><strong>Đậm</strong></p>', '<p>Hai.</p>'],
    published: { blocks: ['<p><strong>Đậm</strong></p>', '<p>Hai.</p>'] },
  })
  await sql`update summaries set published = published || '{"blocks": ["<p>Như đã lưu.</p>"]}' where id = ${id}`.execute(
    t.database.db,
  )
  expect(await read(slug)).toContain('<p>Như đã lưu.</p>')
  expect(await (await t.app.request(`${testOrigin}/feed.atom`)).text()).toContain('Như đã lưu.')
})

it('is made by a task for what an older build wrote, and nobody waits for it', async () => {
  const { id, slug } = await published('Một.')
  const { version } = await rowOf(id)
  // As an older build writes: it knows neither the column nor the field.
  await sql`update summaries set body = '*Hai.*', published = (published - 'blocks') || '{"body": "*Ba.*"}' where id = ${id}`.execute(
    t.database.db,
  )
  expect((await rowOf(id)).body_html).toBeNull()
  expect(await read(slug)).toContain('<em>Ba.</em>')
  await recurring.find((task) => task.name === 'store_html')?.run(t.services, ctx, new AbortController().signal)
  expect(await rowOf(id)).toMatchObject({
    body_html: ['<p><em>Hai.</em></p>'],
    published: { blocks: ['<p><em>Ba.</em></p>'] },
    version,
  })
})

it('leaves nothing out of a text that is nested too deep', async () => {
  const { slug } = await published(`${'> '.repeat(40)}sâu\n\n${'- '.repeat(40)}nữa\n\ncuối`)
  const page = await read(slug)
  for (const word of ['sâu', 'nữa', '<p>cuối</p>']) expect(page).toContain(word)
})
