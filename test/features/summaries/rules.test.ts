import { describe, expect, it } from 'vitest'
import { generateLead } from '../../../src/features/summaries/rules.ts'
import { type LeadFacts, leadFacts } from '../../../src/features/summaries/schema.ts'

/** The workshop of 16/11/2023 as its portal printed it; the fifth group carries the colon of the text. */
const seed: LeadFacts = {
  locale: 'vi',
  honorific: 'comrade',
  kind: 'hoi_thao',
  titlePhrase:
    'Hội thảo chuyên đề “Tăng cường sự lãnh đạo của Đảng đối với công tác phát triển đảng viên trong tình hình mới”',
  host: 'Ban Thường vụ Thành uỷ Uông Bí',
  cohosts: [],
  chairs: [
    { name: 'Nguyễn Chiến Thắng', positions: ['Phó Bí thư Thường trực Thành ủy'] },
    { name: 'Nguyễn Văn Bích', positions: ['Uỷ viên BTV', 'Trưởng Ban Tổ chức Thành ủy'] },
    {
      name: 'Hoàng Quốc Trung',
      positions: ['Uỷ viên BTV', 'Trưởng Ban Tuyên giáo Thành ủy', 'Giám đốc Trung tâm Chính trị thành phố'],
    },
  ],
  superiors: [],
  groups: [
    { text: 'lãnh đạo HĐND, UBND thành phố', separator: '; ' },
    { text: 'lãnh đạo các Ban Xây dựng Đảng, Văn phòng Thành ủy', separator: '; ' },
    { text: 'Trung tâm Chính trị thành phố', separator: '; ' },
    { text: 'Khối MTTQ và các tổ chức chính trị - xã hội', separator: '; ' },
    { text: 'Bí thư, Phó Bí thư các chi, đảng bộ cơ sở', separator: ': ' },
    { text: 'Bí thư chi bộ các thôn, khu dân cư', separator: '; ' },
    { text: 'Bí thư các chi bộ trực thuộc Đảng bộ kinh tế tư nhân', separator: '.' },
  ],
  startsLocal: '2023-11-16T14:00:00',
  endsLocal: '2023-11-16T17:00:00',
  publishedOn: '2023-11-17',
}

const P1 =
  'Chiều 16/11, Ban Thường vụ Thành uỷ Uông Bí tổ chức Hội thảo chuyên đề “Tăng cường sự lãnh đạo của Đảng đối với công tác phát triển đảng viên trong tình hình mới”. Các đồng chí: Nguyễn Chiến Thắng, Phó Bí thư Thường trực Thành ủy; Nguyễn Văn Bích, Uỷ viên BTV, Trưởng Ban Tổ chức Thành ủy; Hoàng Quốc Trung, Uỷ viên BTV, Trưởng Ban Tuyên giáo Thành ủy, Giám đốc Trung tâm Chính trị thành phố đồng chủ trì.'
const P2 =
  'Tham dự có lãnh đạo HĐND, UBND thành phố; lãnh đạo các Ban Xây dựng Đảng, Văn phòng Thành ủy; Trung tâm Chính trị thành phố; Khối MTTQ và các tổ chức chính trị - xã hội; Bí thư, Phó Bí thư các chi, đảng bộ cơ sở: Bí thư chi bộ các thôn, khu dân cư; Bí thư các chi bộ trực thuộc Đảng bộ kinh tế tư nhân.'

/** A short workshop, so that one rule shows at a time. */
const short: LeadFacts = {
  ...seed,
  titlePhrase: 'Hội thảo “Đổi mới”',
  host: 'Thành ủy Minh Hà',
  chairs: [{ name: 'Lê Văn Mẫu', positions: ['Bí thư Thành ủy'] }],
  groups: [{ text: 'lãnh đạo UBND' }, { text: 'Bí thư các chi bộ' }],
}

const shortEnglish: LeadFacts = {
  ...short,
  locale: 'en',
  titlePhrase: 'Thematic workshop “Renewal”',
  host: 'the Minh Hà City Party Committee',
  chairs: [{ name: 'Lê Văn Mẫu', positions: ['Secretary of the City Party Committee'] }],
  groups: [{ text: 'leaders of the People’s Committee' }, { text: 'secretaries of Party cells' }],
}

