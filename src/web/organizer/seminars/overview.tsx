import { Hono } from 'hono'
import type { AppEnv, Member, Page } from '../../../env.ts'
import { listNeeds } from '../../../features/needs/queries.ts'
import type { PlacedMinutes } from '../../../features/presentations/rules.ts'
import { getSeminarDetail, type SeminarDetail } from '../../../features/seminars/queries/detail.ts'
import { type Figures, findSeminarFigures } from '../../../features/seminars/queries/figures.ts'
import { countDelegationSeats } from '../../../features/seminars/queries/seats.ts'
import { type SeminarRow, seminarName } from '../../../features/seminars/queries.ts'
import { nextStates, type SeminarState } from '../../../features/seminars/rules.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { frame } from '../frame.ts'
import { AgendaList, AgendaWarnings } from './agenda-list.tsx'
import { ItemPapers, listPapers } from './agenda-papers.tsx'
import { SavedNotice, toldNow } from './change.tsx'
import { FigureTable, PlannedTable } from './figures.tsx'
import { SeminarFrame, seminarPath } from './frame.tsx'
import { NeedList } from './needs.tsx'

export const overviewPages = new Hono<AppEnv>().get('/:id', async (c) => {
  const { page, member } = c.var
  const { db } = c.var.services
  const { id } = member.organization
  const detail = await getSeminarDetail(db, id, c.req.param('id'))
  const { seminar } = detail
  const [needs, figures, papers, told] = await Promise.all([
    listNeeds(db, id, seminar.id),
    findSeminarFigures(db, id, seminar.id),
    listPapers(db, seminar, detail.agenda),
    toldNow(db, page, seminar),
  ])
  const { t } = page
  const isPlan = figures.people.invited + figures.people.unsent === 0
  const seats = isPlan ? await countDelegationSeats(db, seminar, detail.delegations, page.now) : undefined
  return c.html(
    <ConsoleLayout {...(await frame(c, 'seminars'))} title={seminarName(seminar, page.locale)}>
      <SeminarFrame
        page={page}
        member={member}
        seminar={seminar}
        tab="overview"
        action={<NextStep page={page} member={member} seminar={seminar} people={figures.people} />}
      >
        <SavedNotice page={page} member={member} seminarId={seminar.id} told={told} />
        <StateNote page={page} seminar={seminar} />
        <div class="cols">
          <div>
            <section>
              <h2>{t('seminars:needs.title')}</h2>
              {needs.length ? (
                <NeedList page={page} member={member} needs={needs} />
              ) : (
                <p class="muted calm">{t('seminars:needs.none')}</p>
              )}
            </section>
            <section>
              <h2>{t(seats ? 'seminars:delegations.title' : 'seminars:figures.title')}</h2>
              {seats ? (
                <PlannedTable
                  page={page}
                  member={member}
                  seminarId={seminar.id}
                  delegations={detail.delegations}
                  seats={seats}
                />
              ) : (
                <FigureTable
                  page={page}
                  member={member}
                  seminarId={seminar.id}
                  figures={figures}
                  places={detail.places}
                />
              )}
            </section>
          </div>
          <Aside page={page} member={member} detail={detail} papers={papers} />
        </div>
      </SeminarFrame>
    </ConsoleLayout>,
  )
})

/** The one primary button: the next thing to do. */
function NextStep({
  page,
  member,
  seminar,
  people,
}: {
  page: Page
  member: Member
  seminar: SeminarRow
  people: Figures
}) {
  if (member.role === 'viewer') return null
  const { t, href, now } = page
  const at = (rest: string) => href(seminarPath(member, seminar.id, rest))
  const link = (rest: string, label: string) => (
    <a class="btn primary" href={at(rest)}>
      {label}
    </a>
  )
  switch (seminar.state as SeminarState) {
    case 'draft':
      return link('/schedule', t(seminar.starts_local === null ? 'seminars:next.set_date' : 'seminars:next.schedule'))
    case 'postponed':
      return link('/schedule', t('seminars:next.set_new_date'))
    case 'held':
      return link('/summary', t('seminars:next.summary'))
    case 'cancelled':
      return null
    case 'scheduled':
      if (seminar.ends_at !== null && seminar.ends_at < now) return <HoldButton page={page} action={at('/hold')} />
      if (people.unsent > 0) return link('/invitations/review', t('seminars:next.send', { count: people.unsent }))
      return link('/invitations', t(people.invited > 0 ? 'seminars:next.delegates' : 'seminars:next.invite'))
  }
}

