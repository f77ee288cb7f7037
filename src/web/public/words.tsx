import type { Locale } from '../../context.ts'
import type { Page } from '../../env.ts'
import { type Topic, topicName } from '../../features/seminars/queries/topics.ts'
import { highlight } from '../../text/highlight.ts'

interface Written {
  /** The language the organizers write in. */
  language: string
}

/** A text in the page's language where it was written, and which language it is in where it is not the page's. */
export function written(
  page: Page,
  of: Written,
  own: string,
  english: string | null,
): { text: string; lang: Locale | undefined } {
  if (page.locale === 'en' && english) return { text: english, lang: undefined }
  return { text: own, lang: of.language === page.locale ? undefined : (of.language as Locale) }
}

/** Such a text, with its language marked for screen readers where it differs from the page's; hits of a search marked. */
export function Words({
  page,
  of,
  own,
  en,
  q,
}: {
  page: Page
  of: Written
  own: string
  en: string | null
  q?: string
}) {
  const { text, lang } = written(page, of, own, en)
  const content = q ? <Marked text={text} q={q} /> : text
  return lang ? <span lang={lang}>{content}</span> : <>{content}</>
}

/** A text with the words of a search marked, diacritics or not. */
export function Marked({ text, q }: { text: string; q: string }) {
  return <>{highlight(text, q).map((part) => (part.hit ? <mark>{part.text}</mark> : part.text))}</>
}

/** The note of an English page whose text the organizers wrote in Vietnamese only, and the other way round. */
export function OtherLanguageNote({ page, text }: { page: Page; text: string }) {
  return (
    <p class="notice no-print" role="note">
      {text}
      {page.locale === 'en' ? (
        <>
          {' '}
          <a href={page.path} lang="vi" hreflang="vi">
            Tiếng Việt
          </a>
        </>
      ) : null}
    </p>
  )
}

/** An organisation's name in the page's language. */
export function orgNameOf(page: Page, org: { org_name: string; org_name_en: string | null }): string {
  return (page.locale === 'en' && org.org_name_en) || org.org_name
}

/** What a seminar is filed under: each leads to everything of that topic. */
export function Topics({ page, topics }: { page: Page; topics: Topic[] }) {
  return (
    <ul class="topics">
      {topics.map((topic) => (
        <li>
          <a
            href={page.href(`/?topic=${encodeURIComponent(topic.key).replaceAll('%20', '+')}`)}
            lang={page.locale === 'en' && !topic.nameEn ? 'vi' : undefined}
            rel="tag"
          >
            {topicName(topic, page.locale)}
          </a>
        </li>
      ))}
    </ul>
  )
}
