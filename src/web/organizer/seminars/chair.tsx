import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { editChair, moveChair, removeChair } from '../../../features/seminars/commands/chairs.ts'
import { type ChairRow, listChairs } from '../../../features/seminars/queries/detail.ts'
import { getSeminar, type SeminarRow, seminarName } from '../../../features/seminars/queries.ts'
import { type ChairInput, chairInput, versionInput } from '../../../features/seminars/schema.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { ErrorSummary, type FormState, SelectField, TextArea, TextField } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { linesOf, type Values } from './form-values.ts'
import { seminarPath } from './frame.tsx'
import { isStale, StaleNotice } from './stale.tsx'

export const chairPages = new Hono<AppEnv>()
  .get('/:id/chairs/:chair', requireRole('organizer'), async (c) => {
    const { seminar, chair } = await load(c, c.req.param())
    return chairPage(c, seminar, chair, { values: chairValues(chair), errors: [] })
  })
  .post('/:id/chairs/:chair', async (c) => {
    const { values } = await readForm(c)
    const { seminar, chair } = await load(c, c.req.param())
    const parsed = readChairForm(values)
    if ('form' in parsed) return chairPage(c, seminar, chair, parsed.form)
    const version = versionInput.catch(0).parse(values.version)
    try {
      await transaction(c.var.services.db, (trx) =>
        editChair(trx, memberContext(c), seminar.organization_id, seminar.id, chair.id, version, parsed.input),
      )
    } catch (error) {
      const stored = chairValues(chair)
      if (isStale(error))
        return chairPage(c, seminar, chair, { values: { ...values, version: stored.version }, errors: [] }, stored)
      return chairPage(c, seminar, chair, formRefused(error, values))
    }
    return toPeople(c, seminar.id)
  })
  .post('/:id/chairs/:chair/move', async (c) => {
    const { values } = await readForm(c)
    const { id, chair } = c.req.param()
    const direction = values.direction === 'up' ? 'up' : 'down'
    await transaction(c.var.services.db, (trx) =>
      moveChair(trx, memberContext(c), c.var.member.organization.id, id, chair, direction),
    )
    return toPeople(c, id)
  })
  .post('/:id/chairs/:chair/remove', async (c) => {
    const { id, chair } = c.req.param()
    await transaction(c.var.services.db, (trx) =>
      removeChair(trx, memberContext(c), c.var.member.organization.id, id, chair),
    )
    return toPeople(c, id)
  })

async function load(c: Context<AppEnv>, { id, chair: chairId }: { id: string; chair: string }) {
  const { db } = c.var.services
  const seminar = await getSeminar(db, c.var.member.organization.id, id)
  const chairs = await listChairs(db, seminar.organization_id, id)
  const chair = chairs.find((each) => each.id === chairId)
  if (!chair) throw new DomainError('not_found')
  return { seminar, chair }
}

function toPeople(c: Context<AppEnv>, seminarId: string) {
  return c.redirect(c.var.page.href(seminarPath(c.var.member, seminarId, '/people')), 303)
}

/** Reads the form of a chair; positions are written one a line, as they are printed. */
export function readChairForm(values: Values): { input: ChairInput } | { form: FormState } {
  const raw = { ...values, positions: linesOf(values.positions), positionsEn: linesOf(values.positionsEn) }
  const parsed = parseForm(chairInput, raw as never)
  if ('input' in parsed) return parsed
  const errors = parsed.form.errors.map((error) => ({ ...error, field: error.field.split('.')[0] ?? '' }))
  return { form: { values, errors } }
}

function chairValues(chair: ChairRow): Values {
  return {
    version: String(chair.version),
    role: chair.role,
    name: chair.name,
    gender: chair.gender ?? '',
    positions: chair.positions.join('\n'),
    positionsEn: chair.positions_en.join('\n'),
    personId: chair.person_id ?? '',
  }
}

function chairLabels({ t }: Page): Record<string, string> {
  return {
    name: t('seminars:chair.name'),
    role: t('seminars:chair.role'),
    gender: t('seminars:chair.gender'),
    positions: t('seminars:chair.positions'),
    positionsEn: t('seminars:chair.positions_en'),
  }
}

/** The fields of a chair. `find` is the address that finds people in the directory. */
export function ChairFields({ page, form, find }: { page: Page; form: FormState; find: string }) {
  const { t } = page
  const labels = chairLabels(page)
  const field = (name: string) => ({ t, form, name, label: labels[name] ?? name })
  return (
    <>
      <ErrorSummary t={t} form={form} labels={labels} />
      <div class="form" data-pick-row data-picker={find} data-picks="name">
        <input type="hidden" name="personId" value={form.values.personId ?? ''} data-pick="id" />
        <TextField {...field('name')} required maxlength={120} hint={t('seminars:hint.chair_name')} />
        <TextArea {...field('positions')} rows={3} hint={t('seminars:hint.positions')} />
        <div class="row">
          <SelectField
            {...field('role')}
            required
            options={(['chair', 'superior'] as const).map((value) => ({ value, label: t(`seminars:role.${value}`) }))}
          />
          <SelectField
            {...field('gender')}
            options={(['', 'male', 'female'] as const).map((value) => ({
              value,
              label: t(`seminars:gender.${value || 'unsaid'}`),
            }))}
          />
        </div>
        <details open={Boolean(form.values.positionsEn)}>
          <summary>{t('seminars:form.english')}</summary>
          <div class="form">
            <TextArea {...field('positionsEn')} rows={3} hint={t('seminars:hint.lines')} />
          </div>
        </details>
      </div>
    </>
  )
}

async function chairPage(c: Context<AppEnv>, seminar: SeminarRow, chair: ChairRow, form: FormState, stored?: Values) {
  const { page, member } = c.var
  const { t } = page
  const people = page.href(seminarPath(member, seminar.id, '/people'))
  const action = page.href(seminarPath(member, seminar.id, `/chairs/${chair.id}`))
  const find = page.href(`/console/${member.organization.slug}/search/people.json`)
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      title={`${chair.name} · ${seminarName(seminar, page.locale)}`}
      islands={['picker']}
    >
      <header class="page-title">
        <p class="muted small crumbs">
          <a href={page.href(seminarPath(member, seminar.id))}>{seminarName(seminar, page.locale)}</a> {'/ '}
          <a href={people}>{t('seminars:tab.people')}</a>
        </p>
        <h1>{chair.name}</h1>
      </header>
      {stored ? <StaleNotice page={page} form={form} stored={stored} labels={chairLabels(page)} /> : null}
      <form class="form" method="post" action={action} data-guard>
        <input type="hidden" name="version" value={form.values.version ?? ''} />
        <ChairFields page={page} form={form} find={find} />
        <div class="actions">
          <button class="btn primary" type="submit">
            {t('common:save')}
          </button>
          <a class="btn quiet" href={people}>
            {t('common:cancel')}
          </a>
        </div>
      </form>
      <form class="remove" method="post" action={`${action}/remove`}>
        <button class="btn quiet" type="submit">
          {t('seminars:chairs.remove')}
        </button>
      </form>
    </ConsoleLayout>,
    stored ? 412 : form.errors.length ? 422 : 200,
  )
}
