import { strToU8, type Zippable, zipSync } from 'fflate'

type Parts = Record<string, string | Uint8Array>

const CONTENT = 'http://schemas.openxmlformats.org/package/2006/content-types'
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships'
export const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const MAIN = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml',
}

/** A zip of parts, in order; deflated but for those named in `stored`. */
export function zipOf(parts: Parts, stored: string[] = []): Uint8Array {
  const files: Zippable = {}
  for (const [name, content] of Object.entries(parts)) {
    files[name] = [
      typeof content === 'string' ? strToU8(content) : content,
      { level: stored.includes(name) ? 0 : 6, mtime: '2026-01-01' },
    ]
  }
  return zipSync(files)
}

export function relationships(...lines: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="${RELATIONS}">${lines.join('')}</Relationships>`
}

export function external(type: string, target: string): string {
  return `<Relationship Id="rId9" Type="${OFFICE}/${type}" Target="${target}" TargetMode="External"/>`
}

function officeParts(kind: keyof typeof MAIN, body: string): Parts {
  const folder = { docx: 'word', pptx: 'ppt', xlsx: 'xl' }[kind]
  const main = { docx: 'document.xml', pptx: 'presentation.xml', xlsx: 'workbook.xml' }[kind]
  return {
    '[Content_Types].xml': `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="${CONTENT}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/${folder}/${main}" ContentType="${MAIN[kind]}"/></Types>`,
    '_rels/.rels': relationships(
      `<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="${folder}/${main}"/>`,
    ),
    [`${folder}/${main}`]: body,
  }
}

const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'

/** A small Word document that Word opens; `extra` adds or replaces parts. */
export function docx(extra: Parts = {}, text = 'Kính thưa các đồng chí.'): Uint8Array {
  const body = `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="${WORD}"><w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body></w:document>`
  return zipOf({ ...officeParts('docx', body), ...extra })
}

/** A presentation with no slides; `extra` adds or replaces parts. */
export function pptx(extra: Parts = {}): Uint8Array {
  const body = `<?xml version="1.0" encoding="UTF-8"?><p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>`
  return zipOf({ ...officeParts('pptx', body), ...extra })
}

export function xlsx(extra: Parts = {}): Uint8Array {
  const body = `<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>`
  return zipOf({ ...officeParts('xlsx', body), ...extra })
}

/** An OpenDocument text, or presentation. */
export function odf(kind: 'odt' | 'odp' = 'odt', extra: Parts = {}, manifestInside = ''): Uint8Array {
  const type = `application/vnd.oasis.opendocument.${kind === 'odt' ? 'text' : 'presentation'}`
  return zipOf(
    {
      mimetype: type,
      'META-INF/manifest.xml': `<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="${type}">${manifestInside}</manifest:file-entry></manifest:manifest>`,
      'content.xml': `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>`,
      ...extra,
    },
    ['mimetype'],
  )
}

/** A one-page PDF with its cross-reference table; `trailer` and `object` add to its trailer and objects. */
export function pdf(options: { trailer?: string; object?: string; padding?: number } = {}): Uint8Array {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
    ...(options.object ? [options.object] : []),
    ...(options.padding ? [`<< /Length ${options.padding} >>\nstream\n${'x'.repeat(options.padding)}\nendstream`] : []),
  ]
  let text = '%PDF-1.7\n'
  const offsets = objects.map((object, i) => {
    const at = text.length
    text += `${i + 1} 0 obj\n${object}\nendobj\n`
    return at
  })
  const start = text.length
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}`
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${options.trailer ?? ''} >>\nstartxref\n${start}\n%%EOF\n`
  return strToU8(text, true)
}

/**
 * A compound file of version 3 whose streams all lie in whole sectors: each is padded to 4,096 bytes. Storages are the
 * names without content.
 */
export function ole(
  entries: { name: string; content?: Uint8Array; storage?: boolean; small?: Uint8Array }[],
  rootClass?: Uint8Array,
): Uint8Array {
  const sectors: Uint8Array[] = []
  const fat: number[] = []
  const END = 0xfffffffe
  const add = (bytes: Uint8Array): number => {
    const first = sectors.length
    const count = Math.ceil(bytes.length / 512)
    for (let i = 0; i < count; i++) {
      const sector = new Uint8Array(512)
      sector.set(bytes.subarray(i * 512, (i + 1) * 512))
      sectors.push(sector)
      fat.push(i === count - 1 ? END : first + i + 1)
    }
    return first
  }
  const mini = new Uint8Array(512)
  let miniUsed = 0
  const directory = new Uint8Array(Math.ceil((entries.length + 1) / 4) * 512)
  const view = new DataView(directory.buffer)
  const entry = (index: number, name: string, type: number, start: number, size: number) => {
    const at = index * 128
    for (let i = 0; i < name.length; i++) view.setUint16(at + i * 2, name.charCodeAt(i), true)
    view.setUint16(at + 64, (name.length + 1) * 2, true)
    directory[at + 66] = type
    for (const offset of [68, 72, 76]) view.setUint32(at + offset, 0xffffffff, true)
    view.setUint32(at + 116, start, true)
    view.setUint32(at + 120, size, true)
  }
  for (const [i, { name, content, storage, small }] of entries.entries()) {
    if (storage) {
      entry(i + 1, name, 1, 0, 0)
      continue
    }
    if (small) {
      const start = miniUsed / 64
      mini.set(small, miniUsed)
      miniUsed += Math.ceil(small.length / 64) * 64
      entry(i + 1, name, 2, start, small.length)
      continue
    }
    const padded = new Uint8Array(Math.max(4096, content?.length ?? 0))
    padded.set(content ?? new Uint8Array())
    entry(i + 1, name, 2, add(padded), padded.length)
  }
  const miniStart = add(mini)
  entry(0, 'Root Entry', 5, miniStart, miniUsed)
  if (rootClass) directory.set(rootClass, 80)
  const directoryStart = add(directory)
  const table = new Uint8Array(512).fill(0xff)
  const tableAt = sectors.length
  fat.push(0xfffffffd)
  for (const [i, next] of fat.entries()) new DataView(table.buffer).setUint32(i * 4, next, true)
  sectors.push(table)
  const header = new Uint8Array(512)
  header.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
  const head = new DataView(header.buffer)
  head.setUint16(24, 0x3e, true)
  head.setUint16(26, 3, true)
  head.setUint16(28, 0xfffe, true)
  head.setUint16(30, 9, true)
  head.setUint16(32, 6, true)
  head.setUint32(44, 1, true)
  head.setUint32(48, directoryStart, true)
  head.setUint32(56, 4096, true)
  head.setUint32(60, END, true)
  head.setUint32(68, END, true)
  for (let i = 0; i < 109; i++) head.setUint32(76 + i * 4, i === 0 ? tableAt : 0xffffffff, true)
  const whole = new Uint8Array(512 * (sectors.length + 1))
  whole.set(header)
  for (const [i, sector] of sectors.entries()) whole.set(sector, 512 * (i + 1))
  return whole
}

/** A Word document of before 2007; `flags` is the byte that says whether it is encrypted. */
export function doc(extra: Parameters<typeof ole>[0] = [], flags = 0, text = ''): Uint8Array {
  return ole([
    {
      name: 'WordDocument',
      content: new Uint8Array([0xec, 0xa5, 0xc1, 0, 0, 0, 0, 0, 0, 0, 0, flags, ...strToU8(text, true)]),
    },
    { name: '1Table' },
    ...extra,
  ])
}

/** A PowerPoint document of before 2007; `token` is the header token of its user. */
export function ppt(extra: Parameters<typeof ole>[0] = [], token = 0xe391c05f, body = new Uint8Array()): Uint8Array {
  const user = new Uint8Array(40)
  new DataView(user.buffer).setUint32(12, token, true)
  return ole([{ name: 'Current User', small: user }, { name: 'PowerPoint Document', content: body }, ...extra])
}
