import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import {
  optionalEmail,
  optionalLine,
  optionalText,
  requiredEmail,
  requiredLine,
  requiredText,
} from '../../src/text/fields.ts'

/** The cleaned value, or the codes of what was refused. */
function read(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value)
  return result.success ? result.data : { codes: result.error.issues.map((issue) => issue.message) }
}

describe('fields of a form or body', () => {
  it.each([
    [requiredLine(5), '  a\u0302 b ', 'â b'],
    [requiredLine(5), ' ', { codes: ['required'] }],
    [requiredLine(5), undefined, { codes: ['required'] }],
    [requiredLine(5), 'abcdef', { codes: ['too_long'] }],
    [requiredLine(5), 'a\r\nb', { codes: ['control_character'] }],
    [optionalLine(5), undefined, null],
    [optionalLine(5), ' ', null],
    [optionalLine(5), 'a\u0000', { codes: ['control_character'] }],
    [optionalLine(5), 'abcdef', { codes: ['too_long'] }],
    [requiredText(9), ' a\r\nb ', 'a\nb'],
    [requiredText(9), '\n', { codes: ['required'] }],
    [optionalText(9), null, null],
    [optionalText(9), 'a\nb', 'a\nb'],
    [optionalText(2), 'a\nb', { codes: ['too_long'] }],
    [requiredEmail(), ' Ba.Nguyen@thanhuy.example ', 'Ba.Nguyen@thanhuy.example'],
    [requiredEmail(), '', { codes: ['required'] }],
    [requiredEmail(), 'nobody', { codes: ['email'] }],
    [requiredEmail(), 'a@b.vn\r\nBcc: c@d.vn', { codes: ['control_character'] }],
    [requiredEmail(), 'a@b.vn, c@d.vn', { codes: ['email'] }],
    [requiredEmail(), `${'a'.repeat(250)}@b.vn`, { codes: ['too_long'] }],
    [optionalEmail(), '', null],
    [optionalEmail(), 'a@b.vn', 'a@b.vn'],
    [optionalEmail(), 'a@b', { codes: ['email'] }],
  ])('reads %# cleaned, or names what is wrong by a stable code', (schema, value, expected) => {
    expect(read(schema, value)).toEqual(expected)
  })
})
