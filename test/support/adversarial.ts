import { strToU8 } from 'fflate'
import { docx, odf, ole, pdf } from './office-files.ts'

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const word = (inside: string) => docx({ 'word/document.xml': `<w:document ${W}>${inside}</w:document>` })
const times = (text: string, n: number) => text.repeat(Math.max(1, Math.floor(n / text.length)))

/** A zip entry whose deflated bytes end at once, with `n` bytes behind their end. */
function behindTheEnd(n: number): Uint8Array {
  const bytes = docx({ 'word/media/a.bin': noise(n) })
  const name = strToU8('word/media/a.bin')
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0x50 || !name.every((byte, i) => bytes[at + 30 + i] === byte)) continue
    // One stored block, the last, of no bytes.
    bytes.set([1, 0, 0, 0xff, 0xff], at + 30 + name.length)
    break
  }
  return bytes
}

/** Bytes that do not shrink. */
function noise(n: number): Uint8Array {
  const bytes = new Uint8Array(n)
  let x = 1
  for (let i = 0; i < n; i++) {
    x = (x * 1103515245 + 12345) & 0x7fffffff
    bytes[i] = x >>> 16
  }
  return bytes
}

/** Documents of about `n` bytes unfolded that a reader with one careless loop would take very long over. */
export const adversarial: Record<string, (n: number) => Uint8Array> = {
  'fields without an end': (n) => docx({ 'word/document.xml': times('<w:instrText ', n) }),
  'a relationship of one word': (n) => docx({ 'word/_rels/document.xml.rels': `<Relationship ${'a'.repeat(n)}>` }),
  'elements within each other': (n) => word(times('<w:p>', n)),
  'paragraphs within each other, closed': (n) => word(times('<w:p>'.repeat(900) + '</w:p>'.repeat(900), n)),
  'prefixes declared again and again': (n) => word(times('<a:b xmlns:a="u"/>', n)),
  'attributes without number': (n) => word(`<w:p ${Array.from({ length: n / 12 }, (_, i) => `a${i}=""`).join(' ')}/>`),
  'nested tables': (n) =>
    word(times(`${'<w:tbl><w:tr><w:tc>'.repeat(200)}<w:p/>${'</w:tc></w:tr></w:tbl>'.repeat(200)}`, n)),
  entities: (n) => word(`<w:t>${times('&#x26;', n)}</w:t>`),
  'a comment of dashes': (n) => word(`<!--${times('- ', n)}-->`),
  'a document type of entities': (n) =>
    docx({ 'word/document.xml': `<!DOCTYPE a [${times('<!ENTITY a "b">', n)}]><a/>` }),
  'fields in fields': (n) => word(times('<w:fldChar w:fldCharType="begin"/><w:instrText>IF </w:instrText>', n)),
  'one instruction in pieces': (n) => word(times('<w:instrText>DD</w:instrText>', n)),
  styles: (n) =>
    docx({
      'word/styles.xml': `<w:styles ${W}>${times('<w:style w:styleId="a"><w:name w:val="b"/></w:style>', n)}</w:styles>`,
    }),
  'links in OpenDocument': (n) =>
    odf('odt', { 'content.xml': `<x xmlns:l="http://www.w3.org/1999/xlink">${times('<a l:href="#b"/>', n)}</x>` }),
  'bytes behind an entry’s end': behindTheEnd,
  'PDF strings within each other': (n) => pdf({ object: times('(', n) }),
  'PDF objects within strings': (n) => pdf({ object: times('1 0 obj (', n) }),
  'PDF dictionaries within each other': (n) => pdf({ object: times('<<', n) }),
  'PDF names of signs': (n) => pdf({ object: `/${times('#4a', n)}` }),
  'PDF comments': (n) => pdf({ object: times('%', n) }),
  'PDF blanks before R': (n) => pdf({ object: `<</A 1${' '.repeat(n)}0 R>>` }),
  'an instruction of texts': (n) => word(`<w:fldChar w:fldCharType="begin"/>${times('<w:t>IF </w:t>', n)}`),
  'an instruction of blanks': (n) => word(`<w:fldChar w:fldCharType="begin"/>${times('<w:t> </w:t>', n)}`),
  'fields in fields, with much between': (n) =>
    word(
      times(
        `<w:fldChar w:fldCharType="begin"/><w:t>IF ${'a'.repeat(4000)}</w:t><w:fldChar w:fldCharType="begin"/><w:fldChar w:fldCharType="end"/><w:fldChar w:fldCharType="end"/>`,
        n,
      ),
    ),
  'links of many words': (n) => word(times(`<w:fldSimple w:instr="HYPERLINK ${'a '.repeat(1500)}"/>`, n)),
  'links of backslashes': (n) => word(times(`<w:fldSimple w:instr='HYPERLINK "${'\\'.repeat(2000)}'/>`, n)),
  'addresses in OpenDocument': (n) => odf('odt', { 'content.xml': `<x xml:base="${'a '.repeat(n / 2)}"/>` }),
  'folders above in OpenDocument': (n) => odf('odt', { 'content.xml': `<x xml:base="${'./'.repeat(n / 2)}"/>` }),
  'PDF objects that stand for each other': (n) =>
    pdf({ object: Array.from({ length: n / 24 }, (_, i) => `${i + 9} 0 obj ${i + 10} 0 R`).join('\nendobj\n') }),
  'PDF addresses': (n) => pdf({ object: times('<</URI(\xfe\xff\0h\0t\0t\0p)>> ', n) }),
  'OLE links': (n) =>
    ole([
      {
        name: 'WordDocument',
        content: strToU8(`\xec\xa5${'\0'.repeat(20)}${times('\x13HYPERLINK "a" \x14', n / 5)}`, true),
      },
    ]),
  'OLE fields behind blanks': (n) =>
    ole([
      {
        name: 'WordDocument',
        content: strToU8(`\xec\xa5${'\0'.repeat(20)}${times(`\x13${' '.repeat(1000)}A`, n / 5)}`, true),
      },
    ]),
  'OLE fields': (n) =>
    ole([
      {
        name: 'WordDocument',
        content: strToU8(`\xec\xa5${'\0'.repeat(20)}${times('\x13 A', n / 5)}`, true),
      },
    ]),
}
