import type { Db } from '../../../db/transaction.ts'

/** What a seminar is filed under. `key` is the name folded: the same of every organisation that writes it so. */
export interface Topic {
  name: string
  nameEn: string | null
  key: string
}

/** The topics of seminars, in the order they were given, by seminar. */
export async function listTopicsOf(
  db: Db,
  organizationId: string,
  seminarIds: string[],
): Promise<Map<string, Topic[]>> {
  const found = new Map<string, Topic[]>(seminarIds.map((id) => [id, []]))
  if (!seminarIds.length) return found
  const rows = await db
    .selectFrom('seminar_topics as s')
    .innerJoin('topics as t', (join) =>
      join.onRef('t.organization_id', '=', 's.organization_id').onRef('t.id', '=', 's.topic_id'),
    )
    .select(['s.seminar_id', 't.name', 't.name_en as nameEn', 't.key'])
    .where('s.organization_id', '=', organizationId)
    .where('s.seminar_id', 'in', seminarIds)
    .orderBy('s.ordinal')
    .execute()
  for (const { seminar_id, ...topic } of rows) found.get(seminar_id)?.push(topic)
  return found
}

/** The topics of one seminar. */
export async function listSeminarTopics(db: Db, organizationId: string, seminarId: string): Promise<Topic[]> {
  return (await listTopicsOf(db, organizationId, [seminarId])).get(seminarId) ?? []
}

/** The topics an organisation uses, the most used first: at most 40, to choose from. */
export function listTopicsInUse(db: Db, organizationId: string) {
  return db
    .selectFrom('topics as t')
    .innerJoin('seminar_topics as s', (join) =>
      join.onRef('s.organization_id', '=', 't.organization_id').onRef('s.topic_id', '=', 't.id'),
    )
    .select(['t.name', 't.name_en as nameEn'])
    .where('t.organization_id', '=', organizationId)
    .groupBy(['t.id', 't.name', 't.name_en'])
    .orderBy((eb) => eb.fn.countAll(), 'desc')
    .orderBy('t.name')
    .limit(40)
    .execute()
}

/** The name of a topic in a language, where it was written. */
export function topicName(topic: Pick<Topic, 'name' | 'nameEn'>, locale: 'vi' | 'en'): string {
  return (locale === 'en' && topic.nameEn) || topic.name
}
