// A Word document with real styles, a numbered list definition and a footer (ECMA-376 part 1, 17). Times New Roman 14 pt, A4 with
// the margins of official documents (Decree 30/2020, Annex I).
import { CORE, CORE_RELATIONSHIP, contentTypes, core, escaped, OFFICE, relationships, XML } from './ooxml.mjs'

const W = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'
const TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml'

const run = (text) => `<w:r><w:t xml:space="preserve">${escaped(text)}</w:t></w:r>`
const LISTED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
const paragraph = (style, text) =>
  `<w:p><w:pPr><w:pStyle w:val="${style}"/>${style === 'ListBullet' ? LISTED : ''}</w:pPr>${run(text)}</w:p>`
const STYLE = { heading: 'Heading2', paragraph: 'BodyText', item: 'ListBullet' }

/** The parts of a paper: `{ unit, kind, note, title, blocks: [{kind: 'heading'|'paragraph'|'item', text}] }`. */
export function wordDocument(text) {
  const body = [
    ...(text.note ? [paragraph('Note', text.note)] : []),
    paragraph('Unit', text.unit),
    paragraph('Subtitle', text.kind),
    paragraph('Title', text.title),
    ...text.blocks.map(({ kind, text: words }) => paragraph(STYLE[kind], words)),
  ]
  return {
    '[Content_Types].xml': contentTypes({
      '/word/document.xml': `${TYPE}.document.main+xml`,
      '/word/styles.xml': `${TYPE}.styles+xml`,
      '/word/numbering.xml': `${TYPE}.numbering+xml`,
      '/word/settings.xml': `${TYPE}.settings+xml`,
      '/word/footer1.xml': `${TYPE}.footer+xml`,
      '/docProps/core.xml': CORE,
    }),
    '_rels/.rels': relationships(
      ['rId1', 'officeDocument', 'word/document.xml'],
      ['rId2', CORE_RELATIONSHIP, 'docProps/core.xml'],
    ),
    'word/document.xml': `${XML}<w:document xmlns:w="${W}" xmlns:r="${OFFICE}"><w:body>${body.join('')}<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1021" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>`,
    'word/_rels/document.xml.rels': relationships(
      ['rId1', 'styles', 'styles.xml'],
      ['rId2', 'numbering', 'numbering.xml'],
      ['rId3', 'settings', 'settings.xml'],
      ['rId4', 'footer', 'footer1.xml'],
    ),
    'word/styles.xml': styles(),
    'word/numbering.xml': `${XML}<w:numbering xmlns:w="${W}"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="–"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="851" w:hanging="284"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`,
    'word/settings.xml': `${XML}<w:settings xmlns:w="${W}"><w:defaultTabStop w:val="567"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`,
    'word/footer1.xml': `${XML}<w:ftr xmlns:w="${W}"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>${run('Tài liệu minh họa của phần mềm Hội thảo')}</w:p></w:ftr>`,
    'docProps/core.xml': core(text),
  }
}

function styles() {
  const style = (id, name, paragraphs, runs = '', extra = '') =>
    `<w:style w:type="paragraph" w:styleId="${id}"${extra}><w:name w:val="${name}"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>${paragraphs}</w:pPr><w:rPr>${runs}</w:rPr></w:style>`
  const size = (half) => `<w:sz w:val="${half}"/><w:szCs w:val="${half}"/>`
  return `${XML}<w:styles xmlns:w="${W}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/>${size(28)}<w:lang w:val="vi-VN" w:eastAsia="en-US" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="288" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>${[
    style(
      'Note',
      'Note',
      '<w:pBdr><w:top w:val="single" w:sz="4" w:space="4" w:color="808080"/><w:left w:val="single" w:sz="4" w:space="4" w:color="808080"/><w:bottom w:val="single" w:sz="4" w:space="4" w:color="808080"/><w:right w:val="single" w:sz="4" w:space="4" w:color="808080"/></w:pBdr><w:spacing w:after="240"/>',
      `<w:i/>${size(24)}`,
    ),
    style('Unit', 'Unit', '<w:spacing w:after="240"/>', `<w:b/>${size(26)}`),
    style('Subtitle', 'Subtitle', '<w:spacing w:after="0"/><w:jc w:val="center"/>', `<w:b/>${size(28)}`),
    style(
      'Title',
      'Title',
      '<w:spacing w:after="360"/><w:jc w:val="center"/><w:outlineLvl w:val="0"/>',
      `<w:b/>${size(30)}`,
    ),
    style(
      'Heading2',
      'heading 2',
      '<w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="1"/>',
      '<w:b/>',
    ),
    style('BodyText', 'Body Text', '<w:ind w:firstLine="567"/><w:jc w:val="both"/>'),
    style('ListBullet', 'List Bullet', '<w:numPr><w:numId w:val="1"/></w:numPr><w:jc w:val="both"/>'),
    style('Footer', 'footer', '<w:spacing w:after="0"/><w:jc w:val="center"/>', `<w:i/>${size(20)}`),
  ].join('')}</w:styles>`
}
