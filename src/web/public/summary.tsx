import { type Context, Hono } from 'hono'
import type { Locale } from '../../context.ts'
import type { AppEnv, Page } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { titlePhrase } from '../../features/seminars/rules.ts'
import {
  getPublicSeminar,
  getSeminarDetails,
  type PublicSeminar,
  type SeminarDetails,
} from '../../features/summaries/queries/public.ts'
import { wasWithdrawn } from '../../features/summaries/queries/withdrawn.ts'
import type { PrintedSummary } from '../../features/summaries/schema.ts'
import { date } from '../../text/dates.ts'
import type { SeminarKind } from '../../text/kinds.ts'
import { Article } from '../components/article.tsx'
import { jsonLd, PublicLayout } from '../layout.tsx'
import { cardImage, summaryCard } from './card.ts'
import { type HeadImage, PublicHead } from './head.tsx'
import { kept } from './kept.ts'
import { PrintedAddress, Share } from './share.tsx'
import { newsArticle } from './structured.ts'
import { OtherLanguageNote, orgNameOf, Topics } from './words.tsx'

/** The published summary of a seminar. */
export const summaryPage = new Hono<AppEnv>().get('/s/:slug/summary', kept(), async (c: Context<AppEnv>) => {
  const { db } = c.var.services
  const { page } = c.var
  const { seminar, moved } = await getPublicSeminar(db, c.req.param('slug') as string)
  if (moved) return c.redirect(page.href(`/s/${seminar.slug}/summary`), 301)
  const details = await getSeminarDetails(db, seminar)
  const languages = (['vi', 'en'] as const).filter((locale) => details.summaries[locale])
  const locale = languages.includes(page.locale) ? page.locale : languages[0]
  if (!locale && (await wasWithdrawn(db, seminar))) return c.html(<Withdrawn page={page} seminar={seminar} />, 410)
  if (!locale) throw new DomainError('not_found', { detail: 'no_summary' })
  const text = details.summaries[locale] as PrintedSummary
  const photo = coverOf(seminar, text)
  const image = photo ?? (await cardImage(c, `/s/${seminar.slug}/summary`, summaryCard(page, seminar, text)))
  return c.html(<SummaryPage {...{ page, seminar, details, text, locale, languages, photo, image }} />)
})

/** What stands above the title and the title without it: `Hội thảo chuyên đề · 16/11/2023`, “…”. */
export function titleParts(
  seminar: Pick<PublicSeminar, 'kind' | 'subtype' | 'subtype_en' | 'starts_local'>,
  title: string,
  locale: Locale,
) {
  const subtype = locale === 'en' ? (seminar.subtype_en ?? seminar.subtype) : seminar.subtype
  const phrase = titlePhrase(seminar.kind as SeminarKind, subtype, '', locale)
  const heading = title.startsWith(`${phrase} “`) ? title.slice(phrase.length + 1) : title
  const day = seminar.starts_local === null ? '' : ` · ${date(seminar.starts_local, locale)}`
  return { kicker: `${phrase}${day}`, heading }
}

interface SummaryPageProps {
  page: Page
  seminar: PublicSeminar
  details: SeminarDetails
  text: PrintedSummary
  locale: Locale
  languages: Locale[]
  /** Its first photo, and what is shown with a link to it: the photo, else a card. */
  photo: HeadImage | undefined
  image: HeadImage
}

const photoPath = (seminar: PublicSeminar) => (fileId: string) => `/s/${seminar.slug}/photos/${fileId}`

/** The photo that stands for an article, in its largest JPEG. */
function coverOf(seminar: PublicSeminar, text: PrintedSummary): HeadImage | undefined {
  const cover = text.photos.find((photo) => photo.afterParagraph === null) ?? text.photos[0]
  const jpeg = cover?.variants
    .filter((variant) => variant.mediaType === 'image/jpeg')
    .sort((a, b) => b.width - a.width)[0]
  return jpeg && cover
    ? { path: photoPath(seminar)(jpeg.fileId), width: jpeg.width, height: jpeg.height, alt: cover.alt }
    : undefined
}

