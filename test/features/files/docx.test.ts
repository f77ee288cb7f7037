import { describe, expect, it } from 'vitest'
import { memorySource } from '../../../src/features/files/bytes.ts'
import { readDocx } from '../../../src/features/files/docx.ts'
import { docx } from '../../support/office-files.ts'

const WORD =
  'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'

async function read(body: string, extra: Record<string, string> = {}) {
  return readDocx(
    memorySource(
      docx({
        'word/document.xml': `<?xml version="1.0"?><w:document ${WORD}><w:body>${body}</w:body></w:document>`,
        ...extra,
      }),
    ),
  )
}
const p = (text: string, properties = '') =>
  `<w:p>${properties}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`
const plain = (text: string) => ({ text, bold: false, italic: false })

describe('a Word document as words', () => {
  it('keeps paragraphs and their entities, as text', async () => {
    const { blocks } = await read(`${p('Kính thưa &amp; chào')}<w:p/>${p('&lt;script&gt;alert(1)&lt;/script&gt;')}`)
    expect(blocks).toEqual([
      { kind: 'paragraph', runs: [plain('Kính thưa & chào')] },
      { kind: 'paragraph', runs: [plain('<script>alert(1)</script>')] },
    ])
  })

  it('keeps bold and italic, and joins what Word cut', async () => {
    const run = (text: string, look = '') => `<w:r><w:rPr>${look}</w:rPr><w:t>${text}</w:t></w:r>`
    const { blocks } = await read(
      `<w:p>${run('đậm', '<w:b/>')}${run(' nữa', '<w:b/>')}${run(' thường', '<w:b w:val="0"/>')}${run(' nghiêng', '<w:i/>')}</w:p>`,
    )
    expect(blocks).toEqual([
      {
        kind: 'paragraph',
        runs: [
          { text: 'đậm nữa', bold: true, italic: false },
          plain(' thường'),
          { text: ' nghiêng', bold: false, italic: true },
        ],
      },
    ])
  })

  it('knows headings by the style’s name, whatever its id, and lists', async () => {
    const styles = `<w:styles ${WORD}><w:style w:type="paragraph" w:styleId="u1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="T"><w:name w:val="heading 3"/></w:style></w:styles>`
    const { blocks } = await read(
      p('Một', '<w:pPr><w:pStyle w:val="u1"/></w:pPr>') +
        p('Hai', '<w:pPr><w:pStyle w:val="T"/></w:pPr>') +
        p('Ba', '<w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr>'),
      { 'word/styles.xml': styles },
    )
    expect(blocks.map((b) => (b.kind === 'heading' ? `h${b.level}` : b.kind))).toEqual(['h2', 'h4', 'item'])
  })

  it('keeps tables, line breaks and tabs', async () => {
    const cell = (text: string) => `<w:tc>${p(text)}${p('x')}</w:tc>`
    const { blocks } = await read(
      `<w:tbl><w:tr>${cell('a')}${cell('b')}</w:tr></w:tbl><w:p><w:r><w:t>1</w:t><w:br/><w:t>2</w:t><w:tab/><w:t>3</w:t></w:r></w:p>`,
    )
    expect(blocks).toEqual([
      {
        kind: 'table',
        rows: [
          [
            [plain('a'), plain('\n'), plain('x')],
            [plain('b'), plain('\n'), plain('x')],
          ],
        ],
      },
      { kind: 'paragraph', runs: [plain('1\n2\t3')] },
    ])
  })

  it('leaves deleted and moved text out, and text twice written once', async () => {
    const r = (text: string) => `<w:r><w:t>${text}</w:t></w:r>`
    const { blocks, pictures } = await read(
      `<w:p>${r('giữ')}<w:del>${r('xóa')}</w:del><w:moveFrom>${r('dời')}</w:moveFrom><mc:AlternateContent><mc:Choice>${r(' một')}</mc:Choice><mc:Fallback>${r(' hai')}</mc:Fallback></mc:AlternateContent><w:r><w:drawing/></w:r></w:p>`,
    )
    expect(blocks).toEqual([{ kind: 'paragraph', runs: [plain('giữ một')] }])
    expect(pictures).toBe(1)
  })

  it('says when the fonts are of a legacy encoding', async () => {
    const run = '<w:p><w:r><w:rPr><w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/></w:rPr><w:t>§¶ng</w:t></w:r></w:p>'
    expect((await read(run)).legacyFont).toBe(true)
    expect((await read(p('Đảng'))).legacyFont).toBe(false)
  })

  it('ends early on a document of a million paragraphs', async () => {
    const { blocks } = await read('<w:p><w:r><w:t>x</w:t></w:r></w:p>'.repeat(200_000))
    expect(blocks.length).toBeLessThan(21_000)
  })
})
