import type { PlainDate } from '../../temporal.ts'
import { daySpan, minutesBetween, officialDate, readWall } from '../../text/dates.ts'
import { lowerFirst, upperFirst } from '../../text/fold.ts'
import { kindWord } from '../../text/kinds.ts'
import { printedPositions } from '../../text/positions.ts'
import type { LeadFacts, LeadGroup, LeadPerson } from './schema.ts'

/**
 * The press lead of a seminar that was held, from its data: what, when, by whom, who chaired; then who attended. A named
 * superior stands in a paragraph of their own between the two. It is a draft: a person approves before it is published.
 */
export function generateLead(facts: LeadFacts): { paragraphs: string[] } {
  const paragraphs =
    facts.locale === 'vi'
      ? [eventInVietnamese(facts), superiorsInVietnamese(facts), groupsInVietnamese(facts)]
      : [eventInEnglish(facts), superiorsInEnglish(facts), groupsInEnglish(facts)]
  return { paragraphs: paragraphs.filter((paragraph) => paragraph !== '') }
}

type Session = 'morning' | 'afternoon' | 'evening' | 'day'
type When = { first: PlainDate; last: PlainDate; days: number; session: Session; showsYear: boolean }

function whenOf({ startsLocal, endsLocal, publishedOn }: LeadFacts): When | null {
  if (startsLocal === null) return null
  const { first, last } = daySpan(startsLocal, endsLocal ?? startsLocal)
  const days = first.until(last, { largestUnit: 'days' }).days + 1
  const showsYear = last.year !== readWall(publishedOn).year
  return { first, last, days, session: sessionOf(startsLocal, endsLocal ?? startsLocal), showsYear }
}

/** A full day begins before noon, lasts six hours or more, and goes on past 13:30, when the afternoon's session has begun. */
function sessionOf(starts: string, ends: string): Session {
  const from = readWall(starts)
  const to = readWall(ends)
  const pastLunch = to.hour * 60 + to.minute > 13 * 60 + 30 || !to.toPlainDate().equals(from.toPlainDate())
  if (from.hour < 12) return pastLunch && minutesBetween(starts, ends) >= 360 ? 'day' : 'morning'
  return from.hour < 18 ? 'afternoon' : 'evening'
}

const SESSION_VI = { morning: 'Sáng', afternoon: 'Chiều', evening: 'Tối', day: 'Ngày' }

function timeInVietnamese({ first, last, days, session, showsYear }: When): string {
  const end = `${last.day}/${last.month}${showsYear ? `/${last.year}` : ''}`
  if (days === 1) return `${SESSION_VI[session]} ${end}`
  if (first.year !== last.year) {
    return `Từ ngày ${first.day}/${first.month}/${first.year} đến ${last.day}/${last.month}/${last.year}`
  }
  const start = first.month === last.month ? `${first.day}` : `${first.day}/${first.month}`
  return days === 2 ? `Trong 2 ngày ${start} và ${end}` : `Trong ${days} ngày, từ ${start} đến ${end}`
}

function eventInVietnamese(facts: LeadFacts): string {
  const when = whenOf(facts)
  const cohosts = facts.cohosts.length > 0 ? ` phối hợp với ${facts.cohosts.join(separatorFor(facts.cohosts))}` : ''
  const opening = when === null ? upperFirst(facts.host) : `${timeInVietnamese(when)}, ${facts.host}`
  const event = sentence(`${opening}${cohosts} tổ chức ${facts.titlePhrase}`)
  if (facts.chairs.length === 0) return event
  const chairs = peopleInVietnamese(facts.chairs, facts.honorific)
  return `${event} ${sentence(`${upperFirst(chairs)} ${facts.chairs.length > 1 ? 'đồng chủ trì' : 'chủ trì'}`)}`
}

function superiorsInVietnamese({ superiors, honorific, kind }: LeadFacts): string {
  if (superiors.length === 0) return ''
  return sentence(`Dự và chỉ đạo ${kindWord(kind, 'vi')} có ${peopleInVietnamese(superiors, honorific)}`)
}

function groupsInVietnamese({ groups, superiors }: LeadFacts): string {
  if (groups.length === 0) return ''
  const list = groups.map((group, index) => group.text + (index < groups.length - 1 ? separatorAfter(group) : ''))
  return sentence(`${superiors.length > 0 ? 'Cùng dự có' : 'Tham dự có'} ${list.join('')}`)
}