function SummaryPage({ page, seminar, details, text, locale, languages, photo, image }: SummaryPageProps) {
  const { t } = page
  const path = `/s/${seminar.slug}/summary`
  const name = orgNameOf(page, seminar)
  const description = text.lead[0] ?? text.title
  return (
    <PublicLayout
      page={page}
      title={`${text.title} | ${name}`}
      description={description.slice(0, 300)}
      masthead={{ name, home: `/o/${seminar.org_slug}` }}
      hue={seminar.org_accent_hue}
      robots={seminar.visibility === 'public' ? undefined : 'noindex'}
      islands={['share']}
      head={
        <PublicHead
          page={page}
          title={text.title}
          description={description.slice(0, 300)}
          path={path}
          languages={languages}
          type="article"
          image={image}
          publishedAt={text.publishedAt}
          modifiedAt={text.correctedAt ?? text.publishedAt}
          feeds={`/o/${seminar.org_slug}`}
        >
          {seminar.visibility === 'public'
            ? jsonLd(newsArticle(page, seminar, details, text, locale, photo?.path))
            : null}
        </PublicHead>
      }
    >
      <Article
        page={page}
        text={text}
        locale={locale}
        timezone={seminar.timezone}
        {...titleParts(seminar, text.title, locale)}
        photoSrc={photoPath(seminar)}
        notice={locale === page.locale ? undefined : <OtherLanguageNote page={page} text={t('public:only.summary')} />}
        aside={<Aside page={page} seminar={seminar} details={details} path={path} />}
      />
      <PrintedAddress page={page} path={path} />
    </PublicLayout>
  )
}

/** A text that was public and was taken back (RFC 9110, 410): search engines forget it, readers are told. */
function Withdrawn({ page, seminar }: Pick<SummaryPageProps, 'page' | 'seminar'>) {
  const { t, href } = page
  const name = orgNameOf(page, seminar)
  return (
    <PublicLayout
      page={page}
      title={t('public:withdrawn.title')}
      masthead={{ name, home: `/o/${seminar.org_slug}` }}
      hue={seminar.org_accent_hue}
      robots="noindex"
    >
      <div class="narrow stack">
        <h1>{t('public:withdrawn.title')}</h1>
        <p>{t('public:withdrawn.text', { org: name })}</p>
        <p class="actions">
          <a class="btn" href={href(`/s/${seminar.slug}`)}>
            {t('public:seminar.page')}
          </a>
        </p>
      </div>
    </PublicLayout>
  )
}

function Aside({
  page,
  seminar,
  details,
  path,
}: Pick<SummaryPageProps, 'page' | 'seminar' | 'details'> & { path: string }) {
  const { t, href } = page
  const own = `/s/${seminar.slug}`
  return (
    <>
      <h2>{t('public:documents')}</h2>
      <ul>
        <li>
          <a href={href(own)}>{t('public:seminar.page')}</a>
        </li>
        {details.agenda.length ? (
          <li>
            <a href={href(`${own}#agenda`)}>{t('public:agenda')}</a>
          </li>
        ) : null}
        {details.speeches.length ? (
          <li>
            <a href={href(`${own}#speeches`)}>{t('public:count.speeches', { count: details.speeches.length })}</a>
          </li>
        ) : null}
      </ul>
      {details.topics.length ? (
        <>
          <h2>{t('public:topics')}</h2>
          <Topics page={page} topics={details.topics} />
        </>
      ) : null}
      <h2>{t('public:follow')}</h2>
      <ul>
        <li>
          <a href={href(`/calendar?org=${seminar.org_slug}`)}>{t('public:follow.calendar')}</a>
        </li>
        <li>
          <a href={href(`/o/${seminar.org_slug}/feed.atom`)}>{t('public:follow.atom')}</a>
        </li>
      </ul>
      <Share page={page} path={path} title={seminar.theme} />
    </>
  )
}
