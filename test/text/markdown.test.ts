import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blocksText, renderMarkdown, safeAddress } from '../../src/text/markdown.ts'

const html = (source: string) => renderMarkdown(source).join('')

describe('what an editor may write', () => {
  it.each([
    ['paragraphs', 'Một.\n\nHai.', '<p>Một.</p><p>Hai.</p>'],
    ['a line break within one', 'Một\nhai', '<p>Một<br>hai</p>'],
    [
      'headings of two levels',
      '# Một\n\n## Hai\n\n### Ba\n\n##### Năm',
      '<h2>Một</h2><h2>Hai</h2><h3>Ba</h3><h3>Năm</h3>',
    ],
    ['bold and italic', '**đậm** và *nghiêng*', '<p><strong>đậm</strong> và <em>nghiêng</em></p>'],
    [
      'lists',
      '- một\n- hai\n\n3. ba\n4. bốn',
      '<ul><li>một</li><li>hai</li></ul><ol start="3"><li>ba</li><li>bốn</li></ol>',
    ],
    ['links', '[trang](https://hoithao.example/s/a)', '<p><a href="https://hoithao.example/s/a">trang</a></p>'],
    ['a quotation', '> Lời nói.', '<blockquote><p>Lời nói.</p></blockquote>'],
    [
      'a quotation with its speaker',
      '> “Phải làm ngay.”\n> — Đồng chí Lê Văn Mẫu, Bí thư',
      '<figure class="quote"><blockquote><p>“Phải làm ngay.”</p></blockquote><figcaption>Đồng chí Lê Văn Mẫu, Bí thư</figcaption></figure>',
    ],
    [
      'a speaker in a paragraph of their own',
      '> Một.\n>\n> Hai.\n>\n> – Lê Văn Mẫu',
      '<figure class="quote"><blockquote><p>Một.</p><p>Hai.</p></blockquote><figcaption>Lê Văn Mẫu</figcaption></figure>',
    ],
    [
      'a table',
      '| Năm | Số |\n|---|---:|\n| 2020 | 7.480 |',
      '<div class="scroll"><table><thead><tr><th scope="col">Năm</th><th scope="col" class="r">Số</th></tr></thead><tbody><tr><td>2020</td><td class="r">7.480</td></tr></tbody></table></div>',
    ],
    ['paragraphs indented as in letters', '      Theo báo cáo, kết quả tốt.', '<p>Theo báo cáo, kết quả tốt.</p>'],
    ['an ampersand as typed', 'A & B &amp; C', '<p>A &amp; B &amp;amp; C</p>'],
  ])('%s', (_, source, expected) => {
    expect(html(source)).toBe(expected)
  })

  it.each([
    ['HTML', '<b>đậm</b> <script>alert(1)</script>'],
    ['a block of HTML', '<div onclick="x()">\n\nnội dung\n\n</div>'],
    ['code', '`mã`\n\n```\nmã\n```'],
    ['pictures', '![ảnh](https://x.example/a.png)'],
    ['a comment', '<!-- ghi chú -->'],
  ])('prints %s as text', (_, source) => {
    expect(html(source)).not.toMatch(/<(?!\/?(p|br)\b)/)
    expect(html(source)).not.toContain('src=')
  })

  it('gives each block by itself, so that photos can stand between', () => {
    expect(renderMarkdown('Một.\n\n## Hai\n\n- ba\n- bốn\n\nNăm.')).toHaveLength(4)
  })
})

describe('addresses of links', () => {
  it.each([
    'https://a.example/?q=1&b=2',
    'http://a.example',
    'mailto:a@b.example',
    'tel:+84203000000',
    '/s/hoi-thao',
    '#muc',
  ])('takes %s', (address) => {
    expect(safeAddress(address)).toBe(address)
  })
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '//evil.example',
    '/\\evil.example',
    ' javascript:x',
    'java\tscript:x',
    'file:///etc/passwd',
    'https://',
    'ftp://a.example',
  ])('refuses %s', (address) => {
    expect(safeAddress(address)).toBeUndefined()
  })
})

const ALLOWED =
  /^<(?:\/?(?:p|h2|h3|blockquote|figcaption|ul|li|strong|em|table|thead|tbody|tr|th|td|a|ol|div)|br|ol start="\d+"|th scope="col"(?: class="r")?|td class="r"|figure class="quote"|\/figure|div class="scroll"|a href="(?:https?:\/\/|mailto:|tel:|\/(?!\/)|#)[^"<>]*")>$/i

describe('whatever is typed', () => {
  const hostile = fc.stringMatching(/^[<>"'&`[\]()!#*_\-|\\\n\r\t =:/.a-z0-9đệ@\u0000\u2028]{0,200}$/)
  const mixed = fc
    .array(
      fc.oneof(
        hostile,
        fc.string(),
        fc.constantFrom(
          '<script>',
          '</p>',
          '[x](javascript:alert(1))',
          '<img src=x onerror=alert(1)>',
          '](',
          '<a href="javascript:x">',
          '> ',
          '\n\n',
          '<!--',
          '-->',
          '<![CDATA[',
          '&#x6a;avascript:',
          '![](',
          '<svg/onload=x>',
          '[x]: javascript:y\n[x]',
          '<https://a.example/"onmouseover=x>',
        ),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''))

  it('comes out as allowed elements and nothing else', () => {
    fc.assert(
      fc.property(mixed, (source) => {
        const out = html(source)
        for (const tag of out.match(/<[^>]*>?/g) ?? []) expect(tag).toMatch(ALLOWED)
        expect(out.replace(/<[^>]*>/g, '')).not.toMatch(/[<>]/)
      }),
      { numRuns: 2000 },
    )
  })

  it('opens and closes its elements in order', () => {
    fc.assert(
      fc.property(mixed, (source) => {
        const open: string[] = []
        for (const [, close, name] of html(source).matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
          if (name === 'br') continue
          if (close) expect(open.pop()).toBe(name)
          else open.push(name as string)
        }
        expect(open).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  it('keeps its words for excerpts', () => {
    expect(blocksText(renderMarkdown('## Đề mục\n\n**Đậm** & [trang](https://a.example)\n\n- một\n- hai'))).toBe(
      'Đề mục\nĐậm & trang\nmột hai',
    )
  })
})
