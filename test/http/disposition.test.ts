import { expect, it } from 'vitest'
import { dispositionName } from '../../src/http/disposition.ts'

/** A header as it reaches us: UTF-8, byte by byte. */
const bytes = (text: string) => String.fromCharCode(...new TextEncoder().encode(text))

it.each([
  ['in quotes', 'attachment; filename="Bai phat bieu.pdf"', 'Bai phat bieu.pdf'],
  ['as a word', 'attachment;filename=bai.pdf; size=3', 'bai.pdf'],
  ['with quotes inside', 'attachment; filename="a \\"b\\" ; c.pdf"', 'a "b" ; c.pdf'],
  ['encoded', "attachment; filename*=UTF-8''B%C3%A0i%20ph%C3%A1t.pdf", 'Bài phát.pdf'],
  ['encoded, before the other one', 'attachment; filename="x.pdf"; filename*=utf-8\'vi\'B%c3%a0i.pdf', 'Bài.pdf'],
  ['in ISO-8859-1', "inline; filename*=iso-8859-1''d%E9j%E0.pdf", 'déjà.pdf'],
  ['in bytes of UTF-8', bytes('attachment; filename="Tham luận.pdf"'), 'Tham luận.pdf'],
  ['in bytes of Latin 1', 'attachment; filename="d\xe9j\xe0.pdf"', 'd\xe9j\xe0.pdf'],
  ['in an unknown encoding, with another', "attachment; filename*=koi8-r''x; FileName=a.pdf", 'a.pdf'],
  ['the first of two', 'attachment; filename=a.pdf; filename=b.pdf', 'a.pdf'],
  ['of a broken escape', "attachment; filename*=UTF-8''%zz.pdf", '%zz.pdf'],
  ['nowhere', 'attachment', undefined],
  ['empty', 'attachment; filename=""', undefined],
  ['in no such header', '', undefined],
])('reads a name %s', (_, header, name) => {
  expect(dispositionName(header)).toBe(name)
})
