import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Member, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { listOthersPresent } from '../../../features/presence/queries.ts'
import {
  addAgendaItem,
  editAgendaItem,
  moveAgendaItem,
  orderAgenda,
  removeAgendaItem,
} from '../../../features/seminars/commands/agenda.ts'
import { type AgendaItemRow, getAgenda, type SeminarAgenda } from '../../../features/seminars/queries/detail.ts'
import { getSeminar, type SeminarRow, seminarName } from '../../../features/seminars/queries.ts'
import { versionInput } from '../../../features/seminars/schema.ts'
import { clock, duration } from '../../../text/dates.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import type { FormState } from '../../components/form.tsx'
import { formRefused, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { PresenceBanner } from '../presence.tsx'
import { AgendaEditor } from './agenda-editor.tsx'
import { AgendaItemFields, agendaItemLabels, agendaItemValues, readAgendaItemForm } from './agenda-form.tsx'
import { AgendaList, AgendaWarnings } from './agenda-list.tsx'
import { ItemPapers, listPapers } from './agenda-papers.tsx'
import { SeminarFrame, seminarPath } from './frame.tsx'
import { isStale, StaleNotice } from './stale.tsx'

export const agendaPages = new Hono<AppEnv>()
  .get('/:id/agenda', async (c) => agendaPage(c, await load(c, c.req.param('id')), emptyItem()))
  .post('/:id/agenda', async (c) => {
    const { values } = await readForm(c)
    const seminar = await load(c, c.req.param('id'))
    const parsed = readAgendaItemForm(values, c.var.page)
    if ('form' in parsed) return agendaPage(c, seminar, parsed.form)
    await transaction(c.var.services.db, (trx) =>
      addAgendaItem(trx, memberContext(c), seminar.organization_id, seminar.id, parsed.input),
    )
    return toAgenda(c, seminar.id)
  })
  .post('/:id/agenda/order', async (c) => {
    const { all } = await readForm(c)
    const seminar = await load(c, c.req.param('id'))
    await transaction(c.var.services.db, (trx) =>
      orderAgenda(trx, memberContext(c), seminar.organization_id, seminar.id, all.getAll('item')),
    )
    if (c.req.header('x-fragment') === undefined) return toAgenda(c, seminar.id)
    const agenda = await getAgenda(c.var.services.db, seminar)
    const papers = await listPapers(c.var.services.db, seminar, agenda)
    const { page, member } = c.var
    return c.html(<AgendaEditor page={page} member={member} seminar={seminar} agenda={agenda} papers={papers} />)
  })
  .get('/:id/agenda/:item', requireRole('organizer'), async (c) => {
    const seminar = await load(c, c.req.param('id'))
    const item = await loadItem(c, seminar, c.req.param('item'))
    return itemPage(c, seminar, item, { values: agendaItemValues(item), errors: [] })
  })
  .post('/:id/agenda/:item', async (c) => {
    const { values } = await readForm(c)
    const seminar = await load(c, c.req.param('id'))
    const item = await loadItem(c, seminar, c.req.param('item'))
    const parsed = readAgendaItemForm(values, c.var.page)
    if ('form' in parsed) return itemPage(c, seminar, item, parsed.form)
    const version = versionInput.catch(0).parse(values.version)
    try {
      await transaction(c.var.services.db, (trx) =>
        editAgendaItem(trx, memberContext(c), seminar.organization_id, seminar.id, item.id, version, parsed.input),
      )
    } catch (error) {
      const stored = agendaItemValues(item)
      if (isStale(error))
        return itemPage(c, seminar, item, { values: { ...values, version: stored.version }, errors: [] }, stored)
      return itemPage(c, seminar, item, formRefused(error, values))
    }
    return toAgenda(c, seminar.id)
  })
  .post('/:id/agenda/:item/move', async (c) => {
    const { values } = await readForm(c)
    const direction = values.direction === 'up' ? 'up' : 'down'
    const { organization } = c.var.member
    const { id, item } = c.req.param()
    await transaction(c.var.services.db, (trx) =>
      moveAgendaItem(trx, memberContext(c), organization.id, id, item, direction),
    )
    return toAgenda(c, id)
  })
  .post('/:id/agenda/:item/remove', async (c) => {
    const { organization } = c.var.member
    const { id, item } = c.req.param()
    await transaction(c.var.services.db, (trx) => removeAgendaItem(trx, memberContext(c), organization.id, id, item))
    return toAgenda(c, id)
  })

function load(c: Context<AppEnv>, id: string): Promise<SeminarRow> {
  return getSeminar(c.var.services.db, c.var.member.organization.id, id)
}

async function loadItem(c: Context<AppEnv>, seminar: SeminarRow, id: string): Promise<AgendaItemRow> {
  const { items } = await getAgenda(c.var.services.db, seminar)
  const item = items.find((each) => each.id === id)
  if (!item) throw new DomainError('not_found')
  return item
}

function toAgenda(c: Context<AppEnv>, seminarId: string) {
  return c.redirect(c.var.page.href(seminarPath(c.var.member, seminarId, '/agenda')), 303)
}

function emptyItem(): FormState {
  return { values: { kind: 'report', minutes: '15' }, errors: [] }
}

function peopleAddress(page: Page, member: Member): string {
  return page.href(`/console/${member.organization.slug}/search/people.json`)
}

async function agendaPage(c: Context<AppEnv>, seminar: SeminarRow, form: FormState) {
  const { page, member } = c.var
  const { t } = page
  const { db } = c.var.services
  const base = seminarPath(member, seminar.id, '/agenda')
  const [agenda, others] = await Promise.all([
    getAgenda(db, seminar),
    listOthersPresent(db, seminar.organization_id, member.userId, 'agenda', seminar.id),
  ])
  const papers = await listPapers(db, seminar, agenda)
  const mayEdit = member.role !== 'viewer'
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      title={`${t('seminars:tab.agenda')} · ${seminarName(seminar, page.locale)}`}
      islands={mayEdit ? ['agenda', 'picker'] : []}
    >
      <SeminarFrame page={page} member={member} seminar={seminar} tab="agenda">
        {mayEdit ? (
          <PresenceBanner page={page} org={member.organization.slug} kind="agenda" id={seminar.id} others={others} />
        ) : null}
        <div class={mayEdit ? 'cols agenda-cols' : ''}>
          <section>
            <h2>{t('seminars:tab.agenda')}</h2>
            <AgendaSpan page={page} seminar={seminar} agenda={agenda} />
            {mayEdit ? (
              <div
                data-agenda={page.href(`${base}/order`)}
                data-said={t('seminars:agenda.moved', { title: '{title}', place: '{place}', count: '{count}' })}
                data-failed={t('seminars:agenda.failed')}
              >
                <AgendaEditor page={page} member={member} seminar={seminar} agenda={agenda} papers={papers} />
              </div>
            ) : (
              <>
                <AgendaWarnings page={page} seminar={seminar} agenda={agenda} />
                <AgendaList
                  page={page}
                  agenda={agenda}
                  extra={(item) => <ItemPapers page={page} item={item} papers={papers} />}
                />
              </>
            )}
          </section>
          {mayEdit ? (
            <section>
              <h2 id="add">{t('seminars:agenda.add')}</h2>
              <form class="form" method="post" action={page.href(base)} data-guard>
                <AgendaItemFields page={page} form={form} people={peopleAddress(page, member)} />
                <div class="actions">
                  <button class="btn primary" type="submit">
                    {t('seminars:agenda.add.submit')}
                  </button>
                </div>
              </form>
            </section>
          ) : null}
        </div>
      </SeminarFrame>
    </ConsoleLayout>,
    form.errors.length ? 422 : 200,
  )
}

