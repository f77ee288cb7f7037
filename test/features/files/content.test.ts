import { strToU8, zlibSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { DomainError } from '../../../src/errors.ts'
import { memorySource } from '../../../src/features/files/bytes.ts'
import { checkDocument } from '../../../src/features/files/content.ts'
import {
  doc,
  docx,
  external,
  OFFICE,
  odf,
  ole,
  pdf,
  ppt,
  pptx,
  relationships,
  xlsx,
  zipOf,
} from '../../support/office-files.ts'

async function verdict(bytes: Uint8Array, name = 'bai.docx'): Promise<string> {
  try {
    return await checkDocument(memorySource(bytes), name)
  } catch (error) {
    if (error instanceof DomainError) return error.detail ?? error.code
    throw error
  }
}

const rels = (...lines: string[]) => ({ 'word/_rels/document.xml.rels': relationships(...lines) })
const WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const SCRIPT = 'xmlns:s="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
const DRAW = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
const XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
const BEGIN = '<q:fldChar q:fldCharType="begin"/>'
const other = (inside: string) =>
  docx({
    'word/footnotes.xml': `<q:x xmlns:q="http://schemas.openxmlformats.org/wordprocessingml/2006/main">${inside}</q:x>`,
  })
const field = (...pieces: string[]) =>
  other(
    `${BEGIN}${pieces.map((text) => `<q:r><q:instrText>${text}</q:instrText></q:r>`).join('')}<q:fldChar q:fldCharType="end"/>`,
  )
const odt = (inside: string) =>
  odf('odt', { 'content.xml': `<x xmlns:d="d" xmlns:t="t" xmlns:l="http://www.w3.org/1999/xlink">${inside}</x>` })
/** One object in a stream of objects, found at `offset` of it. */
function packedPdf(object: string, offset = 0): Uint8Array {
  const header = `7 ${offset} `
  const packed = zlibSync(strToU8(header + object))
  return pdf({
    object: `<</Type/ObjStm/N 1/First ${header.length}/Length ${packed.length}/Filter/FlateDecode>>\nstream\n${String.fromCharCode(...packed)}\nendstream`,
  })
}
const zeros = (mb: number) => new Uint8Array(mb * 1024 * 1024)

describe('what is taken, by its content', () => {
  it.each([
    ['a Word document', docx(), 'docx'],
    ['a presentation', pptx(), 'pptx'],
    ['a PDF', pdf(), 'pdf'],
    ['an OpenDocument text', odf('odt'), 'odt'],
    ['an OpenDocument presentation', odf('odp'), 'odp'],
    ['an old Word document', doc(), 'doc'],
    ['an old presentation', ppt(), 'ppt'],
    ['a Word document with links to click', docx(rels(external('hyperlink', 'https://example.vn/'))), 'docx'],
    [
      'a Word document that names its template on the author’s disk',
      docx(rels(external('attachedTemplate', 'file:///C:\\Users\\a\\Normal.dotm'))),
      'docx',
    ],
    [
      'a PDF with a plain link',
      pdf({ object: '<</Subtype/Link/A<</S/URI/URI(https://example.vn/JavaScript/Launch)>>>>' }),
      'pdf',
    ],
    ['a PDF that speaks of scripts in a string', pdf({ object: '<</Title(ve /JavaScript /AA)>>' }), 'pdf'],
    ['a PDF that opens at a page', pdf({ object: '<</OpenAction<</S/GoTo/D[3 0 R/Fit]>>>>' }), 'pdf'],
    ['a PDF with packed objects', packedPdf('<</Type/Font/BaseFont/A>>'), 'pdf'],
    ['a Word document with fields of page numbers', field('PAGE \\\\* MERGEFORMAT'), 'docx'],
    ['a Word document with a link of a field', field('HYPERLINK "https://example.vn/" \\\\o "link"'), 'docx'],
    [
      'an OpenDocument text with links and pictures',
      odt('<t:a l:href="https://example.vn/"/><t:a l:href="#a"/><d:image l:href="Pictures/a.png"/>'),
      'odt',
    ],
    ['a presentation with a chart’s sheet', pptx({ 'ppt/embeddings/Microsoft_Excel_Sheet1.xlsx': xlsx() }), 'pptx'],
    [
      'a presentation with a gzipped picture',
      pptx({ 'ppt/media/image1.emz': new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3]) }),
      'pptx',
    ],
    [
      'a document with a formula of MathType',
      docx({ 'word/embeddings/oleObject1.bin': ole([{ name: 'Equation Native' }]) }),
      'docx',
    ],
    ['a document whose picture unfolds a hundredfold', docx({ 'word/media/image1.bmp': zeros(15) }), 'docx'],
  ])('takes %s', async (_, bytes, kind) => {
    expect(await verdict(bytes)).toBe(kind)
  })

  it('goes by the content where the name says something else', async () => {
    expect(await verdict(pdf(), 'bai.docx')).toBe('pdf')
    expect(await verdict(docx(), 'bai.pdf')).toBe('docx')
  })
})

