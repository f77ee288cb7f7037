import MarkdownIt, { type StateBlock, type Token } from 'markdown-it'

/** Quotations and lists within each other, as the parser counts them: a quotation is one, a list two. */
const DEEPEST = 12
/** What is longer is read as text and made no link. */
const LONGEST_ADDRESS = 2000

const parser = new MarkdownIt({ html: false, linkify: true, breaks: true })
// Addresses stay as they were typed: whoever renders judges them. `&amp;` is what it says.
parser.validateLink = () => true
parser.normalizeLink = (address) => address
parser.normalizeLinkText = (address) => address
parser.disable('entity')
parser.block.ruler.before('table', 'too_deep', tooDeep)

const { linkify } = parser
linkify.set({ maxLength: LONGEST_ADDRESS }).add('ftp:', null).add('//', null)
linkify.add('www.', {
  validate: (text, from, self) => self.testSchemaAt(`//${text.slice(from, from + LONGEST_ADDRESS)}`, 'http:', 0) - 2,
  normalize: (match) => {
    match.url = `http://${match.raw}`
  },
})

/** The blocks of a Markdown text, as markdown-it's list of tokens. */
export function parseMarkdown(source: string): Token[] {
  return parser.parse(source, {})
}

/** Deeper than `DEEPEST` the lines of a block are plain text: the parser itself would leave them out. */
function tooDeep(state: StateBlock, from: number, end: number, silent: boolean): boolean {
  if (state.level < DEEPEST) return false
  if (silent) return true
  let next = from + 1
  while (next < end && !state.isEmpty(next) && (state.sCount[next] as number) >= state.blkIndent) next++
  const token = state.push('plain', '', 0)
  token.content = state.getLines(from, next, state.blkIndent, false)
  state.line = next
  return true
}