function HoldButton({ page, action }: { page: Page; action: string }) {
  return (
    <form method="post" action={action}>
      <button class="btn primary" type="submit">
        {page.t('seminars:next.hold')}
      </button>
    </form>
  )
}

/** Why a seminar was postponed or cancelled, as it was told. */
function StateNote({ page, seminar }: { page: Page; seminar: SeminarRow }) {
  if (seminar.postponed_note === null || (seminar.state !== 'postponed' && seminar.state !== 'cancelled')) return null
  return (
    <p class={`notice ${seminar.state === 'cancelled' ? 'bad' : 'late'} saved`}>
      <strong>{page.t(`seminars:state.${seminar.state}`)}.</strong> {seminar.postponed_note}
    </p>
  )
}

function Aside({
  page,
  member,
  detail,
  papers,
}: {
  page: Page
  member: Member
  detail: SeminarDetail
  papers: PlacedMinutes[]
}) {
  const { t, href } = page
  const { seminar, agenda, chairs, superiors } = detail
  const at = (rest: string) => href(seminarPath(member, seminar.id, rest))
  return (
    <div>
      <section>
        <h2>{t('seminars:tab.agenda')}</h2>
        <AgendaWarnings page={page} seminar={seminar} agenda={agenda} />
        {agenda.items.length ? (
          <AgendaList
            page={page}
            agenda={agenda}
            extra={(item) => <ItemPapers page={page} item={item} papers={papers} />}
          />
        ) : (
          <p class="muted calm">
            {t('seminars:agenda.none')} <a href={at('/agenda')}>{t('seminars:agenda.write')}</a>
          </p>
        )}
      </section>
      {chairs.length + superiors.length ? (
        <section class="aside-part">
          <h2>{t('seminars:chairs.title', { count: chairs.length })}</h2>
          <ul class="plain">
            {[...chairs, ...superiors].map((chair) => (
              <li>
                {chair.name}
                <span class="muted small detail">{positionsOf(chair, page).join(', ')}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <OtherSteps page={page} member={member} seminar={seminar} />
    </div>
  )
}

function positionsOf(chair: { positions: string[]; positions_en: string[] }, page: Page): string[] {
  return page.locale === 'en' && chair.positions_en.length ? chair.positions_en : chair.positions
}

/** Quiet steps: the public page, a copy, postponing, cancelling. */
function OtherSteps({ page, member, seminar }: { page: Page; member: Member; seminar: SeminarRow }) {
  const { t, href } = page
  const at = (rest: string) => href(seminarPath(member, seminar.id, rest))
  const next = nextStates(seminar.state as SeminarState)
  const isPublic = seminar.state !== 'draft' && seminar.visibility !== 'private'
  if (member.role === 'viewer' && !isPublic) return null
  return (
    <section class="aside-part no-print">
      <h2>{t('seminars:other.title')}</h2>
      <ul class="plain other-steps">
        {isPublic ? (
          <li>
            <a href={href(`/s/${seminar.slug}`)}>{t('seminars:other.public')}</a>
          </li>
        ) : null}
        {member.role === 'viewer' ? null : (
          <>
            <li>
              <form method="post" action={at('/copy')}>
                <button class="link" type="submit">
                  {t('seminars:other.copy')}
                </button>
                <span class="muted small detail">{t('seminars:other.copy.text')}</span>
              </form>
            </li>
            {next.includes('postponed') ? (
              <li>
                <a href={at('/postpone')}>{t('seminars:other.postpone')}</a>
              </li>
            ) : null}
            {next.includes('cancelled') ? (
              <li>
                <a href={at('/cancel')}>{t('seminars:other.cancel')}</a>
              </li>
            ) : null}
          </>
        )}
      </ul>
    </section>
  )
}
