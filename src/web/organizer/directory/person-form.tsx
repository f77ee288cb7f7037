import type { Context } from 'hono'
import { Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import type { FieldError } from '../../../errors.ts'
import { addPosition, createPerson, updatePerson } from '../../../features/directory/commands.ts'
import { getPerson } from '../../../features/directory/queries/people.ts'
import { getUnit, listDirectoryWords } from '../../../features/directory/queries/units.ts'
import { personSchema, positionSchema, versionField } from '../../../features/directory/schema.ts'
import type { TextKey } from '../../../i18n.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { ErrorSummary, type FormState, SelectField, TextArea, TextField } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { isStale, StaleNotice } from '../seminars/stale.tsx'
import { directoryPath } from './directory-head.tsx'
import { type Candidate, resolveUnit, UnitField, unitFieldValues } from './unit-field.tsx'

/** A new person, with a first position if one is known; and the edit of a person. */
export const personFormPages = new Hono<AppEnv>()
  .get('/people/new', requireRole('organizer'), async (c) => {
    const { db } = c.var.services
    const unitId = c.req.query('unit')
    const unit = unitId ? await getUnit(db, c.var.member.organization.id, unitId) : undefined
    return newPersonPage(c, { values: { locale: 'vi', ...unitFieldValues('unit', unit) }, errors: [] })
  })

  .post('/people/new', async (c) => {
    const { page, member, services } = c.var
    const organizationId = member.organization.id
    const { values } = await readForm(c)
    const parsed = parseForm(personSchema, values)
    const first = await readFirstPosition(c, values)
    const errors = [...('form' in parsed ? parsed.form.errors : []), ...first.errors]
    if ('form' in parsed || errors.length) return newPersonPage(c, { values, errors }, first.candidates)
    try {
      const id = await transaction(services.db, async (trx) => {
        const ctx = memberContext(c)
        const personId = await createPerson(trx, ctx, organizationId, parsed.input)
        if (first.position) await addPosition(trx, ctx, organizationId, personId, first.position)
        return personId
      })
      return c.redirect(page.href(directoryPath(member, `/people/${id}`)), 303)
    } catch (error) {
      return newPersonPage(c, formRefused(error, values))
    }
  })

  .get('/people/:id/edit', requireRole('organizer'), async (c) => {
    const person = await getPerson(c.var.services.db, c.var.member.organization.id, c.req.param('id'))
    return editPersonPage(c, { values: personValues(person), errors: [] }, person)
  })

  .post('/people/:id/edit', async (c) => {
    const { page, member, services } = c.var
    const id = c.req.param('id')
    const { values } = await readForm(c)
    const person = await getPerson(services.db, member.organization.id, id)
    const parsed = parseForm(personSchema.extend({ version: versionField }), values)
    if ('form' in parsed) return editPersonPage(c, parsed.form, person)
    const { version, ...input } = parsed.input
    try {
      await transaction(services.db, (trx) =>
        updatePerson(trx, memberContext(c), member.organization.id, id, version, input),
      )
      return c.redirect(page.href(directoryPath(member, `/people/${id}`)), 303)
    } catch (error) {
      if (isStale(error))
        return editPersonPage(c, { values: { ...values, version: String(person.version) }, errors: [] }, person, true)
      return editPersonPage(c, formRefused(error, values), person)
    }
  })

/** The first position typed beside a new person: both unit and title, or neither. */
async function readFirstPosition(c: Context<AppEnv>, values: Record<string, string>) {
  const nothing = { position: undefined, errors: [] as FieldError[], candidates: [] as Candidate[] }
  if (!values.unit?.trim() && !values.title?.trim()) return nothing
  const unit = await resolveUnit(c.var.services.db, c.var.member.organization.id, values, 'unit')
  if ('error' in unit) return { ...nothing, errors: [unit.error], candidates: unit.candidates }
  const parsed = parseForm(positionSchema, { unit_id: unit.id ?? '', title: values.title ?? '' })
  if ('input' in parsed) return { ...nothing, position: parsed.input }
  return { ...nothing, errors: parsed.form.errors.map((e) => (e.field === 'unit_id' ? { ...e, field: 'unit' } : e)) }
}

type Person = Awaited<ReturnType<typeof getPerson>>

function personValues(person: Person): Record<string, string> {
  return {
    version: String(person.version),
    name: person.name,
    gender: person.gender ?? '',
    email: person.email ?? '',
    phone: person.phone ?? '',
    locale: person.locale,
    code: person.code ?? '',
    note: person.note ?? '',
  }
}

function personLabels(page: Page): Record<string, string> {
  const names = ['name', 'gender', 'email', 'phone', 'locale', 'code', 'note']
  const labels = Object.fromEntries(names.map((name) => [name, page.t(`directory:person.${name}` as TextKey)]))
  return { ...labels, unit: page.t('directory:position.unit_id'), title: page.t('directory:position.title') }
}

async function newPersonPage(c: Context<AppEnv>, form: FormState, candidates: Candidate[] = []) {
  const { page, member, services } = c.var
  const { t, href } = page
  const labels = personLabels(page)
  const { titles } = await listDirectoryWords(services.db, member.organization.id)
  return c.html(
    <ConsoleLayout {...(await frame(c, 'directory'))} title={t('directory:person.new')} islands={['unit-field']}>
      <FormHead
        page={page}
        title={t('directory:person.new')}
        back={href(directoryPath(member, '/people'))}
        backLabel={t('directory:tab.people')}
      />
      <ErrorSummary t={t} form={form} labels={labels} />
      <form class="form" data-guard method="post">
        <PersonFields page={page} form={form} labels={labels} />
        <section>
          <h2>{t('directory:person.firstPosition')}</h2>
          <TextField t={t} form={form} name="title" label={labels.title as string} list="titles" maxlength={200} />
          <Words id="titles" words={titles} />
          <UnitField
            t={t}
            form={form}
            name="unit"
            label={labels.unit as string}
            hint={t('directory:unit.pick.hint')}
            options={href(directoryPath(member, '/units/options'))}
            candidates={candidates}
          />
        </section>
        <FormActions
          page={page}
          submit={t('directory:person.create')}
          cancel={href(directoryPath(member, '/people'))}
        />
      </form>
    </ConsoleLayout>,
    form.errors.length ? 422 : 200,
  )
}

async function editPersonPage(c: Context<AppEnv>, form: FormState, person: Person, stale = false) {
  const { page, member } = c.var
  const { t, href } = page
  const labels = personLabels(page)
  const back = href(directoryPath(member, `/people/${person.id}`))
  return c.html(
    <ConsoleLayout {...(await frame(c, 'directory'))} title={`${t('common:edit')}: ${person.name}`}>
      <FormHead page={page} title={t('directory:person.edit')} back={back} backLabel={person.name} />
      {stale ? <StaleNotice page={page} form={form} stored={personValues(person)} labels={labels} /> : null}
      <ErrorSummary t={t} form={form} labels={labels} />
      <form class="form" data-guard method="post">
        <input type="hidden" name="version" value={form.values.version ?? ''} />
        <PersonFields page={page} form={form} labels={labels} />
        <FormActions page={page} submit={t('common:save')} cancel={back} />
      </form>
    </ConsoleLayout>,
    stale ? 412 : form.errors.length ? 422 : 200,
  )
}

function PersonFields({ page, form, labels }: { page: Page; form: FormState; labels: Record<string, string> }) {
  const { t } = page
  const field = (name: string) => ({ t, form, name, label: labels[name] ?? name })
  return (
    <section>
      <TextField {...field('name')} required maxlength={200} hint={t('directory:person.name.hint')} />
      <div class="row">
        <TextField {...field('email')} type="email" maxlength={254} />
        <TextField {...field('phone')} type="tel" maxlength={60} />
      </div>
      <div class="row">
        <SelectField
          {...field('gender')}
          options={(['', 'male', 'female'] as const).map((value) => ({
            value,
            label: t(`directory:gender.${value || 'unsaid'}`),
          }))}
        />
        <SelectField
          {...field('locale')}
          required
          options={(['vi', 'en'] as const).map((value) => ({ value, label: t(`directory:locale.${value}`) }))}
        />
      </div>
      <TextField {...field('code')} maxlength={60} hint={t('directory:code.hint')} />
      <TextArea {...field('note')} rows={3} maxlength={2000} hint={t('directory:person.note.hint')} />
    </section>
  )
}

/** The title of a form's page, with the way back. */
export function FormHead({
  page,
  title,
  back,
  backLabel,
}: {
  page: Page
  title: string
  back: string
  backLabel: string
}) {
  return (
    <header class="head">
      <div>
        <p class="muted small crumbs">
          <a href={back}>{backLabel}</a>
        </p>
        <h1>{title}</h1>
        <p class="visually-hidden">{page.t('directory:form.hint')}</p>
      </div>
    </header>
  )
}

/** Send or leave. */
export function FormActions({ page, submit, cancel }: { page: Page; submit: string; cancel: string }) {
  return (
    <div class="actions">
      <button class="btn primary" type="submit">
        {submit}
      </button>
      <a class="btn quiet" href={cancel}>
        {page.t('common:cancel')}
      </a>
    </div>
  )
}

/** Words in use, suggested while typing. */
export function Words({ id, words }: { id: string; words: string[] }) {
  return (
    <datalist id={id}>
      {words.map((word) => (
        <option value={word} />
      ))}
    </datalist>
  )
}
