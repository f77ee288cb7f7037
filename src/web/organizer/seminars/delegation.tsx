import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { listDirectoryWords, listUnitNames } from '../../../features/directory/queries/units.ts'
import { type Selector, selectorSchema } from '../../../features/directory/schema.ts'
import {
  addDelegation,
  editDelegation,
  moveDelegation,
  removeDelegation,
} from '../../../features/seminars/commands/delegations.ts'
import { type DelegationRow, listDelegations } from '../../../features/seminars/queries/detail.ts'
import { countSeats, selectorDay } from '../../../features/seminars/queries/seats.ts'
import { getSeminar, type SeminarRow, seminarName } from '../../../features/seminars/queries.ts'
import { versionInput } from '../../../features/seminars/schema.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import type { FormState } from '../../components/form.tsx'
import { formRefused, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import {
  DelegationFields,
  delegationLabels,
  delegationValues,
  readDelegationForm,
  readSelector,
} from './delegation-form.tsx'
import { seminarPath } from './frame.tsx'
import { isStale, StaleNotice } from './stale.tsx'

const empty: FormState = { values: {}, errors: [] }

export const delegationPages = new Hono<AppEnv>()
  .get('/:id/delegations/count', async (c) => {
    const seminar = await load(c, c.req.param('id'))
    return c.json({ text: await countText(c, seminar, selectorOf(new URL(c.req.url).searchParams)) })
  })
  .get('/:id/delegations/new', requireRole('organizer'), async (c) => {
    const seminar = await load(c, c.req.param('id'))
    return delegationPage(c, { seminar, form: empty, selector: null })
  })
  .post('/:id/delegations/new', async (c) => {
    const { values, all } = await readForm(c)
    const seminar = await load(c, c.req.param('id'))
    const selector = selectorOf(all)
    if (values.count) return delegationPage(c, { seminar, form: { values, errors: [] }, selector })
    const parsed = readDelegationForm(values, all)
    if ('form' in parsed) return delegationPage(c, { seminar, form: parsed.form, selector })
    await transaction(c.var.services.db, (trx) =>
      addDelegation(trx, memberContext(c), seminar.organization_id, seminar.id, parsed.input),
    )
    return toPeople(c, seminar.id)
  })
  .get('/:id/delegations/:delegation', requireRole('organizer'), async (c) => {
    const seminar = await load(c, c.req.param('id'))
    const group = await loadGroup(c, seminar, c.req.param('delegation'))
    return delegationPage(c, {
      seminar,
      group,
      form: { values: delegationValues(group), errors: [] },
      selector: group.selector,
    })
  })
  .post('/:id/delegations/:delegation', async (c) => {
    const { values, all } = await readForm(c)
    const seminar = await load(c, c.req.param('id'))
    const group = await loadGroup(c, seminar, c.req.param('delegation'))
    const selector = selectorOf(all)
    if (values.count) return delegationPage(c, { seminar, group, form: { values, errors: [] }, selector })
    const parsed = readDelegationForm(values, all)
    if ('form' in parsed) return delegationPage(c, { seminar, group, form: parsed.form, selector })
    const version = versionInput.catch(0).parse(values.version)
    try {
      await transaction(c.var.services.db, (trx) =>
        editDelegation(trx, memberContext(c), seminar.organization_id, seminar.id, group.id, version, parsed.input),
      )
    } catch (error) {
      const form = { values: { ...values, version: String(group.version) }, errors: [] }
      if (isStale(error)) return delegationPage(c, { seminar, group, form, selector, isStale: true })
      return delegationPage(c, { seminar, group, form: formRefused(error, values), selector })
    }
    return toPeople(c, seminar.id)
  })
  .post('/:id/delegations/:delegation/move', async (c) => {
    const { values } = await readForm(c)
    const { id, delegation } = c.req.param()
    const direction = values.direction === 'up' ? 'up' : 'down'
    await transaction(c.var.services.db, (trx) =>
      moveDelegation(trx, memberContext(c), c.var.member.organization.id, id, delegation, direction),
    )
    return toPeople(c, id)
  })
  .post('/:id/delegations/:delegation/remove', async (c) => {
    const { id, delegation } = c.req.param()
    await transaction(c.var.services.db, (trx) =>
      removeDelegation(trx, memberContext(c), c.var.member.organization.id, id, delegation),
    )
    return toPeople(c, id)
  })

function load(c: Context<AppEnv>, id: string): Promise<SeminarRow> {
  return getSeminar(c.var.services.db, c.var.member.organization.id, id)
}

async function loadGroup(c: Context<AppEnv>, seminar: SeminarRow, id: string): Promise<DelegationRow> {
  const groups = await listDelegations(c.var.services.db, seminar.organization_id, seminar.id)
  const group = groups.find((each) => each.id === id)
  if (!group) throw new DomainError('not_found')
  return group
}

function toPeople(c: Context<AppEnv>, seminarId: string) {
  return c.redirect(c.var.page.href(seminarPath(c.var.member, seminarId, '/people')), 303)
}

function selectorOf(all: URLSearchParams): Selector | null {
  const parsed = selectorSchema.nullable().safeParse(readSelector(all))
  return parsed.success ? parsed.data : null
}

async function countText(c: Context<AppEnv>, seminar: SeminarRow, selector: Selector | null): Promise<string> {
  const { t, now } = c.var.page
  if (selector === null) return t('seminars:selector.nothing')
  const count = await countSeats(c.var.services.db, seminar.organization_id, selector, selectorDay(seminar, now))
  return t('seminars:delegations.count', { ...count })
}

interface PageProps {
  seminar: SeminarRow
  /** Absent: a new one. */
  group?: DelegationRow
  form: FormState
  selector: Selector | null
  isStale?: boolean
}

async function delegationPage(c: Context<AppEnv>, { seminar, group, form, selector, isStale }: PageProps) {
  const { page, member } = c.var
  const { t, href } = page
  const { db } = c.var.services
  const [words, units, counted] = await Promise.all([
    listDirectoryWords(db, seminar.organization_id),
    listUnitNames(db, seminar.organization_id, [...(selector?.unitIds ?? []), ...(selector?.parentIds ?? [])]),
    countText(c, seminar, selector),
  ])
  const people = href(seminarPath(member, seminar.id, '/people'))
  const action = href(seminarPath(member, seminar.id, `/delegations/${group?.id ?? 'new'}`))
  const title = t(group ? 'seminars:delegation.edit' : 'seminars:delegations.add')
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      title={`${title} · ${seminarName(seminar, page.locale)}`}
      islands={['picker']}
    >
      <header class="page-title">
        <p class="muted small crumbs">
          <a href={href(seminarPath(member, seminar.id))}>{seminarName(seminar, page.locale)}</a> {'/ '}
          <a href={people}>{t('seminars:tab.people')}</a>
        </p>
        <h1>{title}</h1>
      </header>
      {isStale && group ? (
        <StaleNotice page={page} form={form} stored={delegationValues(group)} labels={delegationLabels(page)} />
      ) : null}
      <form class="form" method="post" action={action} data-guard>
        <input type="hidden" name="version" value={form.values.version ?? ''} />
        <DelegationFields
          page={page}
          form={form}
          selector={selector}
          unitNames={new Map(units.map((unit) => [unit.id, unit.name]))}
          words={words}
          find={href(`/console/${member.organization.slug}/search/units.json`)}
          count={href(seminarPath(member, seminar.id, '/delegations/count'))}
          counted={counted}
        />
        <div class="actions">
          <button class="btn primary" type="submit">
            {t(group ? 'common:save' : 'seminars:delegations.add')}
          </button>
          <a class="btn quiet" href={people}>
            {t('common:cancel')}
          </a>
        </div>
      </form>
      {group ? (
        <form class="remove" method="post" action={`${action}/remove`}>
          <button class="btn quiet" type="submit">
            {t('seminars:delegation.remove')}
          </button>
        </form>
      ) : null}
    </ConsoleLayout>,
    isStale ? 412 : form.errors.length ? 422 : 200,
  )
}
