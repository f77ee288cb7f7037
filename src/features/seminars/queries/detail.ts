import type { Selectable } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Db } from '../../../db/transaction.ts'
import type { AgendaSpeakers, Chairs, Delegations, SeminarPlaces } from '../../../db/types.ts'
import { DomainError } from '../../../errors.ts'
import { fold } from '../../../text/fold.ts'
import { type Selector, selectorSchema } from '../../directory/schema.ts'
import { getSeminar, type SeminarRow } from '../queries.ts'
import { type Agenda, computeAgenda } from '../rules.ts'
import type { AgendaKind } from '../schema.ts'

export type ChairRow = Selectable<Chairs>
export type DelegationRow = Omit<Selectable<Delegations>, 'selector'> & { selector: Selector | null }
export type SpeakerRow = Pick<Selectable<AgendaSpeakers>, 'id' | 'person_id' | 'name' | 'position' | 'position_en'>

export interface AgendaItemRow {
  id: string
  kind: AgendaKind
  title: string
  title_en: string | null
  minutes: number
  /** `14:30:00` */
  fixed_start: string | null
  version: number
  speakers: SpeakerRow[]
  /** Wall times; null while the seminar has no date. */
  startsLocal: string | null
  endsLocal: string | null
}

export interface SeminarAgenda {
  items: AgendaItemRow[]
  overrunMinutes: number
  gaps: Agenda['gaps']
  clashes: { name: string; firstId: string; secondId: string }[]
}

export interface SeminarDetail {
  seminar: SeminarRow
  places: Pick<Selectable<SeminarPlaces>, 'capacity' | 'taken' | 'waiting_last'>
  chairs: ChairRow[]
  superiors: ChairRow[]
  delegations: DelegationRow[]
  agenda: SeminarAgenda
}

/** A seminar with everything that is printed of it, its agenda with computed times. @throws DomainError not_found */
export async function getSeminarDetail(db: Db, organizationId: string, id: string): Promise<SeminarDetail> {
  const seminar = await getSeminar(db, organizationId, id)
  const [places, chairs, delegations, agenda] = await Promise.all([
    getPlaces(db, organizationId, id),
    listChairs(db, organizationId, id),
    listDelegations(db, organizationId, id),
    getAgenda(db, seminar),
  ])
  const superiors = chairs.filter((chair) => chair.role === 'superior')
  return { seminar, places, chairs: chairs.filter((chair) => chair.role === 'chair'), superiors, delegations, agenda }
}

/** How many places there are (null: no limit) and how many are taken. */
export async function getPlaces(db: Db, organizationId: string, seminarId: string) {
  return db
    .selectFrom('seminar_places')
    .select(['capacity', 'taken', 'waiting_last'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .executeTakeFirstOrThrow(() => new DomainError('not_found'))
}

/** Chairs and superiors in their order, superiors after chairs. */
export function listChairs(db: Db, organizationId: string, seminarId: string): Promise<ChairRow[]> {
  return db
    .selectFrom('chairs')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .orderBy('role')
    .orderBy('ordinal')
    .orderBy('id')
    .execute()
}

/** Delegations in their printed order. */
export async function listDelegations(db: Db, organizationId: string, seminarId: string): Promise<DelegationRow[]> {
  const rows = await db
    .selectFrom('delegations')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .orderBy('ordinal')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, selector: row.selector === null ? null : selectorSchema.parse(row.selector) }))
}

type Timed = Pick<SeminarRow, 'organization_id' | 'id' | 'starts_local' | 'ends_local'>

/** A seminar's agenda in order, with its times, overrun, gaps and clashes of speakers. */
export async function getAgenda(db: Db, seminar: Timed): Promise<SeminarAgenda> {
  return timedAgenda(await listItems(db, seminar.organization_id, [seminar.id]), seminar)
}

/** The agendas of several seminars of one organisation, in their order, in one query. */
export async function listAgendas(db: Db, organizationId: string, seminars: Timed[]): Promise<SeminarAgenda[]> {
  if (!seminars.length) return []
  const ids = seminars.map(({ id }) => id)
  const bySeminar = Map.groupBy(await listItems(db, organizationId, ids), (row) => row.seminar_id)
  return seminars.map((seminar) => timedAgenda(bySeminar.get(seminar.id) ?? [], seminar))
}

function listItems(db: Db, organizationId: string, seminarIds: string[]) {
  return db
    .selectFrom('agenda_items as i')
    .select(['i.id', 'i.seminar_id', 'i.kind', 'i.title', 'i.title_en', 'i.minutes', 'i.fixed_start', 'i.version'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('agenda_speakers as s')
          .select(['s.id', 's.person_id', 's.name', 's.position', 's.position_en'])
          .whereRef('s.organization_id', '=', 'i.organization_id')
          .whereRef('s.agenda_item_id', '=', 'i.id')
          .orderBy('s.ordinal')
          .orderBy('s.id'),
      ).as('speakers'),
    )
    .where('i.organization_id', '=', organizationId)
    .where('i.seminar_id', 'in', seminarIds)
    .orderBy('i.ordinal')
    .orderBy('i.id')
    .execute()
}

type Untimed = Omit<AgendaItemRow, 'startsLocal' | 'endsLocal' | 'kind'> & { kind: string }

function timedAgenda(rows: Untimed[], seminar: Timed): SeminarAgenda {
  const keyOf = speakerKeys(rows)
  const facts = rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    minutes: row.minutes,
    fixedStart: row.fixed_start,
    speakers: row.speakers.map((speaker) => ({ key: keyOf(speaker) })),
  }))
  const computed = computeAgenda(facts, seminar.starts_local, seminar.ends_local)
  const names = new Map(rows.flatMap((row) => row.speakers.map((speaker) => [keyOf(speaker), speaker.name] as const)))
  const items = rows.map((row, index) => ({
    ...row,
    kind: row.kind as AgendaKind,
    startsLocal: computed.items[index]?.startsLocal ?? null,
    endsLocal: computed.items[index]?.endsLocal ?? null,
  }))
  const clashes = computed.clashes.map(({ speakerKey, firstId, secondId }) => ({
    name: names.get(speakerKey) ?? '',
    firstId,
    secondId,
  }))
  return { items, overrunMinutes: computed.overrunMinutes, gaps: computed.gaps, clashes }
}

// Someone written by hand is taken for the one of that name who was chosen from the directory, where there is just one.
function speakerKeys(rows: Untimed[]): (speaker: SpeakerRow) => string {
  const chosen = new Map<string, Set<string>>()
  for (const { person_id: id, name } of rows.flatMap((row) => row.speakers)) {
    if (id !== null) chosen.set(fold(name), (chosen.get(fold(name)) ?? new Set()).add(id))
  }
  return ({ person_id: id, name }) => {
    if (id !== null) return id
    const named = chosen.get(fold(name))
    return named?.size === 1 ? [...named][0]! : fold(name)
  }
}
