import { type Context, Hono } from 'hono'
import type { Locale } from '../../../context.ts'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { createSummary, editSummary, refreshLead } from '../../../features/summaries/commands/editing.ts'
import { getSummary, listPhotos, placeIn, type Summary } from '../../../features/summaries/queries/editing.ts'
import type { SummaryInput } from '../../../features/summaries/schema.ts'
import { formRefused, readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { isStale } from '../seminars/stale.tsx'
import { editorPage } from './editor-page.tsx'
import { readSummaryForm } from './form-values.ts'
import { loadSeminar, savedText, summaryPath, textLanguage, versionOf, wantsJson } from './load.ts'
import { placeOptions, placeValue } from './places.ts'

export const editorPages = new Hono<AppEnv>()
  .get('/', async (c) => editorPage(c, await loadSeminar(c), textLanguage(c)))
  .post('/create', async (c) => {
    const seminar = await loadSeminar(c)
    const language = textLanguage(c)
    await transaction(c.var.services.db, (trx) => createSummary(trx, memberContext(c), seminar, language))
    return c.redirect(c.var.page.href(summaryPath(c, seminar.id, language)), 303)
  })
  .post('/', async (c) => {
    const { values } = await readForm(c)
    const seminar = await loadSeminar(c)
    const language = textLanguage(c)
    const auto = wantsJson(c)
    const parsed = readSummaryForm(values)
    if ('form' in parsed)
      return auto ? c.json({ refused: true }, 422) : editorPage(c, seminar, language, { form: parsed.form })
    let saved: Summary
    try {
      saved = await transaction(c.var.services.db, (trx) =>
        editSummary(trx, memberContext(c), seminar, language, versionOf(values), parsed.input),
      )
    } catch (error) {
      if (!isStale(error)) return editorPage(c, seminar, language, { form: formRefused(error, values) })
      return tooLate(c, seminar, language, values, parsed.input)
    }
    if (auto) return c.json(await savedAnswer(c, seminar, saved))
    if (values.do === 'refresh') {
      await transaction(c.var.services.db, (trx) =>
        refreshLead(trx, memberContext(c), seminar, language, saved.version),
      )
    }
    return c.redirect(
      c.var.page.href(summaryPath(c, seminar.id, language, values.do === 'preview' ? '/preview' : '')),
      303,
    )
  })

/** Someone else saved first: what was typed is shown again, beside what is stored. Nothing is written over. */
async function tooLate(
  c: Context<AppEnv>,
  seminar: SeminarRow,
  language: Locale,
  values: Record<string, string>,
  typed: SummaryInput,
) {
  if (wantsJson(c)) return c.json({ stale: c.var.t('summaries:stale.auto') }, 412)
  const stored = await getSummary(c.var.services.db, seminar.organization_id, seminar.id, language)
  const form = { values: { ...values, version: String(stored.version) }, errors: [] }
  return editorPage(c, seminar, language, { form, conflict: { stored, typed } })
}

/** What the island is told: the new version, and where photos may stand and do stand now. */
async function savedAnswer(c: Context<AppEnv>, seminar: SeminarRow, saved: Summary) {
  const photos = await listPhotos(c.var.services.db, seminar.organization_id, seminar.id)
  return {
    version: saved.version,
    text: savedText(c, seminar),
    leadEdited: saved.lead_edited,
    places: placeOptions(c.var.page, saved.blocks),
    photos: Object.fromEntries(photos.map((photo) => [photo.id, placeValue(placeIn(photo, saved.locale))])),
  }
}