const lead = (facts: LeadFacts) => generateLead(leadFacts.parse(facts)).paragraphs
const times = (startsLocal: string | null, endsLocal: string | null, publishedOn = '2023-12-31') => ({
  startsLocal,
  endsLocal,
  publishedOn,
})
const person = (name: string, gender?: 'male' | 'female') => ({ name, positions: ['Phó Bí thư'], gender })

describe('the lead of the workshop of 16/11/2023', () => {
  it('comes out byte for byte as it was printed', () => {
    expect(lead(seed)).toEqual([P1, P2])
  })

  it('writes a semicolon after each group that names no separator of its own', () => {
    const groups = seed.groups.map(({ text }) => ({ text }))
    expect(lead({ ...seed, groups })[1]).toBe(P2.replace('cơ sở: Bí thư', 'cơ sở; Bí thư'))
  })
})

describe('when, in Vietnamese', () => {
  it.each([
    ['in the morning', times('2023-11-16T08:00', '2023-11-16T11:30'), 'Sáng 16/11, '],
    ['until noon and lunch', times('2023-11-16T07:30', '2023-11-16T13:30'), 'Sáng 16/11, '],
    ['from 11:59', times('2023-11-16T11:59', '2023-11-16T14:00'), 'Sáng 16/11, '],
    ['from noon', times('2023-11-16T12:00', '2023-11-16T14:00'), 'Chiều 16/11, '],
    ['until late, from the afternoon', times('2023-11-16T13:30', '2023-11-16T20:30'), 'Chiều 16/11, '],
    ['from 17:59', times('2023-11-16T17:59', '2023-11-16T20:00'), 'Chiều 16/11, '],
    ['from 18:00', times('2023-11-16T18:00', '2023-11-16T20:00'), 'Tối 16/11, '],
    ['past midnight', times('2023-11-16T20:00', '2023-11-17T00:30'), 'Tối 16/11, '],
    ['on a full day', times('2023-11-16T08:00', '2023-11-16T16:30'), 'Ngày 16/11, '],
    ['for six hours from morning to afternoon', times('2023-11-16T08:00', '2023-11-16T14:00'), 'Ngày 16/11, '],
    ['without leading zeros', times('2023-02-05T08:00', '2023-02-05T11:00'), 'Sáng 5/2, '],
    ['for two days', times('2023-11-16T08:00', '2023-11-17T11:30'), 'Trong 2 ngày 16 và 17/11, '],
    ['for more days', times('2023-11-16T14:00', '2023-11-18T11:30'), 'Trong 3 ngày, từ 16 đến 18/11, '],
    ['for two days over a month’s end', times('2023-11-30T08:00', '2023-12-01T11:30'), 'Trong 2 ngày 30/11 và 1/12, '],
    ['for more over it', times('2023-11-29T08:00', '2023-12-01T11:30'), 'Trong 3 ngày, từ 29/11 đến 1/12, '],
    [
      'over a year’s end',
      times('2023-12-30T08:00', '2024-01-02T11:30', '2024-01-02'),
      'Từ ngày 30/12/2023 đến 2/1/2024, ',
    ],
    [
      'on New Year’s Eve and Day',
      times('2023-12-31T08:00', '2024-01-01T11:30', '2024-01-02'),
      'Từ ngày 31/12/2023 đến 1/1/2024, ',
    ],
    ['a year before', times('2023-11-16T14:00', '2023-11-16T17:00', '2024-01-03'), 'Chiều 16/11/2023, '],
    [
      'two days a year before',
      times('2023-11-16T08:00', '2023-11-17T11:00', '2024-01-03'),
      'Trong 2 ngày 16 và 17/11/2023, ',
    ],
    [
      'more days a year before',
      times('2023-11-16T08:00', '2023-11-18T11:00', '2024-01-03'),
      'Trong 3 ngày, từ 16 đến 18/11/2023, ',
    ],
    [
      'over a month’s end a year before',
      times('2023-11-30T08:00', '2023-12-01T11:00', '2024-01-03'),
      'Trong 2 ngày 30/11 và 1/12/2023, ',
    ],
    [
      'more days over a month’s end a year before',
      times('2023-11-29T08:00', '2023-12-01T11:00', '2024-01-03'),
      'Trong 3 ngày, từ 29/11 đến 1/12/2023, ',
    ],
    [
      'on the last day of February',
      times('2024-02-29T08:00', '2024-03-01T11:00', '2024-03-02'),
      'Trong 2 ngày 29/2 và 1/3, ',
    ],
    ['until the last midnight', times('2023-11-16T08:00', '2023-11-18T00:00'), 'Trong 2 ngày 16 và 17/11, '],
    ['with no end yet', times('2023-11-16T14:00', null), 'Chiều 16/11, '],
    ['with no date yet', times(null, null), ''],
  ])('%s', (_, when, opening) => {
    expect(lead({ ...short, ...when })[0]).toBe(
      `${opening}Thành ủy Minh Hà tổ chức Hội thảo “Đổi mới”. Đồng chí Lê Văn Mẫu, Bí thư Thành ủy chủ trì.`,
    )
  })

  it('begins with a capital where no date stands before the host', () => {
    const facts = { ...short, ...times(null, null), host: 'trường Đại học Mẫu', chairs: [] }
    expect(lead(facts)[0]).toBe('Trường Đại học Mẫu tổ chức Hội thảo “Đổi mới”.')
  })
})

