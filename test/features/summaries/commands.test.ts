import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSummary, editSummary, refreshLead } from '../../../src/features/summaries/commands/editing.ts'
import { publishSummary, withdrawSummary } from '../../../src/features/summaries/commands/publishing.ts'
import { findSummary, listRevisions } from '../../../src/features/summaries/queries/editing.ts'
import { leadFacts } from '../../../src/features/summaries/queries/lead.ts'
import { generateLead } from '../../../src/features/summaries/rules.ts'
import { summaryInput } from '../../../src/features/summaries/schema.ts'
import { systemContext } from '../../support/app.ts'
import { createTestDatabase, inRollback, type TestDatabase } from '../../support/database.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { createSeedSeminar, seed } from '../../support/seed.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const ctx = systemContext({ now: new Date('2023-11-17T01:15:00Z') })
const typed = (over: Record<string, unknown> = {}) =>
  summaryInput.parse({
    title: 'Tin',
    lead: seed.lead.join('\n\n'),
    body: 'Thân bài.',
    byline: '',
    conclusions: '',
    ...over,
  })

describe('the lead of a summary', () => {
  it('comes from the data of the seed byte for byte', () =>
    inRollback(database.db, async (trx) => {
      const org = await createOrganization(trx)
      const seminar = await createSeedSeminar(trx, org.id)
      const facts = await leadFacts(trx, org.id, seminar.id, 'vi', '2023-11-17')
      expect(generateLead(facts).paragraphs).toEqual(seed.lead)
      expect((await createSummary(trx, ctx, seminar, 'vi')).lead).toEqual(seed.lead)
    }))

  it('follows the data when it is refreshed, until someone edits it', () =>
    inRollback(database.db, async (trx) => {
      const org = await createOrganization(trx)
      const seminar = await createSeedSeminar(trx, org.id)
      const draft = await createSummary(trx, ctx, seminar, 'vi')
      await trx
        .updateTable('chairs')
        .set({ name: 'Phạm Thu Hà' })
        .where('seminar_id', '=', seminar.id)
        .where('ordinal', '=', 1)
        .execute()
      const fresh = await refreshLead(trx, ctx, seminar, 'vi', draft.version)
      expect(fresh.lead[0]).toContain('Các đồng chí: Phạm Thu Hà,')
      const same = await editSummary(trx, ctx, seminar, 'vi', fresh.version, typed({ lead: fresh.lead.join('\n\n') }))
      expect(same.lead_edited).toBe(false)
      const own = await editSummary(trx, ctx, seminar, 'vi', same.version, typed({ lead: 'Sapo viết tay.' }))
      expect(own.lead_edited).toBe(true)
      await expect(refreshLead(trx, ctx, seminar, 'vi', own.version)).rejects.toMatchObject({ detail: 'lead_edited' })
      expect((await findSummary(trx, org.id, seminar.id, 'vi'))?.lead).toEqual(['Sapo viết tay.'])
    }))

  it('falls back to Vietnamese names where no English was written', () =>
    inRollback(database.db, async (trx) => {
      const org = await createOrganization(trx)
      const seminar = await createSeedSeminar(trx, org.id, { theme_en: 'Renewal', host_en: 'The City Party Committee' })
      const facts = await leadFacts(trx, org.id, seminar.id, 'en', '2023-11-17')
      expect(generateLead(facts).paragraphs[0]).toMatch(
        /^On the afternoon of 16 November, the City Party Committee held the thematic workshop “Renewal”\./,
      )
    }))
})

