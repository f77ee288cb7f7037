import type { Locale } from '../../../context.ts'
import type { Db } from '../../../db/transaction.ts'
import { fold, upperFirst } from '../../../text/fold.ts'
import { honorific } from '../../../text/honorifics.ts'
import { printedPositions } from '../../../text/positions.ts'

/** Somebody whose words may be quoted, as a quotation names them. */
export interface Speaker {
  /** `Đồng chí Nguyễn Chiến Thắng` */
  name: string
  /** `Phó Bí thư Thường trực Thành ủy`, or empty. */
  position: string
}

/**
 * Who spoke at a seminar: superiors and chairs, the agenda's speakers, and those whose speech was approved; each once, in
 * one language. An honorific stands where it is known.
 */
export async function listSpeakers(
  db: Db,
  seminar: { organization_id: string; id: string },
  style: string,
  locale: Locale,
): Promise<Speaker[]> {
  const { organization_id: organizationId, id } = seminar
  const [chairs, speakers, speeches] = await Promise.all([
    db
      .selectFrom('chairs')
      .select(['role', 'name', 'gender', 'positions', 'positions_en'])
      .where('organization_id', '=', organizationId)
      .where('seminar_id', '=', id)
      .orderBy('role', 'desc')
      .orderBy('ordinal')
      .execute(),
    db
      .selectFrom('agenda_speakers as k')
      .innerJoin('agenda_items as a', (join) =>
        join.onRef('a.organization_id', '=', 'k.organization_id').onRef('a.id', '=', 'k.agenda_item_id'),
      )
      .select(['k.name', 'k.position', 'k.position_en'])
      .where('k.organization_id', '=', organizationId)
      .where('a.seminar_id', '=', id)
      .orderBy('a.ordinal')
      .orderBy('k.ordinal')
      .execute(),
    db
      .selectFrom('presentations as p')
      .leftJoin('invitations as i', (join) =>
        join.onRef('i.organization_id', '=', 'p.organization_id').onRef('i.id', '=', 'p.invitation_id'),
      )
      .select(['p.name', 'p.position', 'i.gender'])
      .where('p.organization_id', '=', organizationId)
      .where('p.seminar_id', '=', id)
      .where('p.state', '=', 'approved')
      .orderBy('p.ordinal')
      .orderBy('p.id')
      .execute(),
  ])
  const english = locale === 'en'
  const all = [
    ...chairs.map((one) => ({
      ...one,
      position: printedPositions(english && one.positions_en.length ? one.positions_en : one.positions).join(', '),
    })),
    ...speakers.map((one) => ({ ...one, gender: null, position: (english && one.position_en) || one.position })),
    ...speeches,
  ]
  const seen = new Set<string>()
  return all
    .filter(({ name }) => !seen.has(fold(name)) && seen.add(fold(name)))
    .map(({ name, gender, position }) => ({ name: addressed(style, gender, name, locale), position: position ?? '' }))
}

function addressed(style: string, gender: string | null, name: string, locale: Locale): string {
  const word = style === 'comrade' || gender ? honorific(style, gender, locale) : ''
  return word ? `${upperFirst(word)} ${name}` : name
}