describe('who, in Vietnamese', () => {
  it.each([
    [['Sở Nội vụ'], 'Thành ủy Minh Hà phối hợp với Sở Nội vụ tổ chức Hội thảo “Đổi mới”.'],
    [['Sở A', 'Sở B'], 'Thành ủy Minh Hà phối hợp với Sở A, Sở B tổ chức Hội thảo “Đổi mới”.'],
    [['Ban A, B', 'Sở C'], 'Thành ủy Minh Hà phối hợp với Ban A, B; Sở C tổ chức Hội thảo “Đổi mới”.'],
  ])('names the co-hosts %j', (cohosts, expected) => {
    expect(lead({ ...short, cohosts, chairs: [] })[0]).toBe(`Chiều 16/11, ${expected}`)
  })

  it.each([
    ['comrade', [person('A', 'male')], 'Đồng chí A, Phó Bí thư chủ trì.'],
    ['comrade', [person('A'), person('B')], 'Các đồng chí: A, Phó Bí thư; B, Phó Bí thư đồng chủ trì.'],
    ['neutral', [person('A', 'male')], 'Ông A, Phó Bí thư chủ trì.'],
    ['neutral', [person('A', 'female')], 'Bà A, Phó Bí thư chủ trì.'],
    ['neutral', [person('A')], 'Ông/bà A, Phó Bí thư chủ trì.'],
    ['neutral', [person('A', 'male'), person('B', 'male')], 'Các ông: A, Phó Bí thư; B, Phó Bí thư đồng chủ trì.'],
    ['neutral', [person('A', 'female'), person('B', 'female')], 'Các bà: A, Phó Bí thư; B, Phó Bí thư đồng chủ trì.'],
    ['neutral', [person('A', 'male'), person('B')], 'Các ông, bà: A, Phó Bí thư; B, Phó Bí thư đồng chủ trì.'],
    ['neutral', [person('A'), person('B')], 'Các ông, bà: A, Phó Bí thư; B, Phó Bí thư đồng chủ trì.'],
    ['academic', [person('A', 'male')], 'Thầy A, Phó Bí thư chủ trì.'],
    ['academic', [person('A', 'female')], 'Cô A, Phó Bí thư chủ trì.'],
    ['academic', [person('A')], 'Thầy/cô A, Phó Bí thư chủ trì.'],
    [
      'academic',
      [person('A', 'male'), person('B', 'female')],
      'Các thầy, cô: A, Phó Bí thư; B, Phó Bí thư đồng chủ trì.',
    ],
    ['comrade', [{ name: 'A', positions: [] }], 'Đồng chí A chủ trì.'],
    [
      'comrade',
      [
        {
          name: 'A',
          positions: [
            { title: 'Uỷ viên BTV', unit: 'Thành ủy' },
            { title: 'Trưởng Ban Tổ chức', unit: 'Thành ủy' },
          ],
        },
      ],
      'Đồng chí A, Uỷ viên BTV, Trưởng Ban Tổ chức Thành ủy chủ trì.',
    ],
  ] as [LeadFacts['honorific'], LeadFacts['chairs'], string][])(
    'names the chairs (%s)',
    (honorific, chairs, expected) => {
      expect(lead({ ...short, honorific, chairs })[0]).toBe(
        `Chiều 16/11, Thành ủy Minh Hà tổ chức Hội thảo “Đổi mới”. ${expected}`,
      )
    },
  )

  it('says nothing of chairs where none is named', () => {
    expect(lead({ ...short, chairs: [] })[0]).toBe('Chiều 16/11, Thành ủy Minh Hà tổ chức Hội thảo “Đổi mới”.')
  })

  it.each([
    ['hoi_thao', [person('X')], 'Dự và chỉ đạo hội thảo có đồng chí X, Phó Bí thư.'],
    ['hoi_nghi', [person('X')], 'Dự và chỉ đạo hội nghị có đồng chí X, Phó Bí thư.'],
    ['toa_dam', [person('X'), person('Y')], 'Dự và chỉ đạo tọa đàm có các đồng chí: X, Phó Bí thư; Y, Phó Bí thư.'],
  ] as [LeadFacts['kind'], LeadFacts['chairs'], string][])(
    'names superiors before the groups, which then open with Cùng dự có (%s)',
    (kind, superiors, expected) => {
      expect(lead({ ...short, kind, superiors }).slice(1)).toEqual([
        expected,
        'Cùng dự có lãnh đạo UBND; Bí thư các chi bộ.',
      ])
    },
  )

  it('never writes “và” before the last of people, co-hosts or groups', () => {
    const two = [person('A'), person('B')]
    const text = lead({ ...short, cohosts: ['Sở A', 'Sở B'], chairs: two, superiors: two }).join(' ')
    expect(text.replace('Dự và chỉ đạo', '')).not.toContain(' và ')
  })

  it('writes the kind with a capital in the title and small later', () => {
    const text = lead({ ...short, superiors: [person('X')] })
    expect(text[0]).toContain('tổ chức Hội thảo “Đổi mới”')
    expect(text[1]).toContain('chỉ đạo hội thảo có')
  })

  it('puts commas between one person’s positions and semicolons between persons', () => {
    const chairs = [
      { name: 'A', positions: ['Bí thư', 'Chủ tịch HĐND'] },
      { name: 'B', positions: ['Phó Bí thư'] },
    ]
    expect(lead({ ...short, chairs })[0]).toContain(
      'Các đồng chí: A, Bí thư, Chủ tịch HĐND; B, Phó Bí thư đồng chủ trì.',
    )
  })

  it('writes no second paragraph without groups', () => {
    expect(lead({ ...short, groups: [] })).toHaveLength(1)
    expect(lead({ ...short, groups: [], superiors: [person('X')] })).toHaveLength(2)
  })

  it.each([
    [[{ text: 'a', separator: ':' }, { text: 'b' }], 'Tham dự có a: b.'],
    [
      [
        { text: 'a', separator: '.' },
        { text: 'b', separator: '; ' },
      ],
      'Tham dự có a; b.',
    ],
    [
      [
        { text: 'a', separator: '' },
        { text: 'b', separator: null },
      ],
      'Tham dự có a; b.',
    ],
    [[{ text: 'a', separator: ' và ' }, { text: 'b…' }], 'Tham dự có a và b…'],
  ])('keeps a separator of the group’s own within the list: %j', (groups, expected) => {
    expect(lead({ ...short, groups })[1]).toBe(expected)
  })
})

