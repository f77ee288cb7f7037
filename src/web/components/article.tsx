import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Locale } from '../../context.ts'
import type { Page } from '../../env.ts'
import type { FiguresTable, PrintedPhoto, PrintedSummary } from '../../features/summaries/schema.ts'
import { clock, date, wallTime } from '../../text/dates.ts'
import { blocksText } from '../../text/markdown.ts'

interface ArticleProps {
  page: Page
  text: PrintedSummary
  /** The language the text is written in. */
  locale: Locale
  timezone: string
  /** `Hội thảo chuyên đề · 16/11/2023` */
  kicker: string
  /** The title without what the kicker says already. */
  heading: string
  photoSrc: (fileId: string) => string
  notice?: Child
  aside?: Child
}

/** A summary as it is read: photo, lead, figures, body with its photos, conclusions. */
export function Article({ page, text, locale, timezone, kicker, heading, photoSrc, notice, aside }: ArticleProps) {
  const lang = locale === page.locale ? undefined : locale
  const { blocks } = text
  const at = (place: number | null) => text.photos.filter((photo) => photo.afterParagraph === place)
  const last = text.photos.filter((photo) => (photo.afterParagraph ?? 0) > blocks.length)
  const photo = { text, photoSrc, locale }
  return (
    <article class="article">
      <header class="top">
        {notice}
        <p class="kicker">{kicker}</p>
        <h1 lang={lang}>{heading}</h1>
        <Byline page={page} text={text} timezone={timezone} />
        {text.correctedAt && text.correctionNote ? (
          <p class="notice" role="note">
            <strong>{page.t('public:corrected', { at: moment(page, text.correctedAt, timezone) })}</strong>{' '}
            <span lang={lang}>{text.correctionNote}</span>
          </p>
        ) : null}
      </header>
      {at(null).map((one, index) => (
        <Photo photo={one} {...photo} wide first={index === 0} />
      ))}
      <div class="text" lang={lang}>
        <div class="prose opening">
          {text.lead.map((paragraph) => (
            <p>{paragraph}</p>
          ))}
        </div>
        {at(0).map((one) => (
          <Photo photo={one} {...photo} />
        ))}
        {text.figures ? <Figures table={text.figures} /> : null}
        {blocks.map((block, index) => (
          <>
            <div class="prose">{raw(block)}</div>
            {at(index + 1).map((one) => (
              <Photo photo={one} {...photo} />
            ))}
          </>
        ))}
        {last.map((one) => (
          <Photo photo={one} {...photo} />
        ))}
        <Conclusions page={page} text={text} />
      </div>
      {aside ? <aside class="no-print">{aside}</aside> : null}
    </article>
  )
}

/** `17/11/2023, 8 giờ 15` of an instant, in the seminar's zone. */
export function moment(page: Page, at: string, timezone: string): string {
  const wall = wallTime(new Date(at), timezone)
  return `${date(wall, page.locale)}, ${clock(wall, page.locale)}`
}

const SYLLABLES_A_MINUTE = 200

/** Words of lead, body and conclusions; in Vietnamese each syllable is one. */
export function countWords(text: Pick<PrintedSummary, 'lead' | 'blocks' | 'conclusions'>): number {
  return [...text.lead, blocksText(text.blocks), ...text.conclusions].join(' ').split(/\s+/).filter(Boolean).length
}

/** Minutes a reader takes for so many words, one at least. */
export function minutesFor(words: number): number {
  return Math.max(1, Math.round(words / SYLLABLES_A_MINUTE))
}

function Byline({ page, text, timezone }: Pick<ArticleProps, 'page' | 'text' | 'timezone'>) {
  const { t } = page
  return (
    <p class="by muted">
      {text.byline ? <span>{text.byline}</span> : null}
      <time datetime={text.publishedAt}>{t('public:published', { at: moment(page, text.publishedAt, timezone) })}</time>
      <span class="no-print">{t('public:minutes', { count: minutesFor(countWords(text)) })}</span>
    </p>
  )
}

interface PhotoProps {
  photo: PrintedPhoto
  photoSrc: (fileId: string) => string
  locale: Locale
  wide?: boolean
  /** The first on the page is not put off. */
  first?: boolean
}

function Photo({ photo, photoSrc, locale, wide, first }: PhotoProps) {
  const of = (type: string) =>
    photo.variants.filter((variant) => variant.mediaType === type).sort((a, b) => a.width - b.width)
  const srcset = (type: string) =>
    of(type)
      .map((variant) => `${photoSrc(variant.fileId)} ${variant.width}w`)
      .join(', ')
  const jpegs = of('image/jpeg')
  const shown = jpegs.find((variant) => variant.width >= 960) ?? jpegs.at(-1) ?? photo.variants[0]
  const sizes = wide ? '(max-width: 75rem) 100vw, 69rem' : '(max-width: 43rem) 100vw, 40rem'
  const lang = photo.lang === locale ? undefined : photo.lang
  return (
    <figure class={wide ? 'wide' : undefined} lang={lang}>
      <picture>
        <source type="image/webp" srcset={srcset('image/webp')} sizes={sizes} />
        <img
          src={shown ? photoSrc(shown.fileId) : ''}
          srcset={srcset('image/jpeg')}
          sizes={sizes}
          width={photo.width}
          height={photo.height}
          alt={photo.alt}
          loading={first ? undefined : 'lazy'}
          fetchpriority={first ? 'high' : undefined}
          decoding="async"
        />
      </picture>
      {photo.caption ? <figcaption>{photo.caption}</figcaption> : null}
    </figure>
  )
}

function Figures({ table }: { table: FiguresTable }) {
  return (
    <div class="scroll">
      <table class="quoted">
        <caption>{table.caption}</caption>
        {table.columns.some(Boolean) ? (
          <thead>
            <tr>
              <td />
              {table.columns.map((column) => (
                <th scope="col">{column}</th>
              ))}
            </tr>
          </thead>
        ) : null}
        <tbody>
          {table.rows.map((row) => (
            <tr>
              <th scope="row">{row.label}</th>
              {row.cells.map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What was concluded, numbered, and by whom. */
export function Conclusions({
  page,
  text,
}: {
  page: Page
  text: Pick<PrintedSummary, 'conclusions' | 'conclusionsBy'>
}) {
  if (!text.conclusions.length) return null
  return (
    <section class="concl">
      <h2 lang={page.locale}>{page.t('public:conclusions')}</h2>
      {text.conclusionsBy ? <p class="muted small">{text.conclusionsBy}</p> : null}
      <ol>
        {text.conclusions.map((item) => (
          <li>{item}</li>
        ))}
      </ol>
    </section>
  )
}
