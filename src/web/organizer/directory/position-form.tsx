import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { addPosition, endPosition, updatePosition } from '../../../features/directory/commands.ts'
import { getPerson } from '../../../features/directory/queries/people.ts'
import { listPositionsOf, type SelectedPosition } from '../../../features/directory/queries/positions.ts'
import { getUnit, listDirectoryWords } from '../../../features/directory/queries/units.ts'
import { positionSchema } from '../../../features/directory/schema.ts'
import type { TextKey } from '../../../i18n.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { ErrorSummary, type FormState, TextField } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { directoryPath } from './directory-head.tsx'
import { FormActions, FormHead, Words } from './person-form.tsx'
import { type Candidate, resolveUnit, UnitField, unitFieldValues } from './unit-field.tsx'

/** A position of a person: added, changed, ended on a day. */
export const positionFormPages = new Hono<AppEnv>()
  .get('/people/:id/positions/new', requireRole('organizer'), async (c) => {
    const unitId = c.req.query('unit')
    const unit = unitId ? await getUnit(c.var.services.db, c.var.member.organization.id, unitId) : undefined
    return positionPage(c, { values: { rank: '100', ...unitFieldValues('unit_id', unit) }, errors: [] })
  })

  .post('/people/:id/positions/new', (c) => savePosition(c, undefined))

  .get('/people/:id/positions/:position', requireRole('organizer'), async (c) => {
    const position = await findPosition(c)
    return positionPage(c, { values: positionValues(position), errors: [] }, position)
  })

  .post('/people/:id/positions/:position', async (c) => savePosition(c, await findPosition(c)))

  .post('/people/:id/positions/:position/end', async (c) => {
    const { page, member, services } = c.var
    const { values } = await readForm(c)
    const position = await findPosition(c)
    const personId = position.person.id
    const typed = { ...positionValues(position), valid_to: values.valid_to ?? '' }
    const parsed = parseForm(positionSchema, { ...typed, unit_id: position.unit.id })
    if ('form' in parsed) return positionPage(c, { values: typed, errors: parsed.form.errors }, position)
    if (parsed.input.valid_to === null) {
      return positionPage(c, { values: typed, errors: [{ field: 'valid_to', code: 'required' }] }, position)
    }
    const lastDay = parsed.input.valid_to
    await transaction(services.db, (trx) =>
      endPosition(trx, memberContext(c), member.organization.id, personId, position.id, lastDay),
    )
    return c.redirect(page.href(directoryPath(member, `/people/${personId}`)), 303)
  })

/** A position of the person in the address. @throws DomainError not_found */
async function findPosition(c: Context<AppEnv>): Promise<SelectedPosition> {
  const positions = await listPositionsOf(c.var.services.db, c.var.member.organization.id, [
    c.req.param('id') as string,
  ])
  const position = positions.find((p) => p.id === c.req.param('position'))
  if (!position) throw new DomainError('not_found')
  return position
}

async function savePosition(c: Context<AppEnv>, position: SelectedPosition | undefined) {
  const { page, member, services } = c.var
  const organizationId = member.organization.id
  const personId = c.req.param('id') as string
  const { values } = await readForm(c)
  const unit = await resolveUnit(services.db, organizationId, values, 'unit_id')
  const parsed = parseForm(positionSchema, { ...values, unit_id: ('id' in unit && unit.id) || '' })
  const others = 'form' in parsed ? parsed.form.errors.filter((e) => e.field !== 'unit_id' || 'id' in unit) : []
  if ('error' in unit) return positionPage(c, { values, errors: [unit.error, ...others] }, position, unit.candidates)
  if ('form' in parsed) return positionPage(c, { values, errors: others }, position)
  try {
    await transaction(services.db, async (trx) => {
      if (position) await updatePosition(trx, memberContext(c), organizationId, personId, position.id, parsed.input)
      else await addPosition(trx, memberContext(c), organizationId, personId, parsed.input)
    })
    return c.redirect(page.href(directoryPath(member, `/people/${personId}`)), 303)
  } catch (error) {
    return positionPage(c, formRefused(error, values), position)
  }
}

function positionValues(position: SelectedPosition): Record<string, string> {
  const { unit } = position
  return {
    title: position.title,
    title_en: position.title_en ?? '',
    rank: String(position.rank),
    valid_from: position.valid_from ?? '',
    valid_to: position.valid_to ?? '',
    ...unitFieldValues('unit_id', { id: unit.id, name: unit.name, parent_name: unit.parent?.name ?? null }),
  }
}

async function positionPage(
  c: Context<AppEnv>,
  form: FormState,
  position?: SelectedPosition,
  candidates: Candidate[] = [],
) {
  const { page, member, services } = c.var
  const { t, href } = page
  const person = await getPerson(services.db, member.organization.id, c.req.param('id') as string)
  const { titles } = await listDirectoryWords(services.db, member.organization.id)
  const names = ['title', 'title_en', 'unit_id', 'rank', 'valid_from', 'valid_to']
  const labels = Object.fromEntries(names.map((name) => [name, t(`directory:position.${name}` as TextKey)]))
  const field = (name: string) => ({ t, form, name, label: labels[name] as string })
  const back = href(directoryPath(member, `/people/${person.id}`))
  const title = position ? t('directory:position.edit') : t('directory:position.new')
  return c.html(
    <ConsoleLayout {...(await frame(c, 'directory'))} title={`${title}: ${person.name}`} islands={['unit-field']}>
      <FormHead page={page} title={title} back={back} backLabel={person.name} />
      <ErrorSummary t={t} form={form} labels={labels} />
      <form
        class="form"
        method="post"
        action={href(directoryPath(member, `/people/${person.id}/positions/${position?.id ?? 'new'}`))}
      >
        <div class="row">
          <TextField {...field('title')} required list="titles" maxlength={200} />
          <TextField {...field('title_en')} maxlength={200} />
        </div>
        <Words id="titles" words={titles} />
        <UnitField
          {...field('unit_id')}
          required
          hint={t('directory:unit.pick.hint')}
          options={href(directoryPath(member, '/units/options'))}
          candidates={candidates}
        />
        <div class="row">
          <TextField {...field('valid_from')} type="date" />
          <TextField {...field('valid_to')} type="date" hint={t('directory:position.valid_to.hint')} />
        </div>
        <TextField
          {...field('rank')}
          type="number"
          min="0"
          max="999999"
          inputmode="numeric"
          required
          hint={t('directory:position.rank.hint')}
        />
        <FormActions page={page} submit={t('common:save')} cancel={back} />
      </form>
    </ConsoleLayout>,
    form.errors.length ? 422 : 200,
  )
}
