import { strToU8, zlibSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { DomainError } from '../../../src/errors.ts'
import { memorySource } from '../../../src/features/files/bytes.ts'
import { checkDocument } from '../../../src/features/files/content.ts'
import { readDocx } from '../../../src/features/files/docx.ts'
import { doc, docx, OFFICE, odf, pdf, relationships } from '../../support/office-files.ts'

async function verdict(bytes: Uint8Array): Promise<string> {
  try {
    return await checkDocument(memorySource(bytes), 'bai.docx')
  } catch (error) {
    if (error instanceof DomainError) return error.detail ?? error.code
    throw error
  }
}

const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'
const COMPATIBILITY = 'http://schemas.openxmlformats.org/markup-compatibility/2006'
const MAIN_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
const body = (inside: string) =>
  `<w:document xmlns:w="${WORD}" xmlns:mc="${COMPATIBILITY}"><w:body><w:p>${inside}</w:p></w:body></w:document>`
const mark = (type: string) => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const code = (text: string) => `<w:r><w:instrText xml:space="preserve">${escaped(text)}</w:instrText></w:r>`
const text = (said: string) => `<w:r><w:t xml:space="preserve">${escaped(said)}</w:t></w:r>`
const field = (inside: string, result = 'x') => mark('begin') + inside + mark('separate') + text(result) + mark('end')
const word = (inside: string) => docx({ 'word/document.xml': body(inside) })
const DDE = 'DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"'

/** A Word document whose text is the part of this name; `types` adds what parts are said to be. */
function named(name: string, inside: string, types = '', more = {}): Uint8Array {
  return docx({
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${types}</Types>`,
    '_rels/.rels': relationships(`<Relationship Id="r" Type="${OFFICE}/officeDocument" Target="${name}"/>`),
    [name]: body(inside),
    ...more,
  })
}
const override = (name: string, type: string) => `<Override PartName="/${name}" ContentType="${type}"/>`
const svgType = '<Default Extension="svg" ContentType="image/svg+xml"/>'
const SVG =
  '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg xmlns="http://www.w3.org/2000/svg"/>'
const odt = (inside: string, more = {}) =>
  odf('odt', {
    'content.xml': `<o:x xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:d="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:l="http://www.w3.org/1999/xlink" xmlns:f="http://www.w3.org/2002/xforms" xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0">${inside}</o:x>`,
    ...more,
  })
const objects = (...more: string[]) => pdf({ object: more.join('\nendobj\n') })
const wide = (said: string) => `(\xfe\xff${[...said].map((c) => `\0${c}`).join('')})`
const packed = (object: string, then = '') => {
  const header = '9 0 '
  const bytes = zlibSync(strToU8(header + object))
  return pdf({
    object: `<</Type/ObjStm/N 1/First ${header.length}/Length ${bytes.length}/Filter/FlateDecode>>\nstream\n${String.fromCharCode(...bytes)}\nendstream\nendobj\n${then}`,
  })
}

describe('a Word document is looked at whatever its parts are called', () => {
  const main = override('word/media/document.svg', MAIN_TYPE)
  it.each([
    ['its text, named as a picture', named('word/media/document.svg', field(code(DDE)), main)],
    ['its text, said to be a picture as well', named('word/media/document.svg', field(code(DDE)), main + svgType)],
    [
      'its text, its name written in signs',
      named('word/media/document.svg', field(code(DDE)), override('word/media/docu%6Dent.svg', MAIN_TYPE) + svgType),
    ],
    [
      'a header said to be a picture',
      docx({
        '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>${svgType}${override('word/document.xml', MAIN_TYPE)}</Types>`,
        'word/_rels/document.xml.rels': relationships(
          `<Relationship Id="h" Type="${OFFICE}/header" Target="media/h.svg"/>`,
        ),
        'word/media/h.svg': body(field(code(DDE))),
      }),
    ],
  ])('%s', async (_, bytes) => {
    expect(await verdict(bytes)).toBe('file_active')
  })

  it('a drawing that is a picture may have its document type', async () => {
    const bytes = docx({
      '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>${svgType}${override('word/document.xml', MAIN_TYPE)}</Types>`,
      'word/_rels/document.xml.rels': relationships(
        `<Relationship Id="i" Type="${OFFICE}/image" Target="media/i.svg"/>`,
      ),
      'word/media/i.svg': SVG,
    })
    expect(await verdict(bytes)).toBe('docx')
  })

  it('its words are those of the part that Word opens', async () => {
    const bytes = named('word/document2.xml', text('Bài thật'), override('word/document2.xml', MAIN_TYPE))
    expect(await verdict(bytes)).toBe('docx')
    expect((await readDocx(memorySource(bytes))).blocks).toMatchObject([{ runs: [{ text: 'Bài thật' }] }])
  })
})

describe('a Word field', () => {
  const choice = (one: string, other: string) =>
    `<mc:AlternateContent><mc:Choice Requires="w">${one}</mc:Choice><mc:Fallback>${other}</mc:Fallback></mc:AlternateContent>`
  it.each([
    ['whose name is begun, and ended by another', field(code('DD') + field(code('QUOTE 69'), 'E') + code(' c:\\x'))],
    ['whose name is given by another', field(field(code('QUOTE 68 68 69'), 'DDE') + code(' c:\\x'))],
    ['whose name is ended by one that is an element', field(`${code('DD')}<w:fldSimple w:instr="QUOTE 69"/>`)],
    ['whose instruction is written as text', field(text(DDE))],
    ['half of whose name is written as text', field(text('DDE') + code('AUTO c:\\x'))],
    ['whose name stands behind what was deleted', field(`<w:del>${code('PAGE ')}</w:del>${code(DDE)}`)],
    ['whose name is whole with what was deleted', field(`${code('D')}<w:del>${code('DE')}</w:del>${code(' c:\\x')}`)],
    ['that is one thing or another', field(choice(code('PAGE '), code(DDE)))],
    ['that ends in one of two texts', mark('begin') + choice(mark('separate'), '') + code(DDE) + mark('end')],
    ['of a name that nobody knows', field(code('DDEX c:\\x'))],
    ['of a name in quotes', field(code('"DDEAUTO" c:\\x'))],
    ['behind many blanks', field(code(' '.repeat(5000)) + code(DDE))],
    ['that prints', field(code('PRINT 27"E"'))],
  ])('%s is refused', async (_, inside) => {
    expect(await verdict(word(inside))).toBe('file_active')
  })

  it.each([
    ['INCLUDE…, in pieces of text', field(text('INCLUDE') + code('PICTURE "https://e.example/x.png"'))],
    ['a link to another machine behind a switch', field(code('HYPERLINK \\t "_blank" "file://e.example/s/x.exe"'))],
    ['a link to a program behind a tip', field(code('HYPERLINK \\o "tip" "file:///c:/windows/system32/calc.exe"'))],
    ['a link in curly quotes', field(code('HYPERLINK \\o “tip” “file:///c:/x.exe”'))],
    ['a second address', field(code('HYPERLINK "https://example.vn/" "\\\\\\\\e\\\\x.exe"'))],
    ['a link as a tip', field(code('HYPERLINK \\o "file:///c:/x.exe"'))],
    ['a link to what Windows runs', field(code('HYPERLINK \\h "ms-msdt:/id"'))],
    ['a link without quotes', field(code('HYPERLINK \\\\\\\\e\\\\x.exe'))],
    ['a link that another field makes', field(code('HYPERLINK ') + field(code('QUOTE "file:///c:/x"')))],
    ['a link longer than any', field(code(`HYPERLINK \\o "${'a'.repeat(5000)}" "file:///c:/x"`))],
    ['a link with a tab in its scheme', field(code('HYPERLINK "fi\tle:///c:/x.exe"'))],
  ])('with %s is refused', async (_, inside) => {
    expect(await verdict(word(inside))).toBe('file_external')
  })

  it.each([
    ...[
      'PAGE',
      ' NUMPAGES  \\* Arabic ',
      'TOC \\o "1-3" \\h \\z \\u',
      'DATE \\@ "dd/MM/yyyy"',
      'TIME',
      'SEQ Bảng \\* ARABIC',
    ],
    ...[
      'STYLEREF "Heading 1"',
      'PAGEREF _Toc12345 \\h',
      'REF _Ref1 \\h',
      '_Ref123 \\h',
      'ADDIN ZOTERO_ITEM CSL {"a":"http://z"}',
    ],
    ...[
      'MERGEFIELD Ho_ten',
      'EMBED Equation.3',
      'SHAPE  \\* MERGEFORMAT',
      'FORMTEXT',
      'MACROBUTTON NoMacro [Chọn]',
      '',
    ],
    ...['=SUM(ABOVE)', 'page', 'DOCPROPERTY Title', 'XE "Đảng"', 'SYMBOL 176 \\f "Symbol"', '\\* MERGEFORMAT'],
    ...['HYPERLINK \\l "_Toc1"', 'HYPERLINK "https://a.vn/x?y=1&z" \\t "_blank"', 'HYPERLINK "mailto:a@b.vn"'],
    ...[
      'HYPERLINK "https://a.vn" \\o "Nguồn: báo; File: bài"',
      'HYPERLINK "Phụ lục.docx"',
      'HYPERLINK "https://a.vn" \\h',
    ],
  ])('%s is taken', async (instruction) => {
    expect(await verdict(word(field(code(instruction))))).toBe('docx')
    expect(await verdict(word(`<w:fldSimple w:instr="${escaped(instruction).replaceAll('"', '&quot;')}"/>`))).toBe(
      'docx',
    )
  })

  it('in another one is taken where its name is whole: a condition, a sum, entries of a table of contents', async () => {
    const page = field(code('PAGE'))
    for (const inside of [
      field(`${code('IF ')}${page}${code(' > 1 "')}${page}${code('" ""')}`),
      field(`${code('=')}${page}${code('-1')}`),
      field(code('TOC \\o'), '') + text('x'),
      mark('begin') +
        code('TOC \\h') +
        mark('separate') +
        field(code('HYPERLINK \\l "_Toc1"'), 'Mục 1') +
        page +
        mark('end'),
      choice(field(code('PAGE')), field(code('PAGE'))),
    ])
      expect(await verdict(word(inside))).toBe('docx')
  })
})

describe('an old Word document', () => {
  const old = (said: string) => doc([{ name: '0Table' }], 0, said)
  it.each([
    ['whose field’s name is ended by another', '\x13DD\x13QUOTE 69\x14E\x15 c:\\x\x14\x15', 'file_active'],
    ['whose field stands behind blanks', `\x13${' '.repeat(900)}DDEAUTO c:\\x\x14\x15`, 'file_active'],
    ['with a link behind a switch', '\x13 HYPERLINK \\t "_blank" "file://e.example/x.exe" \x14x\x15', 'file_external'],
    ['with a link that a field makes', '\x13 HYPERLINK "\x13QUOTE 1\x14x\x15" \x14x\x15', 'file_external'],
    ['with an honest link', '\x13 HYPERLINK "https://example.vn/" \\o "tip" \x14x\x15', 'doc'],
    ['with a condition', '\x13 IF \x13 PAGE \x14x\x15 > 1 \x14x\x15', 'doc'],
  ])('%s', async (_, said, expected) => {
    expect(await verdict(old(said))).toBe(expected)
    expect(await verdict(old([...said].join('\0')))).toBe(expected)
  })
})

describe('an OpenDocument text', () => {
  it.each([
    ['a form that fetches', '<f:model><f:instance src="https://e.example/a.xml"/></f:model>'],
    ['a form that sends', '<f:model><f:submission action="https://e.example/p" method="post"/></f:model>'],
    ['a form whose schema is elsewhere', '<f:model schema="#a https://e.example/s.xsd"/>'],
    ['a form’s address as text', '<f:resource>https://e.example/</f:resource>'],
    ['a base elsewhere', '<o:s xml:base="https://e.example/"><d:image l:href="a.png"/></o:s>'],
    ['a form’s picture from elsewhere', '<form:image form:image-data="https://e.example/a.png"/>'],
    ['a form bound to a file', '<form:form form:datasource="file:///c:/a.odb"/>'],
    ['a picture above the package, by a way round', '<d:image l:href="Pictures/../../a.png"/>'],
  ])('with %s is refused', async (_, inside) => {
    expect(await verdict(odt(inside))).toBe('file_external')
  })

  it('with a drawing that fetches is refused, wherever it lies', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink"><image l:href="http://e.example/a.png"/></svg>'
    expect(await verdict(odt('', { 'Pictures/media/a.svg': svg }))).toBe('file_external')
  })

  it('with what LibreOffice writes into every file, and an empty form, is taken', async () => {
    const rdf =
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="styles.xml"><rdf:type rdf:resource="http://docs.oasis-open.org/ns/office/1.2/meta/odf#StylesFile"/></rdf:Description></rdf:RDF>'
    const form = '<f:model id="m"><f:instance><a xmlns=""/></f:instance><f:submission id="s" method="post"/></f:model>'
    const fonts = '<o:a xml:base="Pictures/" form:datasource="Danh sách"/>'
    expect(await verdict(odt(form + fonts, { 'manifest.rdf': rdf }))).toBe('odt')
  })
})

describe('a PDF', () => {
  const CALC = '(file:///C:/windows/system32/calc.exe)'
  it.each([
    ['an embedded file without its type', objects('<</Type/Filespec/F(x.exe)/EF<</F 5 0 R>>>>'), 'file_embedded'],
    ['an embedded file in an annotation', objects('<</FS<</F(x.exe)/E#46 5 0 R>>>>'), 'file_embedded'],
    ['a link whose address is another object', objects('<</S/URI/URI 8 0 R>>', `8 0 obj${CALC}`), 'file_external'],
    ['that object before the link', objects(`${CALC}`, '9 0 obj<</S/URI/URI 4 0 R>>'), 'file_external'],
    ['an address of an address', objects('8 0 R', `8 0 obj${CALC}`, '9 0 obj<</S/URI/URI 4 0 R>>'), 'file_external'],
    ['an address in a stream of objects', packed(CALC, '10 0 obj<</S/URI/URI 9 0 R>>'), 'file_external'],
    [
      'an alias in a stream of objects',
      packed('8 0 R', `8 0 obj${CALC}\nendobj\n10 0 obj<</S/URI/URI 9 0 R>>`),
      'file_external',
    ],
    ['a script named at the end of a stream of objects', packed('/JavaScript'), 'file_script'],
    ['an address in UTF-16', objects(`<</S/URI/URI${wide('file://x/')}>>`), 'file_external'],
    [
      'an address in UTF-16, in hexadecimal',
      objects('<</S/URI/URI<FEFF00660069006C0065003A002F002F0078>>>'),
      'file_external',
    ],
    ['an address in UTF-8', objects('<</S/URI/URI(\xef\xbb\xbffile://x/)>>'), 'file_external'],
    ['an address behind blanks', objects(`<</S/URI/URI(${' '.repeat(300)}file://x/)>>`), 'file_external'],
    ['an address behind lines that go on', objects(`<</S/URI/URI(${'\\\n'.repeat(150)}file://x/)>>`), 'file_external'],
    ['an address with a line in its scheme', objects('<</S/URI/URI(fi\\nle:///x)>>'), 'file_external'],
    ['a base for its addresses', objects('<</Type/Catalog/URI<</Base(file://x/)>>>>'), 'file_external'],
    [
      'a page of another file',
      objects('<</Subtype/Form/Ref<</F(http://e/x.pdf)/Page 0>>/Length 0>>\nstream\nendstream'),
      'file_external',
    ],
    [
      'an opening act named elsewhere',
      objects('<</OpenAction 8 0 R>>', '8 0 obj<</S 9 0 R/URI(https://e/)>>'),
      'file_active',
    ],
    ['the same in place', objects('<</OpenAction<</S 9 0 R/URI(https://e/)>>>>'), 'file_active'],
    [
      'an opening act by way of another',
      objects('<</OpenAction 8 0 R>>', '8 0 obj 9 0 R', '9 0 obj<</S/URI/URI(https://e/)>>'),
      'file_active',
    ],
    ['an opening act that is said twice', objects('<</OpenAction<</S/URI/S/GoTo/URI(https://e/)>>>>'), 'file_active'],
    [
      'a page that acts and says not what it is',
      objects('<</AA<</O<</S/URI/URI(https://e/)>>>>/Contents 9 0 R>>'),
      'file_active',
    ],
    ['acts elsewhere', objects('<</AA 9 0 R>>'), 'file_active'],
  ])('with %s is refused', async (_, bytes, expected) => {
    expect(await verdict(bytes)).toBe(expected)
  })

  it.each([
    ['an address that is another object', objects('<</S/URI/URI 8 0 R>>', '8 0 obj(https://example.vn/)')],
    ['a file’s name as another object, which no link leads to', objects(`${CALC}`, '9 0 obj<</Title 4 0 R>>')],
    ['objects that stand for each other', objects('<</S/URI/URI 8 0 R>>', '8 0 obj 9 0 R', '9 0 obj 8 0 R')],
    ['an address in UTF-16', objects(`<</S/URI/URI${wide('https://example.vn/')}>>`)],
    ['a long address', objects(`<</S/URI/URI(https://example.vn/${'a'.repeat(500)})>>`)],
    ['fonts of any name', objects('<</Font<</AA 5 0 R/EF 6 0 R>>>>')],
    ['a structure that refers to itself', objects('<</Type/StructElem/S/P/Ref[5 0 R]>>')],
    ['an opening page elsewhere', objects('<</OpenAction 8 0 R>>', '8 0 obj<</S/GoTo/D[3 0 R/Fit]>>')],
    ['links by a click', objects('<</Subtype/Link/A 8 0 R>>', '8 0 obj<</S/URI/URI(www.example.vn)>>')],
  ])('with %s is taken', async (_, bytes) => {
    expect(await verdict(bytes)).toBe('pdf')
  })
})
