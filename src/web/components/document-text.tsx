import type { DocumentText, TextBlock, TextRun } from '../../features/files/docx.ts'

type Item = Extract<TextBlock, { runs: TextRun[] }>

/** The words of a Word document as HTML of ours: headings, paragraphs, lists, tables; nothing else comes through. */
export function DocumentBlocks({ text }: { text: DocumentText }) {
  return (
    <>
      {grouped(text.blocks).map((group) =>
        Array.isArray(group) ? (
          <ul>
            {group.map((item) => (
              <li>
                <Runs list={item.runs} />
              </li>
            ))}
          </ul>
        ) : (
          <Block block={group} />
        ),
      )}
    </>
  )
}

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
                  <td>
                    <Runs list={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )
  }
  if (block.kind !== 'heading') {
    return (
      <p>
        <Runs list={block.runs} />
      </p>
    )
  }
  const Heading = `h${block.level}` as 'h2'
  return (
    <Heading>
      <Runs list={block.runs} />
    </Heading>
  )
}

function Runs({ list }: { list: TextRun[] }) {
  return (
    <>
      {list.map(({ text, bold, italic }) => {
        const words = italic ? <em>{text}</em> : <>{text}</>
        return bold ? <strong>{words}</strong> : words
      })}
    </>
  )
}
