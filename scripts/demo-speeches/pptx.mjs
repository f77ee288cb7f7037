// Slides from a paper: its title, then one slide a section (ECMA-376 part 1, 19). One master with a theme of its own, two layouts.
import { CORE, CORE_RELATIONSHIP, contentTypes, core, escaped, OFFICE, relationships, XML } from './ooxml.mjs'

const P = 'http://schemas.openxmlformats.org/presentationml/2006/main'
const A = 'http://schemas.openxmlformats.org/drawingml/2006/main'
const TYPE = 'application/vnd.openxmlformats-officedocument.presentationml'
const SPACES = `xmlns:a="${A}" xmlns:r="${OFFICE}" xmlns:p="${P}"`
const W = 12192000
const H = 6858000

/** The parts of the slides of a text: see docx.mjs for its form. */
export function slides(text) {
  const pages = sections(text)
  const names = pages.map((_, i) => `slide${i + 1}.xml`)
  const layoutOf = (i) => (i === 0 ? 1 : 2)
  return {
    '[Content_Types].xml': contentTypes({
      '/ppt/presentation.xml': `${TYPE}.presentation.main+xml`,
      '/ppt/slideMasters/slideMaster1.xml': `${TYPE}.slideMaster+xml`,
      '/ppt/slideLayouts/slideLayout1.xml': `${TYPE}.slideLayout+xml`,
      '/ppt/slideLayouts/slideLayout2.xml': `${TYPE}.slideLayout+xml`,
      ...Object.fromEntries(names.map((name) => [`/ppt/slides/${name}`, `${TYPE}.slide+xml`])),
      '/ppt/theme/theme1.xml': 'application/vnd.openxmlformats-officedocument.theme+xml',
      '/docProps/core.xml': CORE,
    }),
    '_rels/.rels': relationships(
      ['rId1', 'officeDocument', 'ppt/presentation.xml'],
      ['rId2', CORE_RELATIONSHIP, 'docProps/core.xml'],
    ),
    'docProps/core.xml': core(text),
    'ppt/presentation.xml': `${XML}<p:presentation ${SPACES} saveSubsetFonts="1"><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst>${names.map((_, i) => `<p:sldId id="${256 + i}" r:id="rId${i + 3}"/>`).join('')}</p:sldIdLst><p:sldSz cx="${W}" cy="${H}"/><p:notesSz cx="${H}" cy="9144000"/></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': relationships(
      ['rId1', 'slideMaster', 'slideMasters/slideMaster1.xml'],
      ['rId2', 'theme', 'theme/theme1.xml'],
      ...names.map((name, i) => [`rId${i + 3}`, 'slide', `slides/${name}`]),
    ),
    'ppt/theme/theme1.xml': theme(),
    'ppt/slideMasters/slideMaster1.xml': master(),
    'ppt/slideMasters/_rels/slideMaster1.xml.rels': relationships(
      ['rId1', 'slideLayout', '../slideLayouts/slideLayout1.xml'],
      ['rId2', 'slideLayout', '../slideLayouts/slideLayout2.xml'],
      ['rId3', 'theme', '../theme/theme1.xml'],
    ),
    ...Object.fromEntries(
      [1, 2].flatMap((n) => [
        [`ppt/slideLayouts/slideLayout${n}.xml`, layout(n)],
        [
          `ppt/slideLayouts/_rels/slideLayout${n}.xml.rels`,
          relationships(['rId1', 'slideMaster', '../slideMasters/slideMaster1.xml']),
        ],
      ]),
    ),
    ...Object.fromEntries(
      pages.flatMap((page, i) => [
        [`ppt/slides/${names[i]}`, slide(page, i === 0)],
        [
          `ppt/slides/_rels/${names[i]}.rels`,
          relationships(['rId1', 'slideLayout', `../slideLayouts/slideLayout${layoutOf(i)}.xml`]),
        ],
      ]),
    ),
  }
}

/** A title slide, then a slide a heading: its items, or the first sentence of each paragraph. */
function sections({ title, unit, blocks }) {
  const pages = [{ title, lines: [unit, 'Tài liệu minh họa'] }]
  let open
  for (const { kind, text } of blocks) {
    if (kind === 'heading') pages.push((open = { title: text, lines: [] }))
    else if (open && open.lines.length < 5 && !/^Trên đây|^Xin trân trọng/.test(text))
      open.lines.push(kind === 'item' ? text : `${text.split(/(?<=\.)\s/)[0]}`)
  }
  return pages
}

const frame = (x, y, cx, cy) => `<a:xfrm><a:off x="${x}" y="${y}"/><a:ext cx="${cx}" cy="${cy}"/></a:xfrm>`
const TREE =
  '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'

function shape(id, name, place, at, lines) {
  const paragraphs = lines.map((line) => `<a:p><a:r><a:rPr lang="vi-VN"/><a:t>${escaped(line)}</a:t></a:r></a:p>`)
  return `<p:sp><p:nvSpPr><p:cNvPr id="${id}" name="${name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph ${place}/></p:nvPr></p:nvSpPr><p:spPr>${at}</p:spPr><p:txBody><a:bodyPr/><a:lstStyle/>${paragraphs.join('')}</p:txBody></p:sp>`
}

function slide({ title, lines }, isFirst) {
  const shapes = isFirst
    ? shape(2, 'Title', 'type="ctrTitle"', '', [title]) + shape(3, 'Subtitle', 'type="subTitle" idx="1"', '', lines)
    : shape(2, 'Title', 'type="title"', '', [title]) + shape(3, 'Content', 'idx="1"', '', lines)
  return `${XML}<p:sld ${SPACES}><p:cSld><p:spTree>${TREE}${shapes}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>`
}

const TITLE_AT = frame(838200, 457200, 10515600, 1143000)
const BODY_AT = frame(838200, 1752600, 10515600, 4419600)

function layout(n) {
  const shapes =
    n === 1
      ? shape(2, 'Title', 'type="ctrTitle"', frame(838200, 1524000, 10515600, 2286000), ['Tiêu đề']) +
        shape(3, 'Subtitle', 'type="subTitle" idx="1"', frame(838200, 3962400, 10515600, 1371600), ['Đơn vị'])
      : shape(2, 'Title', 'type="title"', TITLE_AT, ['Tiêu đề']) + shape(3, 'Content', 'idx="1"', BODY_AT, ['Nội dung'])
  return `${XML}<p:sldLayout ${SPACES} type="${n === 1 ? 'title' : 'obj'}" preserve="1"><p:cSld name="${n === 1 ? 'Title Slide' : 'Title and Content'}"><p:spTree>${TREE}${shapes}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>`
}

function master() {
  const level = (n, size) =>
    `<a:lvl${n}pPr marL="${n === 1 ? 342900 : 742950}" indent="-285750"><a:spcBef><a:spcPts val="900"/></a:spcBef><a:buFont typeface="Arial"/><a:buChar char="–"/><a:defRPr sz="${size}"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mn-lt"/></a:defRPr></a:lvl${n}pPr>`
  return `${XML}<p:sldMaster ${SPACES}><p:cSld><p:bg><p:bgRef idx="1001"><a:schemeClr val="bg1"/></p:bgRef></p:bg><p:spTree>${TREE}${shape(2, 'Title', 'type="title"', TITLE_AT, ['Tiêu đề'])}${shape(3, 'Text', 'type="body" idx="1"', BODY_AT, ['Nội dung'])}</p:spTree></p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/><p:sldLayoutId id="2147483650" r:id="rId2"/></p:sldLayoutIdLst><p:txStyles><p:titleStyle><a:lvl1pPr><a:defRPr sz="3200" b="1"><a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:latin typeface="+mj-lt"/></a:defRPr></a:lvl1pPr></p:titleStyle><p:bodyStyle>${level(1, 2000)}${level(2, 1800)}</p:bodyStyle><p:otherStyle><a:lvl1pPr><a:defRPr/></a:lvl1pPr></p:otherStyle></p:txStyles></p:sldMaster>`
}

function theme() {
  const colour = (name, value) => `<a:${name}><a:srgbClr val="${value}"/></a:${name}>`
  const fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
  const line = `<a:ln w="9525">${fill}</a:ln>`
  const effect = '<a:effectStyle><a:effectLst/></a:effectStyle>'
  const font = (name) =>
    `<a:${name}><a:latin typeface="Times New Roman"/><a:ea typeface=""/><a:cs typeface=""/></a:${name}>`
  const colours = [
    ['dk1', '26221E'],
    ['lt1', 'FFFFFF'],
    ['dk2', '57493F'],
    ['lt2', 'F7F5F1'],
    ['accent1', '93292C'],
    ['accent2', 'B98A3A'],
    ['accent3', '4E7A5B'],
    ['accent4', '57493F'],
    ['accent5', '8B7F73'],
    ['accent6', 'C9AB88'],
    ['hlink', '93292C'],
    ['folHlink', '57493F'],
  ]
  return `${XML}<a:theme xmlns:a="${A}" name="Hội thảo"><a:themeElements><a:clrScheme name="Hội thảo">${colours.map(([n, v]) => colour(n, v)).join('')}</a:clrScheme><a:fontScheme name="Hội thảo">${font('majorFont')}${font('minorFont')}</a:fontScheme><a:fmtScheme name="Hội thảo"><a:fillStyleLst>${fill.repeat(3)}</a:fillStyleLst><a:lnStyleLst>${line.repeat(3)}</a:lnStyleLst><a:effectStyleLst>${effect.repeat(3)}</a:effectStyleLst><a:bgFillStyleLst>${fill.repeat(3)}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>`
}
