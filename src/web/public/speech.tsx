import { Hono } from 'hono'
import type { AppEnv, Page } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { assertWhole } from '../../features/files/commands/checks.ts'
import { documentTypes } from '../../features/files/content.ts'
import type { DocumentText } from '../../features/files/docx.ts'
import { readWords } from '../../features/files/inspect.ts'
import { getReleasedFile } from '../../features/presentations/queries.ts'
import {
  getPublicSeminar,
  getReleasedSpeech,
  type PublicSeminar,
  type ReleasedSpeech,
} from '../../features/summaries/queries/public.ts'
import { formatBytes } from '../../text/numbers.ts'
import { DocumentBlocks } from '../components/document-text.tsx'
import { PublicLayout } from '../layout.tsx'
import { PublicHead } from './head.tsx'
import { kept } from './kept.ts'
import { orgNameOf, Words, written } from './words.tsx'

/** A larger Word file holds pictures for the most part: it is fetched, not read here. */
const MAX_READ_BYTES = 20 * 1024 * 1024

/** Whether a released speech can be read as a page of ours. */
export function isReadable(speech: Pick<ReleasedSpeech, 'latest_type' | 'latest_size'>): boolean {
  return speech.latest_type === documentTypes.docx && Number(speech.latest_size) <= MAX_READ_BYTES
}

/** A released speech as words, where its author sent a Word document. */
export const speechPage = new Hono<AppEnv>().get('/s/:slug/speeches/:speech/read', kept(), async (c) => {
  const { db } = c.var.services
  const { page } = c.var
  const { seminar, moved } = await getPublicSeminar(db, c.req.param('slug'))
  const id = c.req.param('speech')
  if (moved) return c.redirect(page.href(`/s/${seminar.slug}/speeches/${id}/read`), 301)
  const speech = await getReleasedSpeech(db, seminar, id)
  if (!isReadable(speech)) throw new DomainError('not_found')
  const file = await getReleasedFile(db, seminar.organization_id, seminar.id, id)
  await assertWhole(c.var.services, file)
  const text = await readWords(c.var.services, { ...file, organization_id: seminar.organization_id }, [seminar.id, id])
  return c.html(<SpeechPage {...{ page, seminar, speech, text }} />)
})

interface SpeechPageProps {
  page: Page
  seminar: PublicSeminar
  speech: ReleasedSpeech
  text: DocumentText
}

function SpeechPage({ page, seminar, speech, text }: SpeechPageProps) {
  const { t, href, locale } = page
  const path = `/s/${seminar.slug}/speeches/${speech.id}`
  const name = orgNameOf(page, seminar)
  const by = [speech.reader_name ?? speech.name, speech.position].filter(Boolean).join(', ')
  const title = written(page, seminar, speech.topic, speech.topic_en).text
  const description = [by, written(page, seminar, seminar.theme, seminar.theme_en).text].join(' · ')
  return (
    <PublicLayout
      page={page}
      title={`${title} | ${name}`}
      description={description}
      masthead={{ name, home: `/o/${seminar.org_slug}` }}
      hue={seminar.org_accent_hue}
      robots={seminar.visibility === 'public' ? undefined : 'noindex'}
      head={
        <PublicHead
          page={page}
          title={title}
          description={description}
          path={`${path}/read`}
          languages={[speech.locale as 'vi' | 'en']}
          type="article"
          feeds={`/o/${seminar.org_slug}`}
        />
      }
    >
      <article class="article">
        <header class="top">
          <p class="kicker">
            <a href={href(`/s/${seminar.slug}#speeches`)}>
              {`${t('public:found.speech')} · `}
              <Words page={page} of={seminar} own={seminar.theme} en={seminar.theme_en} />
            </a>
          </p>
          <h1>
            <Words page={page} of={seminar} own={speech.topic} en={speech.topic_en} />
          </h1>
          <p class="by muted">
            <span>{by}</span>
            <a class="no-print" href={href(path)}>
              {t('public:speech.file', { type: 'DOCX', size: formatBytes(Number(speech.latest_size), locale) })}
            </a>
          </p>
          {text.legacyFont ? <p class="notice late">{t('public:speech.legacy')}</p> : null}
        </header>
        <div class="text" lang={speech.locale === locale ? undefined : speech.locale}>
          <div class="prose">
            <DocumentBlocks text={text} />
          </div>
          <p class="muted small" lang={locale}>
            {t('public:speech.note')}
          </p>
        </div>
      </article>
    </PublicLayout>
  )
}
