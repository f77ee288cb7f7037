import type { Page } from '../../../env.ts'
import type { DraftContent } from '../../../features/summaries/schema.ts'
import { type Change, diffParagraphs } from '../../../text/diff.ts'

const LABELS = {
  title: 'summaries:title',
  lead: 'summaries:lead',
  body: 'summaries:body',
  byline: 'summaries:byline',
  figures: 'summaries:figures',
  conclusions: 'public:conclusions',
} as const
type Part = keyof typeof LABELS

/** The parts of a text as paragraphs, so that two can be laid side by side. */
function partsOf(text: DraftContent | undefined): Record<Part, string[]> {
  const figures = text?.figures
  return {
    title: text ? [text.title] : [],
    lead: text?.lead ?? [],
    body: text ? text.body.split(/\n\s*\n/).filter(Boolean) : [],
    byline: text?.byline ? [text.byline] : [],
    figures: figures
      ? [
          figures.caption,
          figures.columns.join(' | '),
          ...figures.rows.map((row) => [row.label, ...row.cells].join(' | ')),
        ].filter(Boolean)
      : [],
    conclusions: text ? [...(text.conclusionsBy ? [text.conclusionsBy] : []), ...text.conclusions] : [],
  }
}

interface ComparisonProps {
  page: Page
  /** Without one the other is shown as it is. */
  before: DraftContent | undefined
  after: DraftContent
  /** Only what differs: within a form, whose headings are its own. */
  changesOnly?: boolean
}

/** Two texts, part by part, with the words that came and went. */
export function Comparison({ page, before, after, changesOnly = false }: ComparisonProps) {
  const old = partsOf(before)
  const now = partsOf(after)
  const shown = (Object.keys(LABELS) as Part[]).flatMap((part) => {
    const paragraphs = before
      ? diffParagraphs(old[part], now[part])
      : now[part].map((text): Change[] => [{ text, kind: 'same' }])
    const changed = paragraphs.some((paragraph) => paragraph.some((stretch) => stretch.kind !== 'same'))
    return paragraphs.length && (changed || !changesOnly) ? [{ part, paragraphs }] : []
  })
  if (!shown.length) return <p class="muted">{page.t('summaries:compare.same')}</p>
  return (
    <>
      {shown.map(({ part, paragraphs }) => (
        <div class="diff">
          {changesOnly ? <b class="label">{page.t(LABELS[part])}</b> : <h3 class="label">{page.t(LABELS[part])}</h3>}
          {paragraphs.map((paragraph) => (
            <p>{paragraph.map(Stretch)}</p>
          ))}
        </div>
      ))}
    </>
  )
}

function Stretch({ text, kind }: Change) {
  if (kind === 'added') return <ins>{text}</ins>
  return kind === 'removed' ? <del>{text}</del> : text
}
