import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { followChange } from '../../../features/invitations/commands/notify.ts'
import { listOthersPresent } from '../../../features/presence/queries.ts'
import { createSeminar, editSeminar } from '../../../features/seminars/commands.ts'
import { getPlaces } from '../../../features/seminars/queries/detail.ts'
import { listSeminarTopics, listTopicsInUse } from '../../../features/seminars/queries/topics.ts'
import { getSeminar, type SeminarRow, seminarName } from '../../../features/seminars/queries.ts'
import { versionInput } from '../../../features/seminars/schema.ts'
import { ConsoleLayout, orgName } from '../../components/console-layout.tsx'
import type { FormState } from '../../components/form.tsx'
import { formRefused, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { PresenceBanner } from '../presence.tsx'
import { MailQuestion, savedQuery, toldOnChange } from './change.tsx'
import { atFormFields, readSeminarForm, seminarFormValues, type Values } from './form-values.ts'
import { seminarPath } from './frame.tsx'
import { SeminarForm, seminarLabels } from './seminar-form.tsx'
import { isStale, StaleNotice } from './stale.tsx'

export const editPages = new Hono<AppEnv>()
  .get('/new', requireRole('organizer'), (c) => newPage(c, { values: emptyValues(c), errors: [] }))
  .post('/new', async (c) => {
    const { values } = await readForm(c)
    const parsed = readSeminarForm(values)
    if ('form' in parsed) return newPage(c, parsed.form)
    const { organization } = c.var.member
    const seminar = await transaction(c.var.services.db, (trx) =>
      createSeminar(trx, memberContext(c), organization.id, parsed.input),
    )
    return c.redirect(c.var.page.href(seminarPath(c.var.member, seminar.id)), 303)
  })
  .get('/:id/edit', requireRole('organizer'), async (c) => {
    const { seminar, stored } = await load(c, c.req.param('id'))
    return editPage(c, seminar, { values: stored, errors: [] })
  })
  .post('/:id/edit', async (c) => {
    const { values } = await readForm(c)
    const { seminar, stored } = await load(c, c.req.param('id'))
    const parsed = readSeminarForm(values, fixedTimes(seminar))
    if ('form' in parsed) return editPage(c, seminar, parsed.form)
    const ctx = memberContext(c)
    try {
      const told = await transaction(c.var.services.db, async (trx) => {
        const version = versionInput.catch(0).parse(values.version)
        const change = await editSeminar(trx, ctx, seminar.organization_id, seminar.id, version, parsed.input)
        return followChange(trx, ctx, change, values.tell === 'on')
      })
      return c.redirect(c.var.page.href(`${seminarPath(c.var.member, seminar.id)}${savedQuery(told)}`), 303)
    } catch (error) {
      if (isStale(error))
        return editPage(c, seminar, { values: { ...values, version: stored.version }, errors: [] }, stored)
      return editPage(c, seminar, atFormFields(formRefused(error, values)))
    }
  })

async function load(c: Context<AppEnv>, id: string): Promise<{ seminar: SeminarRow; stored: Values }> {
  const { db } = c.var.services
  const { organization } = c.var.member
  const seminar = await getSeminar(db, organization.id, id)
  const [places, topics] = await Promise.all([
    getPlaces(db, organization.id, id),
    listSeminarTopics(db, organization.id, id),
  ])
  return { seminar, stored: seminarFormValues(seminar, places.capacity, topics) }
}

/** The times of a postponed or cancelled seminar are not on its form: they stay as they are. */
function fixedTimes(seminar: SeminarRow) {
  if (!timesClosed(seminar)) return {}
  const iso = (wall: string | null) => wall?.replace(' ', 'T') ?? null
  return {
    startsLocal: iso(seminar.starts_local),
    endsLocal: iso(seminar.ends_local),
    answerDeadlineLocal: iso(seminar.answer_deadline_local),
  }
}

function timesClosed(seminar: SeminarRow): boolean {
  return seminar.state === 'postponed' || seminar.state === 'cancelled'
}

async function knownTopics(c: Context<AppEnv>): Promise<string[]> {
  const topics = await listTopicsInUse(c.var.services.db, c.var.member.organization.id)
  return topics.map(({ name }) => name)
}

function emptyValues(c: Context<AppEnv>): Values {
  const { organization } = c.var.member
  return {
    kind: 'hoi_thao',
    host: organization.name,
    hostEn: organization.nameEn ?? '',
    timezone: organization.timezone,
    visibility: 'public',
    language: 'vi',
    substitutePolicy: 'consent',
  }
}

async function newPage(c: Context<AppEnv>, form: FormState) {
  const { page, member } = c.var
  const list = page.href(`/console/${member.organization.slug}/seminars`)
  const topics = await knownTopics(c)
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      islands={['lines']}
      title={`${page.t('seminars:new.title')} · ${orgName(member, page)}`}
    >
      <h1 class="page-title">{page.t('seminars:new.title')}</h1>
      <SeminarForm
        page={page}
        form={form}
        action={`${list}/new`}
        cancel={list}
        submit={page.t('seminars:new.submit')}
        topics={topics}
      />
    </ConsoleLayout>,
    form.errors.length ? 422 : 200,
  )
}

async function editPage(c: Context<AppEnv>, seminar: SeminarRow, form: FormState, stored?: Values) {
  const { page, member } = c.var
  const { db } = c.var.services
  const base = page.href(seminarPath(member, seminar.id))
  const [others, mailed, topics] = await Promise.all([
    listOthersPresent(db, seminar.organization_id, member.userId, 'seminar', seminar.id),
    toldOnChange(db, seminar),
    knownTopics(c),
  ])
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      islands={['lines']}
      title={`${page.t('seminars:edit.title')} · ${seminarName(seminar, page.locale)}`}
    >
      <EditHead page={page} seminar={seminar} back={base} />
      <PresenceBanner page={page} org={member.organization.slug} kind="seminar" id={seminar.id} others={others} />
      {stored ? <StaleNotice page={page} form={form} stored={stored} labels={seminarLabels(page)} /> : null}
      <SeminarForm
        page={page}
        form={form}
        action={`${base}/edit`}
        cancel={base}
        submit={page.t('common:save')}
        topics={topics}
        timesClosed={timesClosed(seminar)}
      >
        <MailQuestion page={page} form={form} count={mailed} hint={page.t('seminars:tell.hint')} />
      </SeminarForm>
    </ConsoleLayout>,
    stored ? 412 : form.errors.length ? 422 : 200,
  )
}

function EditHead({ page, seminar, back }: { page: Page; seminar: SeminarRow; back: string }) {
  return (
    <header class="page-title">
      <p class="muted small crumbs">
        <a href={back}>{seminarName(seminar, page.locale)}</a>
      </p>
      <h1>{page.t('seminars:edit.title')}</h1>
    </header>
  )
}