/** `14 giờ 00 – 17 giờ 00 · các nội dung dài tổng cộng 3 giờ 5 phút`. */
function AgendaSpan({ page, seminar, agenda }: { page: Page; seminar: SeminarRow; agenda: SeminarAgenda }) {
  const { t, locale } = page
  const minutes = agenda.items.reduce((sum, item) => sum + item.minutes, 0)
  const { starts_local: starts, ends_local: ends } = seminar
  return (
    <p class="muted small span">
      {starts !== null && ends !== null
        ? t('seminars:agenda.span', { start: clock(starts, locale), end: clock(ends, locale) })
        : t('seminars:agenda.no_date')}
      {agenda.items.length ? ` · ${t('seminars:agenda.total', { duration: duration(minutes, locale) })}` : ''}
    </p>
  )
}

async function itemPage(
  c: Context<AppEnv>,
  seminar: SeminarRow,
  item: AgendaItemRow,
  form: FormState,
  stored?: Record<string, string>,
) {
  const { page, member } = c.var
  const { t } = page
  const base = page.href(seminarPath(member, seminar.id, '/agenda'))
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      title={`${item.title} · ${seminarName(seminar, page.locale)}`}
      islands={['picker']}
    >
      <header class="page-title">
        <p class="muted small crumbs">
          <a href={page.href(seminarPath(member, seminar.id))}>{seminarName(seminar, page.locale)}</a> {'/ '}
          <a href={base}>{t('seminars:tab.agenda')}</a>
        </p>
        <h1>{t('seminars:agenda.edit')}</h1>
      </header>
      {stored ? <StaleNotice page={page} form={form} stored={stored} labels={agendaItemLabels(page)} /> : null}
      <form class="form" method="post" action={`${base}/${item.id}`} data-guard>
        <input type="hidden" name="version" value={form.values.version ?? ''} />
        <AgendaItemFields page={page} form={form} people={peopleAddress(page, member)} />
        <div class="actions">
          <button class="btn primary" type="submit">
            {t('common:save')}
          </button>
          <a class="btn quiet" href={base}>
            {t('common:cancel')}
          </a>
        </div>
      </form>
      <form class="remove" method="post" action={`${base}/${item.id}/remove`}>
        <button class="btn quiet" type="submit">
          {t('seminars:agenda.remove')}
        </button>
      </form>
    </ConsoleLayout>,
    stored ? 412 : form.errors.length ? 422 : 200,
  )
}