const HONORIFICS_VI = {
  comrade: { male: 'đồng chí', female: 'đồng chí', one: 'đồng chí', several: 'đồng chí' },
  neutral: { male: 'ông', female: 'bà', one: 'ông/bà', several: 'ông, bà' },
  academic: { male: 'thầy', female: 'cô', one: 'thầy/cô', several: 'thầy, cô' },
}

/** `đồng chí A, chức vụ`; `các đồng chí: A, chức vụ; B, chức vụ`. The gender shows only where all have the same. */
function peopleInVietnamese(people: LeadPerson[], honorific: LeadFacts['honorific']): string {
  const words = HONORIFICS_VI[honorific]
  const gender = people.every((person) => person.gender === people[0]?.gender) ? people[0]?.gender : null
  const list = people.map(personWithPositions).join('; ')
  if (people.length === 1) return `${gender ? words[gender] : words.one} ${list}`
  return `các ${gender ? words[gender] : words.several}: ${list}`
}

const SESSION_EN = { morning: 'the morning of ', afternoon: 'the afternoon of ', evening: 'the evening of ', day: '' }

function timeInEnglish({ first, last, days, session, showsYear }: When): string {
  const whole = (day: PlainDate) => officialDate(day.toString(), 'en')
  const dayAndMonth = (day: PlainDate) => whole(day).replace(/ \d+$/, '')
  const end = showsYear ? whole(last) : dayAndMonth(last)
  if (days === 1) return `On ${SESSION_EN[session]}${end}`
  if (first.year !== last.year) return `From ${whole(first)} to ${whole(last)}`
  const start = first.month === last.month ? `${first.day}` : dayAndMonth(first)
  return days === 2 ? `On ${start} and ${end}` : `From ${start} to ${end}`
}

function eventInEnglish(facts: LeadFacts): string {
  const when = whenOf(facts)
  const host = facts.host.replace(/^The /, 'the ')
  const opening = when === null ? upperFirst(host, 'en') : `${timeInEnglish(when)}, ${host}`
  const cohosts = facts.cohosts.length > 0 ? `, in coordination with ${listInEnglish(facts.cohosts)},` : ''
  const event = sentence(`${opening}${cohosts} held ${withArticle(facts.titlePhrase)}`)
  if (facts.chairs.length === 0) return event
  const verb = facts.chairs.length > 1 ? 'co-chaired' : 'chaired'
  const chairs = listInEnglish(facts.chairs.map(personWithPositions))
  return `${event} ${sentence(`The ${kindWord(facts.kind, 'en')} was ${verb} by ${chairs}`)}`
}

function superiorsInEnglish({ superiors, kind }: LeadFacts): string {
  if (superiors.length === 0) return ''
  const verb = superiors.length > 1 ? 'were' : 'was'
  const people = listInEnglish(superiors.map(personWithPositions))
  return sentence(`Attending the ${kindWord(kind, 'en')} and giving guidance ${verb} ${people}`)
}

function groupsInEnglish({ groups, superiors }: LeadFacts): string {
  if (groups.length === 0) return ''
  const explicit = groups.slice(0, -1).some((group) => separatorAfter(group) !== '; ')
  const list = explicit
    ? groups.map((group, index) => group.text + (index < groups.length - 1 ? separatorAfter(group) : '')).join('')
    : listInEnglish(groups.map((group) => group.text))
  return sentence(`${superiors.length > 0 ? 'Also attending were' : 'Those attending included'} ${list}`)
}

/** `a, b and c`; with semicolons, also before the last, where an item has commas of its own. */
function listInEnglish(items: string[]): string {
  if (items.length < 2) return items.join('')
  const mark = separatorFor(items)
  const last = items.at(-1) ?? ''
  return `${items.slice(0, -1).join(mark)}${mark === '; ' ? '; and ' : ' and '}${last}`
}

/** A phrase of ours goes on in lower case after its article; a title in quotation marks takes none. */
function withArticle(phrase: string): string {
  if (/^[“"]/.test(phrase)) return phrase
  return /^(the|an?) /i.test(phrase) ? lowerFirst(phrase, 'en') : `the ${lowerFirst(phrase, 'en')}`
}

function personWithPositions({ name, positions }: LeadPerson): string {
  return [name, ...printedPositions(positions)].join(', ')
}

function separatorFor(items: string[]): string {
  return items.some((item) => /[,;]/.test(item)) ? '; ' : ', '
}

/** The group's own separator, with the space it needs. A full stop belongs to the end and is no separator within. */
function separatorAfter({ separator }: LeadGroup): string {
  const own = separator?.trimEnd()
  return own && own !== '.' ? `${own} ` : '; '
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}
