import { type Context, Hono } from 'hono'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { assertWhole } from '../../../features/files/commands/checks.ts'
import { documentTypes } from '../../../features/files/content.ts'
import type { DocumentText, TextBlock, TextRun } from '../../../features/files/docx.ts'
import { readWords } from '../../../features/files/inspect.ts'
import { getSeminarSpeech, getVersion } from '../../../features/presentations/queries.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { frame } from '../frame.ts'
import { seminarPath } from '../seminars/frame.tsx'
import { seminarId } from './board.tsx'

/** A .docx read in the console, as words. */
export const readPages = new Hono<AppEnv>().get('/:speech/files/:number{[0-9]+}/read', async (c) => {
  const { db } = c.var.services
  const { page, member } = c.var
  const speech = await getSeminarSpeech(db, member.organization.id, seminarId(c), c.req.param('speech'))
  const file = await getVersion(db, speech.organization_id, speech.id, Number(c.req.param('number')))
  if (file.media_type !== documentTypes.docx) throw new DomainError('not_found')
  await assertWhole(c.var.services, file)
  const text = await readWords(c.var.services, { ...file, organization_id: speech.organization_id }, [
    speech.seminar_id,
    speech.id,
  ])
  const back = ownPath(c, speech.id)
  return c.html(
    <ConsoleLayout {...(await frame(c, 'seminars'))} title={page.t('presentations:read.title', { file: file.name })}>
      <article class="reading" lang="vi">
        <p class="no-print actions" lang={page.locale}>
          <a href={back}>{page.t('presentations:read.back')}</a>
          <a href={`${back}/files/${file.number}`} download={file.name}>
            {page.t('presentations:download')}
          </a>
        </p>
        <h1>{file.name}</h1>
        <Notes page={page} text={text} />
        {grouped(text.blocks).map((group) =>
          Array.isArray(group) ? (
            <ul>
              {group.map((item) => (
                <li>{runs(item.runs)}</li>
              ))}
            </ul>
          ) : (
            <Block block={group} />
          ),
        )}
      </article>
    </ConsoleLayout>,
  )
})

function ownPath(c: Context<AppEnv>, speechId: string): string {
  return c.var.page.href(seminarPath(c.var.member, seminarId(c), `/presentations/${speechId}`))
}

function Notes({ page, text }: { page: Page; text: DocumentText }) {
  const { t, locale } = page
  return (
    <div lang={locale}>
      {text.legacyFont ? <p class="notice late">{t('presentations:read.legacy')}</p> : null}
      <p class="muted small">
        {text.blocks.length ? t('presentations:read.note') : t('presentations:read.empty')}{' '}
        {text.pictures ? t('presentations:read.pictures', { count: text.pictures }) : null}
      </p>
    </div>
  )
}

type Item = Extract<TextBlock, { runs: TextRun[] }>

/** Items of a list that follow each other are one list. */
function grouped(blocks: TextBlock[]): (TextBlock | Item[])[] {
  const groups: (TextBlock | Item[])[] = []
  for (const block of blocks) {
    const last = groups.at(-1)
    if (block.kind !== 'item') groups.push(block)
    else if (Array.isArray(last)) last.push(block)
    else groups.push([block])
  }
  return groups
}

function Block({ block }: { block: TextBlock }) {
  if (block.kind === 'table') {
    return (
      <div class="scroll" tabindex={0}>
        <table>
          <tbody>
            {block.rows.map((row) => (
              <tr>
                {row.map((cell) => (
                  <td>{runs(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )
  }
  if (block.kind !== 'heading') return <p>{runs(block.runs)}</p>
  const Heading = `h${block.level}` as 'h2'
  return <Heading>{runs(block.runs)}</Heading>
}

function runs(list: TextRun[]) {
  return list.map(({ text, bold, italic }) => {
    const words = italic ? <em>{text}</em> : <>{text}</>
    return bold ? <strong>{words}</strong> : words
  })
}
