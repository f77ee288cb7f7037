import { Hono } from 'hono'
import type { AppEnv, Page } from '../../env.ts'
import type { TextKey } from '../../i18n.ts'
import { PublicLayout } from '../layout.tsx'
import { PublicHead } from './head.tsx'
import { kept } from './kept.ts'

const PRIVACY = ['who', 'what', 'why', 'seen', 'long', 'rights', 'cookies', 'photos', 'secrets'] as const
const ACCESSIBILITY = ['aim', 'how', 'known', 'tell'] as const

/** What is kept and why, and for whom the pages work: written, one section a question. */
export const statementPages = new Hono<AppEnv>()
  .get('/privacy', kept(), (c) => c.html(<Statement page={c.var.page} name="privacy" sections={PRIVACY} />))
  .get('/accessibility', kept(), (c) =>
    c.html(<Statement page={c.var.page} name="accessibility" sections={ACCESSIBILITY} />),
  )

function Statement({
  page,
  name,
  sections,
}: {
  page: Page
  name: 'privacy' | 'accessibility'
  sections: readonly string[]
}) {
  const { t } = page
  const text = (key: string) => t(`public:${name}.${key}` as TextKey)
  const title = text('title')
  return (
    <PublicLayout
      page={page}
      title={title}
      description={text('lead')}
      head={<PublicHead page={page} title={title} description={text('lead')} path={`/${name}`} />}
    >
      <div class="plainpage">
        <h1>{title}</h1>
        <p class="intro">{text('lead')}</p>
        {sections.map((section) => (
          <section>
            <h2>{text(section)}</h2>
            {text(`${section}.text`)
              .split('\n')
              .map((paragraph) => (
                <p>{paragraph}</p>
              ))}
          </section>
        ))}
      </div>
    </PublicLayout>
  )
}
