import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import type { FieldError } from '../../../errors.ts'
import { createUnit, updateUnit } from '../../../features/directory/commands.ts'
import { getUnit, listDirectoryWords } from '../../../features/directory/queries/units.ts'
import { type UnitInput, unitSchema, versionField } from '../../../features/directory/schema.ts'
import type { TextKey } from '../../../i18n.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { ErrorSummary, type FormState, TextField } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { isStale, StaleNotice } from '../seminars/stale.tsx'
import { directoryPath } from './directory-head.tsx'
import { FormActions, FormHead, Words } from './person-form.tsx'
import { type Candidate, resolveUnit, UnitField, unitFieldValues } from './unit-field.tsx'

type Unit = Awaited<ReturnType<typeof getUnit>>
type Candidates = Partial<Record<'parent_id' | 'successor_id', Candidate[]>>

/** A new unit, and the edit of one. */
export const unitFormPages = new Hono<AppEnv>()
  .get('/units/new', requireRole('organizer'), async (c) => {
    const parentId = c.req.query('parent')
    const parent = parentId ? await getUnit(c.var.services.db, c.var.member.organization.id, parentId) : undefined
    return unitPage(c, {
      values: { rank: '1000', block: parent?.block ?? '', ...unitFieldValues('parent_id', parent) },
      errors: [],
    })
  })

  .post('/units/new', async (c) => {
    const { page, member, services } = c.var
    const { values } = await readForm(c)
    const read = await readUnit(c, values)
    if ('errors' in read) return unitPage(c, { values, errors: read.errors }, undefined, read.candidates)
    try {
      const id = await transaction(services.db, (trx) =>
        createUnit(trx, memberContext(c), member.organization.id, read.input),
      )
      return c.redirect(page.href(directoryPath(member, `/units/${id}`)), 303)
    } catch (error) {
      return unitPage(c, formRefused(error, values))
    }
  })

  .get('/units/:id/edit', requireRole('organizer'), async (c) => {
    const unit = await getUnit(c.var.services.db, c.var.member.organization.id, c.req.param('id'))
    return unitPage(c, { values: unitValues(unit), errors: [] }, unit)
  })

  .post('/units/:id/edit', async (c) => {
    const { page, member, services } = c.var
    const id = c.req.param('id')
    const { values } = await readForm(c)
    const unit = await getUnit(services.db, member.organization.id, id)
    const read = await readUnit(c, values)
    if ('errors' in read) return unitPage(c, { values, errors: read.errors }, unit, read.candidates)
    const version = versionField.safeParse(values.version).data ?? 0
    try {
      await transaction(services.db, (trx) =>
        updateUnit(trx, memberContext(c), member.organization.id, id, version, read.input),
      )
      return c.redirect(page.href(directoryPath(member, `/units/${id}`)), 303)
    } catch (error) {
      if (isStale(error))
        return unitPage(c, { values: { ...values, version: String(unit.version) }, errors: [] }, unit, {}, true)
      return unitPage(c, formRefused(error, values), unit)
    }
  })

async function readUnit(
  c: Context<AppEnv>,
  values: Record<string, string>,
): Promise<{ input: UnitInput } | { errors: FieldError[]; candidates: Candidates }> {
  const { db } = c.var.services
  const organizationId = c.var.member.organization.id
  const errors: FieldError[] = []
  const candidates: Candidates = {}
  const ids: Record<string, string> = {}
  for (const name of ['parent_id', 'successor_id'] as const) {
    const unit = await resolveUnit(db, organizationId, values, name)
    if ('id' in unit) ids[name] = unit.id ?? ''
    else {
      errors.push(unit.error)
      candidates[name] = unit.candidates
      ids[name] = ''
    }
  }
  const parsed = parseForm(unitSchema, { ...values, ...ids })
  if ('form' in parsed) errors.push(...parsed.form.errors)
  return 'form' in parsed || errors.length ? { errors, candidates } : { input: parsed.input }
}

const LINES = [
  'name',
  'short_name',
  'name_en',
  'committee_name',
  'code',
  'type',
  'kind',
  'block',
  'email',
  'phone',
  'valid_from',
  'valid_to',
] as const

