import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Member, Page } from '../../../env.ts'
import { listOthersPresent } from '../../../features/presence/queries.ts'
import { addChair } from '../../../features/seminars/commands/chairs.ts'
import {
  type ChairRow,
  type DelegationRow,
  listChairs,
  listDelegations,
} from '../../../features/seminars/queries/detail.ts'
import { countDelegationSeats, type DelegationSeats } from '../../../features/seminars/queries/seats.ts'
import { getSeminar, type SeminarRow, seminarName } from '../../../features/seminars/queries.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import type { FormState } from '../../components/form.tsx'
import { readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { PresenceBanner } from '../presence.tsx'
import { ChairFields, readChairForm } from './chair.tsx'
import { SeminarFrame, seminarPath } from './frame.tsx'
import { MoveButtons } from './move-buttons.tsx'

export const peoplePages = new Hono<AppEnv>()
  .get('/:id/people', async (c) => {
    const seminar = await getSeminar(c.var.services.db, c.var.member.organization.id, c.req.param('id'))
    return peoplePage(c, seminar, { values: { role: 'chair' }, errors: [] })
  })
  .post('/:id/chairs', async (c) => {
    const { values } = await readForm(c)
    const seminar = await getSeminar(c.var.services.db, c.var.member.organization.id, c.req.param('id'))
    const parsed = readChairForm(values)
    if ('form' in parsed) return peoplePage(c, seminar, parsed.form)
    await transaction(c.var.services.db, (trx) =>
      addChair(trx, memberContext(c), seminar.organization_id, seminar.id, parsed.input),
    )
    return c.redirect(c.var.page.href(seminarPath(c.var.member, seminar.id, '/people')), 303)
  })

async function peoplePage(c: Context<AppEnv>, seminar: SeminarRow, form: FormState) {
  const { page, member } = c.var
  const { t, href } = page
  const { db } = c.var.services
  const [people, delegations, others] = await Promise.all([
    listChairs(db, seminar.organization_id, seminar.id),
    listDelegations(db, seminar.organization_id, seminar.id),
    listOthersPresent(db, seminar.organization_id, member.userId, 'people', seminar.id),
  ])
  const seats = await countDelegationSeats(db, seminar, delegations, page.now)
  const mayEdit = member.role !== 'viewer'
  const chairs = people.filter((each) => each.role === 'chair')
  const superiors = people.filter((each) => each.role === 'superior')
  const find = href(`/console/${member.organization.slug}/search/people.json`)
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      title={`${t('seminars:tab.people')} · ${seminarName(seminar, page.locale)}`}
      islands={mayEdit ? ['picker'] : []}
    >
      <SeminarFrame page={page} member={member} seminar={seminar} tab="people">
        {mayEdit ? (
          <PresenceBanner page={page} org={member.organization.slug} kind="people" id={seminar.id} others={others} />
        ) : null}
        <div class={mayEdit ? 'cols people-cols' : ''}>
          <div>
            <section class="part">
              <h2>{t('seminars:chairs.title', { count: chairs.length })}</h2>
              <ChairList
                page={page}
                member={member}
                seminar={seminar}
                chairs={chairs}
                none={t('seminars:chairs.none')}
              />
            </section>
            {superiors.length ? (
              <section class="part">
                <h2>{t('seminars:superiors.title')}</h2>
                <ChairList page={page} member={member} seminar={seminar} chairs={superiors} none="" />
              </section>
            ) : null}
            <section class="part">
              <h2>{t('seminars:delegations.title')}</h2>
              <DelegationList page={page} member={member} seminar={seminar} delegations={delegations} seats={seats} />
              {mayEdit ? (
                <a class="btn" href={href(seminarPath(member, seminar.id, '/delegations/new'))}>
                  {t('seminars:delegations.add')}
                </a>
              ) : null}
            </section>
          </div>
          {mayEdit ? (
            <section>
              <h2>{t('seminars:chairs.add')}</h2>
              <form class="form" method="post" action={href(seminarPath(member, seminar.id, '/chairs'))} data-guard>
                <ChairFields page={page} form={form} find={find} />
                <div class="actions">
                  <button class="btn primary" type="submit">
                    {t('seminars:chairs.add.submit')}
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

interface ListProps {
  page: Page
  member: Member
  seminar: SeminarRow
}

function ChairList({ page, member, seminar, chairs, none }: ListProps & { chairs: ChairRow[]; none: string }) {
  if (!chairs.length) return <p class="muted calm">{none}</p>
  const mayEdit = member.role !== 'viewer'
  return (
    <ol class="ranked">
      {chairs.map((chair, index) => {
        const base = page.href(seminarPath(member, seminar.id, `/chairs/${chair.id}`))
        const positions = page.locale === 'en' && chair.positions_en.length ? chair.positions_en : chair.positions
        return (
          <li>
            <span class="no num">{index + 1}</span>
            <span class="what">
              {mayEdit ? <a href={base}>{chair.name}</a> : chair.name}
              {positions.map((position) => (
                <span class="muted small detail">{position}</span>
              ))}
            </span>
            {mayEdit ? (
              <MoveButtons
                page={page}
                action={`${base}/move`}
                name={chair.name}
                first={index === 0}
                last={index === chairs.length - 1}
              />
            ) : null}
          </li>
        )
      })}
    </ol>
  )
}

function DelegationList({
  page,
  member,
  seminar,
  delegations,
  seats,
}: ListProps & { delegations: DelegationRow[]; seats: DelegationSeats }) {
  const { t } = page
  if (!delegations.length) return <p class="muted calm">{t('seminars:delegations.none')}</p>
  const mayEdit = member.role !== 'viewer'
  return (
    <>
      <ol class="ranked">
        {delegations.map((group, index) => {
          const base = page.href(seminarPath(member, seminar.id, `/delegations/${group.id}`))
          const text = (page.locale === 'en' && group.text_en) || group.text
          const count = seats.byId.get(group.id)
          return (
            <li>
              <span class="no num">{index + 1}</span>
              <span class="what">
                {mayEdit ? <a href={base}>{text}</a> : text}
                <span class="muted small detail">
                  {count ? t('seminars:delegations.count', { ...count }) : t('seminars:delegations.by_hand')}
                </span>
              </span>
              {mayEdit ? (
                <MoveButtons
                  page={page}
                  action={`${base}/move`}
                  name={text}
                  first={index === 0}
                  last={index === delegations.length - 1}
                />
              ) : null}
            </li>
          )
        })}
      </ol>
      {seats.byId.size > 1 ? (
        <p class="muted total">{t('seminars:delegations.total', { seats: seats.seats, people: seats.people })}</p>
      ) : null}
    </>
  )
}
