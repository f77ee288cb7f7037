import type { Locale } from '../../context.ts'
import type { Page } from '../../env.ts'
import type { ListedSeminar } from '../../features/summaries/queries/archive.ts'
import { excerpt, foundWords, searchWords } from '../../text/highlight.ts'
import { blocksText } from '../../text/markdown.ts'
import { orgNameOf, written } from './words.tsx'

/** Where else a line of the list was found: `Chủ trì: Nguyễn Chiến Thắng`. */
export interface Reason {
  /** What the text is; none for a piece of the summary. */
  label: string | null
  text: string
  lang?: Locale
}

const MOST = 4

/**
 * Why a seminar is among the results: where the words stand that its line does not show already, in as few places as say
 * it; a piece of the summary last, or alone where the line shows all.
 */
export function reasonsFound(page: Page, seminar: ListedSeminar, q: string, shown: string): Reason[] {
  const words = searchWords(q)
  let missing = words.filter((word) => !foundWords(shown, words).includes(word))
  const left = candidates(page, seminar)
  const reasons: Reason[] = []
  while (missing.length && reasons.length < MOST) {
    const found = left.map(({ text }) => foundWords(text, missing))
    const most = Math.max(0, ...found.map((list) => list.length))
    if (most === 0) break
    const at = found.findIndex((list) => list.length === most)
    reasons.push(...left.splice(at, 1))
    missing = missing.filter((word) => !found[at]?.includes(word))
  }
  const piece = reasons.length && !missing.length ? null : summaryPiece(seminar, missing.length ? missing.join(' ') : q)
  return piece ? [...reasons, { label: null, text: piece, lang: languageOf(page, seminar) }] : reasons
}

const languageOf = (page: Page, seminar: ListedSeminar): Locale | undefined =>
  seminar.language === page.locale ? undefined : (seminar.language as Locale)

/** People first: whom it names more often than not is who was looked for. */
function candidates(page: Page, seminar: ListedSeminar): Reason[] {
  const { t } = page
  const text = (label: string, own: string | null, en: string | null) =>
    own === null ? [] : [{ label, ...written(page, seminar, own, en) }]
  return [
    ...seminar.found_people.map(({ name, part }) => ({ label: t(`public:found.${part}`), text: name })),
    ...text(t('public:fact.host'), seminar.host, seminar.host_en),
    ...text(t('public:fact.place'), seminar.venue, seminar.venue_en),
    ...text(t('public:found.title'), seminar.title, seminar.title_en),
    { label: t('public:found.organization'), text: orgNameOf(page, seminar) },
    ...seminar.found_topics.flatMap(({ own, en }) => text(t('public:topics'), own, en)),
    ...seminar.found_speeches.flatMap(({ own, en }) => text(t('public:found.speech'), own, en)),
  ]
}

function summaryPiece({ summary }: ListedSeminar, q: string): string | null {
  if (!summary) return null
  return excerpt([...summary.lead, blocksText(summary.blocks), ...summary.conclusions].join(' '), q)
}
