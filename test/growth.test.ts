import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { decodeCursor } from '../src/db/cursor.ts'
import type { AppEnv } from '../src/env.ts'
import { checkCalendar } from '../src/features/calendar/check.ts'
import { hasPersonalLink, withAddresses, withoutPersonalLinks } from '../src/features/calendar/description.ts'
import { parseCalendar } from '../src/features/calendar/lines.ts'
import { readEvent } from '../src/features/calendar/read.ts'
import * as calendarText from '../src/features/calendar/text.ts'
import {
  peopleFilterSchema,
  personSchema,
  positionSchema,
  selectorSchema,
  unitSchema,
} from '../src/features/directory/schema.ts'
import { budgetFor } from '../src/features/files/budget.ts'
import { memorySource } from '../src/features/files/bytes.ts'
import { checkDocument } from '../src/features/files/content.ts'
import { readDocx } from '../src/features/files/docx.ts'
import { imageKind } from '../src/features/files/image.ts'
import { contentDisposition, displayName } from '../src/features/files/rules.ts'
import { answerInput, invitationFilter, inviteeInput, substituteInput } from '../src/features/invitations/schema.ts'
import { redactPath } from '../src/features/links/schema.ts'
import { readMail } from '../src/features/mail/mime.ts'
import { mailboxFilter, type OutgoingMail } from '../src/features/mail/schema.ts'
import { organizationSchema } from '../src/features/organizations/schema.ts'
import { changeInput, requestInput, returnInput } from '../src/features/presentations/schema.ts'
import {
  agendaItemInput,
  chairInput,
  delegationInput,
  noteInput,
  scheduleInput,
  seminarFilter,
  seminarInput,
} from '../src/features/seminars/schema.ts'
import { photoInput, splitLines, splitParagraphs, summaryInput } from '../src/features/summaries/schema.ts'
import { dispositionName } from '../src/http/disposition.ts'
import { readMetadata, wholeNumber } from '../src/http/tus-headers.ts'
import { composeMail } from '../src/platform/mime.ts'
import { curlLine } from '../src/text/curl.ts'
import { diffParagraphs, diffWords } from '../src/text/diff.ts'
import { escapeMarkup } from '../src/text/escape.ts'
import * as fields from '../src/text/fields.ts'
import * as folding from '../src/text/fold.ts'
import { excerpt, foundWords, highlight, searchWords } from '../src/text/highlight.ts'
import { blocksText, renderMarkdown, safeAddress } from '../src/text/markdown.ts'
import { quoted } from '../src/text/numbers.ts'
import { printedPositions } from '../src/text/positions.ts'
import { answerMailHtml } from '../src/web/components/mail-view.tsx'
import { readMultipart } from '../src/web/multipart.ts'
import { search } from '../src/web/public/finder.tsx'
import { fasterThanLinear } from './support/growth.ts'
import { doc, docx, external, odf, pdf, relationships } from './support/office-files.ts'

/** A body of a summary, a form, and all headers of a request (Node's own limit), at their largest. */
const BODY = 100_000
const FORM = 200_000
const HEADER = 16_000
/** Far more than any field of a name, a theme or a topic takes. */
const LINE = 4_000

/** A form in which every field holds the text. */
const filled = (text: string) => new Proxy({}, { get: (_, name) => (typeof name === 'string' ? text : undefined) })
const parse = (schema: z.ZodType) => (text: string) => void schema.safeParse(filled(text))
const field = (schema: z.ZodType) => (text: string) => void schema.safeParse(text)

async function parts(body: string, boundary = 'b'): Promise<void> {
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
  const request = new Request('http://a.example/', { method: 'POST', headers, body })
  try {
    for await (const part of readMultipart(request, { maxBytes: 10_000_000, maxParts: 40 }))
      for await (const _ of part.body);
  } catch {
    // Refused, as most of it is: what counts is how long that took.
  }
}
const refusable = (run: (text: string) => unknown) => (text: string) => {
  try {
    run(text)
  } catch {
    // As above.
  }
}
const bytes = (text: string) => new TextEncoder().encode(text)
const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
/** A document with the text in it, looked at as one that comes in and, where it is a .docx, read as words. */
const look =
  (make: (text: string) => Uint8Array, extension = 'docx') =>
  async (text: string) => {
    const document = make(text)
    const budget = () => budgetFor(document.byteLength)
    await checkDocument(memorySource(document), `a.${extension}`, budget()).catch(() => undefined)
    if (extension === 'docx') await readDocx(memorySource(document), budget()).catch(() => undefined)
  }
