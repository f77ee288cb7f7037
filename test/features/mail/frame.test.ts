import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MailInput, renderMail } from '../../../src/features/mail/frame.tsx'
import { findMarks, linkMark } from '../../../src/features/mail/rules.ts'

const mark = linkMark('invitation', '0197f3a2-1111-7000-8000-000000000001', 1)
const input: MailInput = {
  locale: 'vi',
  organization: { name: 'Thành ủy Minh Hà', accentHue: 24 },
  salutation: ['Kính gửi đồng chí ', { strong: 'Trần Thị Thuỷ' }, ', Bí thư Chi bộ khu 4,'],
  paragraphs: ['Ban Thường vụ Thành ủy trân trọng kính mời đồng chí dự'],
  title: 'Hội thảo chuyên đề “Nâng cao chất lượng sinh hoạt chi bộ”',
  facts: [
    { label: 'Thời gian', value: [{ strong: '14 giờ 00, thứ Ba, ngày 15 tháng 12 năm 2026' }] },
    { label: 'Địa điểm', value: 'Hội trường Trung tâm Chính trị thành phố' },
  ],
  button: { label: 'Xác nhận tham dự', href: mark },
  small: ['Đầu mối: Văn phòng Thành ủy, 0203 000 000.'],
}

describe('a mail', () => {
  it('says the same in HTML and in plain text', () => {
    const { html, text } = renderMail(input)
    expect(text).toBe(
      [
        'Thành ủy Minh Hà',
        'Kính gửi đồng chí Trần Thị Thuỷ, Bí thư Chi bộ khu 4,',
        'Ban Thường vụ Thành ủy trân trọng kính mời đồng chí dự',
        'Hội thảo chuyên đề “Nâng cao chất lượng sinh hoạt chi bộ”',
        'Thời gian: 14 giờ 00, thứ Ba, ngày 15 tháng 12 năm 2026\nĐịa điểm: Hội trường Trung tâm Chính trị thành phố',
        `Xác nhận tham dự:\n${mark}`,
        'Đầu mối: Văn phòng Thành ủy, 0203 000 000.\n',
      ].join('\n\n'),
    )
    expect(html).toContain(`href="${mark}"`)
    expect(html).toContain('<b>Trần Thị Thuỷ</b>')
  })

  it('has one button, and no address where it has none', () => {
    expect(renderMail(input).html.match(/<a /g)).toHaveLength(1)
    expect(renderMail({ ...input, button: undefined }).html).not.toContain('<a ')
  })

  it('loads nothing from anywhere and runs nothing', () => {
    expect(renderMail(input).html).not.toMatch(/<(script|img|link|iframe)|url\(|@import|\son\w+=/i)
  })

  it('refuses a button that is neither a web address nor a mark', () => {
    for (const href of ['javascript:alert(1)', 'data:text/html,x', '/i/x', 'https://']) {
      expect(() => renderMail({ ...input, button: { label: 'x', href } })).toThrow()
    }
  })

  it('escapes every character of every text, and lets no text forge a link', () => {
    const parts = fc.string({
      unit: fc.oneof(
        fc.constantFrom('<', '>', '"', "'", '&', '⟦', '⟧', '\n', '</style>', '<b>', mark),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
      ),
      minLength: 1,
    })
    fc.assert(
      fc.property(parts, parts, parts, (a, b, c) => {
        const { html, text } = renderMail({
          ...input,
          organization: { name: a, accentHue: 200 },
          preview: b,
          salutation: [c, { strong: a }],
          paragraphs: [b, [c]],
          title: c,
          facts: [{ label: a, value: b }],
          after: [c],
          button: { label: a, href: mark },
          small: [b],
        })
        const own = renderMail({
          ...input,
          organization: { name: 'x', accentHue: 200 },
          preview: 'x',
          salutation: ['x', { strong: 'x' }],
          paragraphs: ['x', ['x']],
          title: 'x',
          facts: [{ label: 'x', value: 'x' }],
          after: ['x'],
          button: { label: 'x', href: mark },
          small: ['x'],
        }).html
        const tags = (s: string) => s.replace(/<br\/?>/g, '').match(/<[^>]*>/g)
        expect(tags(html)).toEqual(tags(own))
        expect(findMarks(html)).toHaveLength(1)
        expect(findMarks(text)).toHaveLength(1)
      }),
      { numRuns: 200 },
    )
  })
})