function unitValues(unit: Unit): Record<string, string> {
  return {
    ...Object.fromEntries(LINES.map((name) => [name, unit[name] ?? ''])),
    version: String(unit.version),
    rank: String(unit.rank),
    members_count: unit.members_count === null ? '' : String(unit.members_count),
    ...unitFieldValues(
      'parent_id',
      unit.parent_id && unit.parent_name
        ? { id: unit.parent_id, name: unit.parent_name, parent_name: null }
        : undefined,
    ),
    ...unitFieldValues(
      'successor_id',
      unit.successor_id && unit.successor_name
        ? { id: unit.successor_id, name: unit.successor_name, parent_name: null }
        : undefined,
    ),
  }
}

function unitLabels(page: Page): Record<string, string> {
  const names = [...LINES, 'rank', 'members_count', 'parent_id', 'successor_id']
  return Object.fromEntries(names.map((name) => [name, page.t(`directory:unit.${name}` as TextKey)]))
}

async function unitPage(c: Context<AppEnv>, form: FormState, unit?: Unit, candidates: Candidates = {}, stale = false) {
  const { page, member, services } = c.var
  const { t, href } = page
  const labels = unitLabels(page)
  const words = await listDirectoryWords(services.db, member.organization.id)
  const field = (name: string) => ({ t, form, name, label: labels[name] as string })
  const options = href(directoryPath(member, '/units/options'))
  const back = href(directoryPath(member, unit ? `/units/${unit.id}` : '/units'))
  const title = unit ? t('directory:unit.edit') : t('directory:unit.new')
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'directory'))}
      title={unit ? `${title}: ${unit.name}` : title}
      islands={['unit-field']}
    >
      <FormHead page={page} title={title} back={back} backLabel={unit?.name ?? t('directory:tab.units')} />
      {stale && unit ? <StaleNotice page={page} form={form} stored={unitValues(unit)} labels={labels} /> : null}
      <ErrorSummary t={t} form={form} labels={labels} />
      <form class="form" data-guard method="post">
        <input type="hidden" name="version" value={form.values.version ?? ''} />
        <section>
          <TextField {...field('name')} required maxlength={300} />
          <div class="row">
            <TextField {...field('short_name')} maxlength={200} hint={t('directory:unit.short_name.hint')} />
            <TextField {...field('committee_name')} maxlength={300} hint={t('directory:unit.committee_name.hint')} />
          </div>
          <TextField {...field('name_en')} maxlength={300} />
        </section>
        <section>
          <h2>{t('directory:unit.place')}</h2>
          <UnitField
            {...field('parent_id')}
            hint={t('directory:unit.pick.hint')}
            options={options}
            candidates={candidates.parent_id}
          />
          <div class="row">
            <TextField {...field('type')} list="types" maxlength={120} />
            <TextField {...field('kind')} list="kinds" maxlength={120} />
            <TextField {...field('block')} list="blocks" maxlength={120} />
          </div>
          <Words id="types" words={words.types} />
          <Words id="kinds" words={words.kinds} />
          <Words id="blocks" words={words.blocks} />
          <TextField
            {...field('rank')}
            type="number"
            min="0"
            max="999999"
            inputmode="numeric"
            required
            hint={t('directory:unit.rank.hint')}
          />
        </section>
        <section>
          <h2>{t('directory:unit.contact')}</h2>
          <div class="row">
            <TextField {...field('email')} type="email" maxlength={254} />
            <TextField {...field('phone')} type="tel" maxlength={60} />
          </div>
          <div class="row">
            <TextField {...field('code')} maxlength={60} hint={t('directory:code.hint')} />
            <TextField {...field('members_count')} type="number" min="0" inputmode="numeric" />
          </div>
        </section>
        <section>
          <h2>{t('directory:unit.validity')}</h2>
          <div class="row">
            <TextField {...field('valid_from')} type="date" />
            <TextField {...field('valid_to')} type="date" hint={t('directory:unit.valid_to.hint')} />
          </div>
          <UnitField
            {...field('successor_id')}
            hint={t('directory:unit.successor.hint')}
            options={options}
            candidates={candidates.successor_id}
          />
        </section>
        <FormActions page={page} submit={unit ? t('common:save') : t('directory:unit.create')} cancel={back} />
      </form>
    </ConsoleLayout>,
    stale ? 412 : form.errors.length ? 422 : 200,
  )
}