describe('publishing', () => {
  it('copies the draft, so that later edits change nothing that the public reads', () =>
    inRollback(database.db, async (trx) => {
      const org = await createOrganization(trx)
      const seminar = await createSeedSeminar(trx, org.id)
      const draft = await createSummary(trx, ctx, seminar, 'vi')
      const { summary } = await publishSummary(trx, ctx, seminar, 'vi', draft.version)
      expect(summary.published_at).toEqual(ctx.now)
      const edited = await editSummary(trx, ctx, seminar, 'vi', summary.version, typed({ title: 'Khác' }))
      expect(edited.published?.title).toBe(draft.title)
      expect(edited.state).toBe('published')
    }))

  it('asks for a note when a published text is corrected, and keeps every revision', () =>
    inRollback(database.db, async (trx) => {
      const org = await createOrganization(trx)
      const seminar = await createSeedSeminar(trx, org.id)
      const draft = await createSummary(trx, ctx, seminar, 'vi')
      const { summary } = await publishSummary(trx, ctx, seminar, 'vi', draft.version)
      const edited = await editSummary(trx, ctx, seminar, 'vi', summary.version, typed({ title: 'Tên đúng' }))
      await expect(publishSummary(trx, ctx, seminar, 'vi', edited.version)).rejects.toMatchObject({
        fields: [{ field: 'note', code: 'required' }],
      })
      const later = { ...ctx, now: new Date('2023-11-18T02:00:00Z') }
      const { summary: corrected } = await publishSummary(trx, later, seminar, 'vi', edited.version, {
        note: 'Sửa tên.',
      })
      expect(corrected.published).toMatchObject({
        title: 'Tên đúng',
        correctionNote: 'Sửa tên.',
        publishedAt: '2023-11-17T01:15:00.000Z',
        correctedAt: '2023-11-18T02:00:00.000Z',
      })
      expect((await listRevisions(trx, org.id, draft.id)).map((r) => [r.number, r.content.title])).toEqual([
        [2, 'Tên đúng'],
        [1, draft.title],
      ])
    }))

  it('withdraws the text and publishes it anew', () =>
    inRollback(database.db, async (trx) => {
      const org = await createOrganization(trx)
      const seminar = await createSeedSeminar(trx, org.id)
      const draft = await createSummary(trx, ctx, seminar, 'vi')
      const { summary } = await publishSummary(trx, ctx, seminar, 'vi', draft.version)
      const gone = await withdrawSummary(trx, ctx, seminar, 'vi', summary.version)
      expect(gone.state).toBe('withdrawn')
      const later = { ...ctx, now: new Date('2023-11-20T02:00:00Z') }
      const { summary: anew } = await publishSummary(trx, later, seminar, 'vi', gone.version)
      expect(anew.published).toMatchObject({
        publishedAt: '2023-11-20T02:00:00.000Z',
        correctedAt: null,
        correctionNote: null,
      })
    }))

  it('refuses to publish for a seminar that is still a draft', () =>
    inRollback(database.db, async (trx) => {
      const org = await createOrganization(trx)
      const seminar = await createSeminar(trx, org.id, { state: 'draft' })
      const draft = await createSummary(trx, ctx, seminar, 'vi')
      await expect(publishSummary(trx, ctx, seminar, 'vi', draft.version)).rejects.toMatchObject({
        detail: 'seminar_draft',
      })
    }))
})

describe('two editors', () => {
  it('refuses what was typed on an older version', () =>
    inRollback(database.db, async (trx) => {
      const org = await createOrganization(trx)
      const seminar = await createSeedSeminar(trx, org.id)
      const draft = await createSummary(trx, ctx, seminar, 'vi')
      await editSummary(trx, ctx, seminar, 'vi', draft.version, typed())
      await expect(editSummary(trx, ctx, seminar, 'vi', draft.version, typed())).rejects.toMatchObject({
        code: 'stale_version',
      })
    }))

  it('writes one audit entry for edits that follow one another', () =>
    inRollback(database.db, async (trx) => {
      const org = await createOrganization(trx)
      const seminar = await createSeedSeminar(trx, org.id)
      let { version } = await createSummary(trx, ctx, seminar, 'vi')
      for (let i = 0; i < 3; i++)
        ({ version } = await editSummary(trx, ctx, seminar, 'vi', version, typed({ body: `Bản ${i}` })))
      const events = await trx
        .selectFrom('audit_events')
        .select('action')
        .where('organization_id', '=', org.id)
        .execute()
      expect(events.map((event) => event.action)).toEqual(['summary.created', 'summary.edited'])
    }))
})