describe('in English', () => {
  it('writes what, when, by whom and who chaired; then who attended', () => {
    expect(lead(shortEnglish)).toEqual([
      'On the afternoon of 16 November, the Minh Hà City Party Committee held the thematic workshop “Renewal”. The workshop was chaired by Lê Văn Mẫu, Secretary of the City Party Committee.',
      'Those attending included leaders of the People’s Committee and secretaries of Party cells.',
    ])
  })

  it.each([
    [times('2023-11-16T08:00', '2023-11-16T11:30'), 'On the morning of 16 November, the'],
    [times('2023-11-16T18:00', '2023-11-16T20:00'), 'On the evening of 16 November, the'],
    [times('2023-11-16T08:00', '2023-11-16T16:30'), 'On 16 November, the'],
    [times('2023-11-16T08:00', '2023-11-17T11:30'), 'On 16 and 17 November, the'],
    [times('2023-11-16T08:00', '2023-11-18T11:30'), 'From 16 to 18 November, the'],
    [times('2023-11-30T08:00', '2023-12-01T11:30'), 'On 30 November and 1 December, the'],
    [times('2023-11-29T08:00', '2023-12-01T11:30'), 'From 29 November to 1 December, the'],
    [times('2023-12-30T08:00', '2024-01-02T11:30', '2024-01-02'), 'From 30 December 2023 to 2 January 2024, the'],
    [times('2023-11-16T14:00', '2023-11-16T17:00', '2024-01-03'), 'On the afternoon of 16 November 2023, the'],
    [times('2023-11-16T08:00', '2023-11-17T17:00', '2024-01-03'), 'On 16 and 17 November 2023, the'],
    [times('2023-11-16T08:00', '2023-11-18T11:30', '2024-01-03'), 'From 16 to 18 November 2023, the'],
    [times('2023-11-30T08:00', '2023-12-01T11:30', '2024-01-03'), 'On 30 November and 1 December 2023, the'],
    [times('2023-02-05T11:59', '2023-02-05T14:00'), 'On the morning of 5 February, the'],
    [times('2023-02-05T12:00', '2023-02-05T14:00'), 'On the afternoon of 5 February, the'],
    [times('2023-02-05T17:59', '2023-02-05T20:00'), 'On the afternoon of 5 February, the'],
    [times(null, null), 'The'],
  ])('says when: %j', (when, opening) => {
    expect(lead({ ...shortEnglish, ...when })[0]).toMatch(
      new RegExp(`^${opening} Minh Hà City Party Committee held the thematic workshop “Renewal”\\.`),
    )
  })

  it('names several chairs, co-hosts, superiors and groups as English does', () => {
    const facts: LeadFacts = {
      ...shortEnglish,
      kind: 'hoi_nghi',
      titlePhrase: 'The 3rd conference “Renewal”',
      cohosts: ['the Department of Home Affairs', 'Mẫu University'],
      chairs: [
        { name: 'A', positions: ['Secretary'] },
        { name: 'B', positions: ['Deputy Secretary', 'Chair of the People’s Council'] },
        { name: 'C', positions: [] },
      ],
      superiors: [{ name: 'X', positions: ['Secretary of the Provincial Party Committee'] }],
      groups: [{ text: 'leaders of the Council, the Committee' }, { text: 'teachers' }, { text: 'students' }],
    }
    expect(lead(facts)).toEqual([
      'On the afternoon of 16 November, the Minh Hà City Party Committee, in coordination with the Department of Home Affairs and Mẫu University, held the 3rd conference “Renewal”. The conference was co-chaired by A, Secretary; B, Deputy Secretary, Chair of the People’s Council; and C.',
      'Attending the conference and giving guidance was X, Secretary of the Provincial Party Committee.',
      'Also attending were leaders of the Council, the Committee; teachers; and students.',
    ])
    expect(lead({ ...facts, superiors: [person('X'), person('Y')] })[1]).toBe(
      'Attending the conference and giving guidance were X, Phó Bí thư; and Y, Phó Bí thư.',
    )
  })

  it('names a unit that two positions share once, last, and no honorific', () => {
    const chairs = [
      {
        name: 'A',
        gender: 'female' as const,
        positions: [
          { title: 'Member', unit: 'of the Standing Committee' },
          { title: 'Head', unit: 'of the Standing Committee' },
        ],
      },
    ]
    for (const honorific of ['comrade', 'neutral', 'academic'] as const)
      expect(lead({ ...shortEnglish, honorific, chairs })[0]).toMatch(
        / The workshop was chaired by A, Member, Head of the Standing Committee\.$/,
      )
  })

  it('writes no second paragraph without groups, and one co-host without a list', () => {
    expect(lead({ ...shortEnglish, groups: [], cohosts: ['Mẫu University'] })).toEqual([
      expect.stringContaining(', in coordination with Mẫu University, held the thematic workshop'),
    ])
  })

  it('keeps separators of the groups’ own and titles in quotation marks', () => {
    const groups = [{ text: 'secretaries', separator: ': ' }, { text: 'of cells' }, { text: 'of committees' }]
    const facts = { ...shortEnglish, groups, titlePhrase: '“Renewal”', chairs: [] }
    expect(lead(facts)).toEqual([
      'On the afternoon of 16 November, the Minh Hà City Party Committee held “Renewal”.',
      'Those attending included secretaries: of cells; of committees.',
    ])
  })
})