describe('what is refused, and in which words', () => {
  it.each([
    ['nothing', new Uint8Array(), 'file_empty'],
    ['a text', strToU8('Kính gửi các đồng chí'), 'file_disguised_or_format'],
    ['a page named as a document', strToU8('<!doctype html><script>alert(1)</script>'), 'file_disguised'],
    ['a drawing that runs', strToU8('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 'file_disguised'],
    ['a program named as a document', strToU8('MZ\x90\0\x03', true), 'file_disguised'],
    ['a picture named as a document', strToU8('\x89PNG\r\n\x1a\n', true), 'file_disguised'],
    ['a sheet', xlsx(), 'file_format'],
    ['a zip of texts', zipOf({ 'a.txt': 'a' }), 'file_format'],
    ['a page with a PDF behind it', strToU8(`<html>${String.fromCharCode(...pdf())}`, true), 'file_disguised'],

    ['half a PDF', pdf().subarray(0, 200), 'file_damaged'],
    ['an encrypted PDF', pdf({ trailer: '/Encrypt 9 0 R' }), 'file_encrypted'],
    ['an encrypted PDF, its dictionary in place', pdf({ trailer: '/Encrypt<</Filter/Standard>>' }), 'file_encrypted'],
    ['an encrypted PDF of many megabytes', pdf({ trailer: '/Encrypt 9 0 R', padding: 3_000_000 }), 'file_encrypted'],
    ['a PDF that runs a script', pdf({ object: '<< /S /JavaScript /JS (app.alert(1)) >>' }), 'file_script'],
    ['a PDF that starts a program', pdf({ object: '<< /S /Launch /F (cmd.exe) >>' }), 'file_active'],

    ['half a Word document', docx().subarray(0, 400), 'file_damaged'],
    [
      'a Word document behind something else',
      new Uint8Array([...strToU8('PK\x03\x04junk'), ...docx()]),
      'file_damaged',
    ],
    ['a Word document with something behind it', new Uint8Array([...docx(), 1, 2, 3]), 'file_damaged'],
    ['macros', docx({ 'word/vbaProject.bin': ole([]) }), 'file_macros'],
    [
      'macros by their type alone',
      docx({
        '[Content_Types].xml':
          '<Types><Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>',
      }),
      'file_macros',
    ],
    ['a control that runs', docx({ 'word/activeX/activeX1.xml': '<x/>' }), 'file_active'],
    [
      'a template from the web',
      docx(rels(external('attachedTemplate', 'http://evil.example/t.dotm'))),
      'file_external',
    ],
    [
      'a template from another machine',
      docx(rels(external('attachedTemplate', 'file://server/t.dotm'))),
      'file_external',
    ],
    ['an object from the web', docx(rels(external('oleObject', 'https://evil.example/o'))), 'file_external'],
    ['a picture from the web', docx(rels(external('image', 'https://evil.example/i.png'))), 'file_external'],
    ['a link to a script', docx(rels(external('hyperlink', 'javascript:alert(1)'))), 'file_external'],
    [
      'a template behind character references',
      docx(
        rels(`<Relationship Id="r" Type="${OFFICE}/attachedTemplate" Target="http://e/" TargetMode="&#69;xternal"/>`),
      ),
      'file_external',
    ],
    [
      'a template in a relationship of UTF-16',
      docx({
        'word/_rels/document.xml.rels': utf16(relationships(external('frame', 'http://e/')).replace('UTF-8', 'UTF-16')),
      }),
      'file_external',
    ],
    [
      'relationships with entities',
      docx({ 'word/_rels/document.xml.rels': `<!DOCTYPE x [<!ENTITY e "External">]>${relationships()}` }),
      'file_doctype',
    ],
    [
      'a DDE field cut into runs',
      docx({
        'word/document.xml': `<w:document ${WORD}><w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\\\x</w:instrText></w:document>`,
      }),
      'file_active',
    ],
    ['an archive inside', docx({ 'word/media/a.png': zipOf({ 'x.txt': 'x' }) }), 'file_embedded'],
    [
      'a sheet inside a sheet inside',
      pptx({ 'ppt/embeddings/s.xlsx': xlsx({ 'xl/embeddings/t.xlsx': xlsx() }) }),
      'file_embedded',
    ],
    [
      'macros in a chart’s sheet',
      pptx({ 'ppt/embeddings/s.xlsx': xlsx({ 'xl/vbaProject.bin': ole([]) }) }),
      'file_macros',
    ],
    ['another archive inside', docx({ 'word/media/a.png': strToU8('Rar!\x1a\x07', true) }), 'file_embedded'],
    ['a picture that a field fetches', field('INCLUDEPICTURE "http://e/i.png"'), 'file_external'],
    ['a text that a field fetches, cut into runs', field('INCLU', 'DETEXT "http://e/t"'), 'file_external'],
    ['a linked object', field('LINK Excel.Sheet.8 "c:\\\\a.xls"'), 'file_external'],
    ['a DDE field under another prefix', other('<q:fldSimple q:instr=" ddeauto c:\\\\x "/>'), 'file_active'],
    [
      'a field whose name another field makes',
      other(`${BEGIN}${BEGIN}<q:instrText>QUOTE 68</q:instrText>`),
      'file_active',
    ],
    ['a link of a field to another machine', field('HYPERLINK "\\\\\\\\evil\\\\a"'), 'file_external'],
    ['a foreign part', docx(rels(`<Relationship Id="r" Type="${OFFICE}/aFChunk" Target="a.mht"/>`)), 'file_embedded'],
    ['a foreign part by its element', other('<q:altChunk/>'), 'file_embedded'],
    ['a document below', other('<q:subDoc/>'), 'file_external'],
    ['a link to a file', docx(rels(external('hyperlink', 'file:///c:/a.exe'))), 'file_external'],
    ['a link to another machine', docx(rels(external('hyperlink', '\\\\evil\\a'))), 'file_external'],
    ['a picture drawn from elsewhere', other('<imagedata src="//evil/i.png"/>'), 'file_external'],
    [
      'a part in UTF-16 that fetches',
      docx({ 'word/document.xml': utf16(`<w:document ${WORD}><w:subDoc/></w:document>`) }),
      'file_external',
    ],
    [
      'a part under a name of no XML',
      docx({ 'word/hidden.dat': `<w:document ${WORD}><w:subDoc/></w:document>` }),
      'file_external',
    ],
    [
      'a document type in a Word part',
      docx({ 'word/document.xml': '<!DOCTYPE a [<!ENTITY e SYSTEM "http://e/">]><a>&e;</a>' }),
      'file_doctype',
    ],
    [
      'a part in another encoding',
      docx({ 'word/document.xml': '<?xml version="1.0" encoding="windows-1258"?><a/>' }),
      'file_damaged',
    ],
    ['a part that is not well-formed', docx({ 'word/document.xml': '<a><b></a>' }), 'file_damaged'],
    [
      'a slide that starts a program',
      pptx({ 'ppt/slides/s.xml': '<a><hlinkClick action="ppaction://program"/></a>' }),
      'file_active',
    ],
    ['an OpenDocument link in single quotes', odt("<d:image l:href='https://e/i.png'/>"), 'file_external'],
    ['an OpenDocument link by entities', odt('<d:image l:href="&#104;ttps://e/i.png"/>'), 'file_external'],
    [
      'an OpenDocument link in UTF-16',
      odf('odt', { 'content.xml': utf16(`<x xmlns:l="http://www.w3.org/1999/xlink" l:href="ftp://e/"/>`) }),
      'file_external',
    ],
    ['an OpenDocument picture outside the package', odt('<d:image l:href="../i.png"/>'), 'file_external'],
    ['an OpenDocument link to a file', odt('<t:a l:href="file:///etc/passwd"/>'), 'file_external'],
    ['an OpenDocument link to a macro', odt('<t:a l:href="vnd.sun.star.script:a"/>'), 'file_macros'],
    [
      'an OpenDocument document type',
      odf('odt', { 'styles.xml': '<!DOCTYPE a SYSTEM "http://e/"><a/>' }),
      'file_doctype',
    ],
    ['an OpenDocument DDE link', odt('<t:dde-connection-decl/>'), 'file_active'],
    ['a PDF script by signs', pdf({ object: '<</S/J#61vaScript/JS(1)>>' }), 'file_script'],
    ['a PDF script behind a comment', pdf({ object: '<</S%c\n/JavaScript/JS(1)>>' }), 'file_script'],
    ['a PDF script in a stream of objects', packedPdf('<</S/JavaScript/JS(1)>>'), 'file_script'],
    ['a PDF script in a string of a stream of objects', packedPdf('(<</S/JavaScript/JS(1)>>)', 1), 'file_script'],
    [
      'a PDF script inside a string that is an object',
      pdf({ object: '(9 0 obj <</S/JavaScript>> endobj)' }),
      'file_script',
    ],
    ['a PDF that sends a form', pdf({ object: '<</S/SubmitForm/F(http://e/)>>' }), 'file_active'],
    ['a PDF that imports', pdf({ object: '<</S/ImportData>>' }), 'file_active'],
    ['a PDF with a form of XML', pdf({ object: '<</Fields[]/XFA 4 0 R>>' }), 'file_active'],
    ['a PDF page that acts', pdf({ object: '<</Type/Page/AA<</O 9 0 R>>>>' }), 'file_active'],
    [
      'a PDF that opens an address',
      pdf({ object: '<</OpenAction 9 0 R>>\nendobj\n9 0 obj<</S/URI/URI(http://e/)>>' }),
      'file_active',
    ],
    ['a PDF that holds a file', pdf({ object: '<</Type/EmbeddedFile>>' }), 'file_embedded'],
    ['a PDF that leads to another', pdf({ object: '<</S/GoToR/F(\\\\\\\\evil\\\\a)>>' }), 'file_external'],
    ['a PDF stream of another file', pdf({ object: '<</Length 0/F(//evil/a)>>\nstream\nendstream' }), 'file_external'],
    ['a PDF link to a file', pdf({ object: '<</S/URI/URI(file:///c:/a)>>' }), 'file_external'],
    [
      'an old Word document that fetches a picture',
      doc([{ name: '0Table' }], 0, '\x13 INCLUDEPICTURE "http://e" \x14'),
      'file_external',
    ],
    ['an old Word document that starts a program', doc([], 0, '\x13DDEAUTO c:\\x \x14'), 'file_active'],
    ['an old Word document with a control', doc([{ name: '\x03OCXNAME' }]), 'file_active'],
    ['an old Word document with a linked object', doc([{ name: '\x03LINKINFO' }]), 'file_external'],
    [
      'an old presentation with a control',
      ppt([], undefined, new Uint8Array([0x0f, 0, 0xee, 0x0f, 0, 0, 0, 0])),
      'file_active',
    ],
    [
      'an old presentation with a linked object',
      ppt([], undefined, new Uint8Array([0x0f, 0, 0xce, 0x0f, 0, 0, 0, 0])),
      'file_external',
    ],
    ['a program inside', docx({ 'word/media/a.png': strToU8(`MZ${'\0'.repeat(60)}`, true) }), 'file_embedded'],
    ['a program by its name', docx({ 'word/media/a.exe': 'x' }), 'file_embedded'],
    [
      'a packed file inside',
      docx({ 'word/embeddings/oleObject1.bin': ole([{ name: '\x01Ole10Native' }]) }),
      'file_embedded',
    ],
    [
      'a formula of the faulty editor',
      docx({ 'word/embeddings/oleObject1.bin': ole([], EQUATION_3) }),
      'file_embedded',
    ],
    ['a name that leads out', docx({ '../../etc/passwd': 'x' }), 'file_damaged'],
    ['a bomb', docx({ 'word/media/a.bmp': zeros(300) }), 'file_bomb'],
    ['a bomb by its ratio', docx({ 'word/media/a.bmp': zeros(40) }), 'file_bomb'],
    ['an entry that says it is small', lying(docx({ 'word/media/a.bmp': zeros(5) })), 'file_bomb'],

    [
      'a Word document behind a password',
      ole([{ name: 'EncryptedPackage' }, { name: 'EncryptionInfo' }]),
      'file_encrypted',
    ],
    ['an old Word document behind a password', doc([], 1), 'file_encrypted'],
    [
      'an old Word document with macros',
      doc([
        { name: 'Macros', storage: true },
        { name: 'VBA', storage: true },
      ]),
      'file_macros',
    ],
    ['an old Word document with a packed file', doc([{ name: '\x01Ole10Native' }]), 'file_embedded'],
    ['an old sheet', ole([{ name: 'Workbook' }]), 'file_format'],
    ['an old presentation behind a password', ppt([], 0xf3d1c4df), 'file_encrypted'],
    ['an old presentation with macros', ppt([], undefined, PPT_WITH_MACROS), 'file_macros'],
    ['a container whose directory loops', looping(doc()), 'file_damaged'],

    ['an OpenDocument text behind a password', odf('odt', {}, '<manifest:encryption-data/>'), 'file_encrypted'],
    ['an OpenDocument text with macros', odf('odt', { 'Basic/Standard/Module1.xml': '<x/>' }), 'file_macros'],
    [
      'an OpenDocument text that reacts to being opened',
      odf('odt', { 'content.xml': `<x ${SCRIPT}><s:event-listener/></x>` }),
      'file_macros',
    ],
    [
      'an OpenDocument text with a picture from the web',
      odf('odt', {
        'content.xml': `<x ${DRAW} ${XLINK}><draw:image xlink:type="simple" xlink:href="https://e/i.png"/></x>`,
      }),
      'file_external',
    ],
    [
      'an OpenDocument sheet',
      zipOf({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<x/>' }, ['mimetype']),
      'file_format',
    ],
  ])('refuses %s', async (_, bytes, code) => {
    expect(await verdict(bytes, code === 'file_disguised_or_format' ? 'bai.txt' : 'bai.docx')).toBe(
      code === 'file_disguised_or_format' ? 'file_format' : code,
    )
  })

  it('counts what an entry gives, and stops early, whatever the directory says', async () => {
    const bomb = memorySource(docx({ 'word/media/a.bmp': zeros(300) }))
    let fed = 0
    const watched = {
      size: bomb.size,
      read: (start: number, length: number) => {
        // What is inflated is read in pieces of this size.
        if (length === 8192) fed += length
        return bomb.read(start, length)
      },
    }
    await expect(checkDocument(watched, 'bai.docx')).rejects.toMatchObject({ detail: 'file_bomb' })
    expect(fed).toBeGreaterThan(0)
    expect(fed).toBeLessThan(bomb.size / 2)
  })
})

const EQUATION_3 = new Uint8Array([0x02, 0xce, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46])
const PPT_WITH_MACROS = new Uint8Array([
  0x0f, 0, 0xff, 3, 0x14, 0, 0, 0, 2, 0, 0, 4, 0x0c, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0,
])

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 + text.length * 2)
  bytes.set([0xff, 0xfe])
  for (let i = 0; i < text.length; i++) new DataView(bytes.buffer).setUint16(2 + i * 2, text.charCodeAt(i), true)
  return bytes
}

/** The last entry of the central directory says that it unfolds to 100 bytes. */
function lying(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  const text = Buffer.from(copy).toString('latin1')
  new DataView(copy.buffer).setUint32(text.lastIndexOf('PK\x01\x02') + 24, 100, true)
  return copy
}

/** The sector of the directory is followed by itself. */
function looping(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  const directory = view.getUint32(48, true)
  const table = view.getUint32(76, true)
  view.setUint32(512 * (table + 1) + directory * 4, directory, true)
  return copy
}
