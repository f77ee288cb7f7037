import { type RawBuilder, type SqlBool, sql } from 'kysely'

/** Somebody a seminar's page names, whom a search found. */
export interface FoundPerson {
  name: string
  part: 'superior' | 'chair' | 'speaker'
}

/** A text in the organizers' language and in English. */
export interface FoundText {
  own: string
  en: string | null
}

const pattern = (word: string) => `%${word.replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`
const either = (tests: RawBuilder<unknown>[]) => sql.join(tests, sql` or `)

/** Everybody the page of seminar `s` names: superiors, chairs, speakers of the agenda and of released speeches. */
const people = sql`
  select c.name, c.role as part, c.ordinal as place
    from chairs c where c.organization_id = s.organization_id and c.seminar_id = s.id
  union all
  select k.name, 'speaker', 1000 + a.ordinal from agenda_items a
    join agenda_speakers k on k.organization_id = a.organization_id and k.agenda_item_id = a.id
    where a.organization_id = s.organization_id and a.seminar_id = s.id
  union all
  select coalesce(p.reader_name, p.name), 'speaker', 2000 + coalesce(p.ordinal, 999) from presentations p
    where p.organization_id = s.organization_id and p.seminar_id = s.id and p.released_at is not null and p.state = 'approved'`

/** What its released speeches are about. */
const speeches = sql`
  select p.topic as own, p.topic_en as en, coalesce(p.ordinal, 999) as place from presentations p
    where p.organization_id = s.organization_id and p.seminar_id = s.id and p.released_at is not null and p.state = 'approved'`

/** What it is filed under. */
const topics = sql`
  select t.key, t.name as own, t.name_en as en, x.ordinal as place from seminar_topics x
    join topics t on t.organization_id = x.organization_id and t.id = x.topic_id
    where x.organization_id = s.organization_id and x.seminar_id = s.id`

const textHolds = (word: string) => sql`fold(f.own || ' ' || coalesce(f.en, '')) like ${pattern(word)}`

/** Whether seminar `s` is filed under a topic. */
export function filedUnder(key: string) {
  return sql<SqlBool>`exists (select from (${topics}) f where f.key = ${key})`
}

/**
 * Whether seminar `s` of organisation `o` holds a folded word anywhere a reader sees it: title, theme, host, venue,
 * organisation, topics, people as printed, released speeches, the published summary. Never a draft.
 */
export function holdsWord(word: string) {
  return sql<SqlBool>`(s.search like ${pattern(word)} or fold(o.name || ' ' || coalesce(o.name_en, '')) like ${pattern(word)}
    or exists (select from (${people}) f where fold(f.name) like ${pattern(word)})
    or exists (select from (${topics}) f where ${textHolds(word)})
    or exists (select from (${speeches}) f where ${textHolds(word)})
    or exists (select from summaries m where m.organization_id = s.organization_id and m.seminar_id = s.id
               and m.state = 'published' and m.published_search like ${pattern(word)}))`
}

/** The people of seminar `s` in whose names a word was found, at most 20; nobody where nothing is searched for. */
export function foundPeople(words: string[]) {
  if (!words.length) return sql<FoundPerson[]>`'[]'::json`
  const any = either(words.map((word) => sql`fold(f.name) like ${pattern(word)}`))
  return sql<
    FoundPerson[]
  >`(select coalesce(json_agg(json_build_object('name', g.name, 'part', g.part) order by g.place), '[]')
    from (select f.name, f.part, min(f.place) as place from (${people}) f where ${any} group by 1, 2 order by 3 limit 20) g)`
}

/** Its topics, or titles of its released speeches, in which a word was found: at most 5. */
export function foundTexts(of: 'topics' | 'speeches', words: string[]) {
  if (!words.length) return sql<FoundText[]>`'[]'::json`
  return sql<FoundText[]>`(select coalesce(json_agg(json_build_object('own', g.own, 'en', g.en) order by g.place), '[]')
    from (select f.* from (${of === 'topics' ? topics : speeches}) f where ${either(words.map(textHolds))}
          order by f.place limit 5) g)`
}