const office = { name: 'Văn phòng', address: 'a@b.example' }
const letter = (given: Partial<OutgoingMail>): OutgoingMail => ({
  messageId: '<a@b.example>',
  date: new Date(0),
  from: office,
  to: office,
  replyTo: null,
  subject: 'a',
  text: 'a',
  html: '<p>a</p>',
  headers: {},
  calendar: null,
  ...given,
})
const pageOf = (html: string) =>
  new Hono<AppEnv>().get('/', (c) => answerMailHtml(c, html, true)).request('http://a.example/')

const readers: Record<string, [number, (text: string) => unknown]> = {
  Markdown: [BODY, (text) => blocksText(renderMarkdown(text))],
  'addresses in Markdown': [BODY, safeAddress],
  'paragraphs and lines': [BODY, (text) => [splitParagraphs(text), splitLines(text)]],
  'comparison by words': [BODY, (text) => diffWords(text, `z ${text.slice(1)} y`)],
  'comparison by paragraphs': [
    BODY,
    (text) => diffParagraphs(text.split(/\n\s*\n/), `z ${text.slice(1)} y`.split(/\n\s*\n/)),
  ],
  search: [
    BODY,
    (text) => [searchWords(text), foundWords(text, ['a', 'uy']), highlight(text, 'a b uy'), excerpt(text, 'a b uy')],
  ],
  'search for it': [HEADER, (text) => [search.safeParse(filled(text)), highlight('a uy '.repeat(20), text)]],
  folding: [
    FORM,
    (text) => [
      folding.fold(text),
      folding.cleanLine(text),
      folding.cleanText(text),
      folding.plainAscii(text),
      folding.slugify(text),
    ],
  ],
  names: [
    FORM,
    (text) => [
      folding.splitVietnameseName(text),
      folding.compareNames(text, `a ${text}`),
      folding.upperFirst(text),
      folding.lowerFirst(text),
    ],
  ],
  'positions and quotation marks': [
    FORM,
    (text) => [printedPositions([text, { title: text, unit: text }]), quoted(text), escapeMarkup(text)],
  ],
  'mail addresses': [FORM, (text) => [field(fields.requiredEmail())(text), field(fields.optionalEmail())(text)]],
  'command lines': [
    FORM,
    (text) => curlLine({ method: 'POST', url: text, headers: [['a', text]], body: text, file: text }),
  ],
  directory: [
    FORM,
    (text) =>
      [personSchema, positionSchema, unitSchema, selectorSchema, peopleFilterSchema].map((one) => parse(one)(text)),
  ],
  organizations: [FORM, parse(organizationSchema)],
  seminars: [
    FORM,
    (text) =>
      [seminarInput, scheduleInput, seminarFilter, chairInput, delegationInput, agendaItemInput, noteInput].map((one) =>
        parse(one)(text),
      ),
  ],
  invitations: [
    FORM,
    (text) => [inviteeInput, substituteInput, answerInput, invitationFilter].map((one) => parse(one)(text)),
  ],
  speeches: [FORM, (text) => [requestInput, changeInput, returnInput].map((one) => parse(one)(text))],
  summaries: [FORM, (text) => [summaryInput, photoInput].map((one) => parse(one)(text))],
  'names of files in headers': [
    HEADER,
    (text) =>
      [text, `filename="${text}"`, `filename*=UTF-8''${text}`].map((one) => dispositionName(`attachment; ${one}`)),
  ],
  'file names': [
    HEADER,
    (text) => [displayName(text, 'pdf', 'tep'), contentDisposition('attachment', displayName(text, 'pdf', 'tep'))],
  ],
  'tus metadata': [
    HEADER,
    (text) => [refusable(readMetadata)(text), refusable(readMetadata)(`filename ${text}`), wholeNumber(text)],
  ],
  cursors: [HEADER, refusable((text) => decodeCursor(text, 2))],
  paths: [HEADER, (text) => [redactPath(text), redactPath(`/c/${text}`), redactPath(`/en${text}`)]],
  'parts of a form': [
    FORM,
    (text) => parts(`--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text}\r\n--b--\r\n`),
  ],
  'headers of a part': [
    HEADER,
    (text) => parts(`--b\r\nContent-Disposition: form-data; ${text}\r\n\r\nx\r\n--b--\r\n`),
  ],
  'names of a part': [
    HEADER,
    (text) => parts(`--b\r\nContent-Disposition: form-data; name="a"; filename="${text}"\r\n\r\nx\r\n--b--\r\n`),
  ],
  calendars: [
    FORM,
    (text) => [
      refusable(readEvent)(text),
      refusable(parseCalendar)(text),
      refusable((one) =>
        readEvent(`BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:${one}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`),
      )(text),
    ],
  ],
  'rules of calendars': [
    FORM,
    (text) =>
      refusable((one) =>
        checkCalendar(
          `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTENDEE;${one}:mailto:a@b.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
        ),
      )(text),
  ],
  'texts in calendars': [
    FORM,
    (text) => [
      calendarText.cleanText(text),
      calendarText.cleanLine(text),
      calendarText.cleanName(text),
      calendarText.escapeText(text),
      calendarText.unescapeText(text),
    ],
  ],
  'the mailbox: what is looked for': [HEADER, parse(mailboxFilter)],
  'the mailbox: letters': [
    BODY,
    async (text) => {
      // As every letter of ours holds Vietnamese: as plain ASCII, line by line, postal-mime is slow, if linear.
      const own = `Kính gửi ${text}`
      await readMail(await composeMail(letter({ text: own, html: `<p>${escapeMarkup(own)}</p>` })))
    },
  ],
  'the mailbox: names and subjects': [
    LINE,
    async (text) => {
      const person = { name: text, address: 'a@b.example' }
      await readMail(await composeMail(letter({ to: person, from: person, subject: text })))
    },
  ],
  'the mailbox: pages of letters': [BODY, (text) => pageOf(`<!doctype html><html>${text}`)],
  'documents: XML': [BODY, look((text) => docx({ 'word/document.xml': text, 'word/_rels/document.xml.rels': text }))],
  'documents: words of a paragraph': [
    BODY,
    look((text) =>
      docx({ 'word/document.xml': `<w:document ${W}><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:document>` }),
    ),
  ],
  'documents: a target of a link': [
    BODY,
    look((text) => docx({ 'word/_rels/document.xml.rels': relationships(external('hyperlink', escapeMarkup(text))) })),
  ],
  'documents: OpenDocument': [BODY, look((text) => odf('odt', { 'content.xml': text }))],
  'documents: PDF': [BODY, look((text) => pdf({ object: text }), 'pdf')],
  'documents: PDF, at its end': [BODY, look((text) => pdf({ trailer: text }), 'pdf')],
  'documents: Word 97': [HEADER, look((text) => doc([], 0, text), 'doc')],
  'documents: bytes of no kind': [BODY, look((text) => bytes(text), 'doc')],
  'pictures: their kind': [FORM, (text) => imageKind(bytes(text))],
  'links in calendars': [
    FORM,
    (text) => [
      withoutPersonalLinks(text, 'http://a'),
      hasPersonalLink(text, undefined),
      withAddresses(text, ['http://a/c/']),
    ],
  ],
}

/** Headers: `growth-of-headers.test.ts`. Documents, by counted steps: `features/files/growth.test.ts`. */
describe('what a stranger sends costs no more than its length', () => {
  it.each(Object.entries(readers))('%s', { timeout: 240_000 }, async (_, [size, run]) => {
    expect(await fasterThanLinear(run, size)).toEqual([])
  })
})
