import { sql } from 'kysely'
import type { Trx } from '../../../db/transaction.ts'
import { fold } from '../../../text/fold.ts'
import { listSeminarTopics } from '../queries/topics.ts'
import type { SeminarInput } from '../schema.ts'

/**
 * Files a seminar under its topics. A name that differs from a known one in marks and case alone is that one; it takes
 * the new spelling where no other seminar uses it. An English name that is left out stays as it was.
 * @returns whether anything changed
 */
export async function setTopics(
  trx: Trx,
  organizationId: string,
  seminarId: string,
  topics: SeminarInput['topics'],
): Promise<boolean> {
  const before = await listSeminarTopics(trx, organizationId, seminarId)
  const wanted = [...new Map(topics.map((topic) => [fold(topic.name), topic])).values()]
  const same =
    before.length === wanted.length &&
    wanted.every(({ name, nameEn }, i) => name === before[i]?.name && (nameEn ?? before[i].nameEn) === before[i].nameEn)
  if (same) return false
  await trx
    .deleteFrom('seminar_topics')
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .execute()
  if (wanted.length) await write(trx, organizationId, seminarId, wanted)
  return true
}

async function write(trx: Trx, organizationId: string, seminarId: string, wanted: SeminarInput['topics']) {
  // By key: two edits that bring the same new topics wait for each other instead of in a circle.
  const ordered = [...wanted].sort((a, b) => (fold(a.name) < fold(b.name) ? -1 : 1))
  const ids = new Map<string, string>()
  for (const { name, nameEn } of ordered) {
    const { rows } = await sql<{ id: string }>`
      insert into topics as t (organization_id, name, name_en) values (${organizationId}, ${name}, ${nameEn})
      on conflict (organization_id, key) do update set
        name = case when exists (select from seminar_topics s where s.organization_id = t.organization_id and s.topic_id = t.id)
          then t.name else excluded.name end,
        name_en = coalesce(excluded.name_en, t.name_en)
      returning id`.execute(trx)
    ids.set(name, rows[0]!.id)
  }
  await trx
    .insertInto('seminar_topics')
    .values(
      wanted.map(({ name }, i) => ({
        organization_id: organizationId,
        seminar_id: seminarId,
        topic_id: ids.get(name) as string,
        ordinal: i + 1,
      })),
    )
    .execute()
}
