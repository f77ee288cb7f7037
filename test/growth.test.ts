import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { decodeCursor } from '../src/db/cursor.ts'
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
import { contentDisposition, displayName, requestedRange } from '../src/features/files/rules.ts'
import { answerInput, invitationFilter, inviteeInput, substituteInput } from '../src/features/invitations/schema.ts'
import { redactPath } from '../src/features/links/schema.ts'
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
import { addressBehind, limitAddress } from '../src/http/client-address.ts'
import { dispositionName } from '../src/http/disposition.ts'
import { readMetadata, wholeNumber } from '../src/http/tus-headers.ts'
import { curlLine } from '../src/text/curl.ts'
import { diffParagraphs, diffWords } from '../src/text/diff.ts'
import { escapeMarkup } from '../src/text/escape.ts'
import * as fields from '../src/text/fields.ts'
import * as folding from '../src/text/fold.ts'
import { excerpt, foundWords, highlight, searchWords } from '../src/text/highlight.ts'
import { blocksText, renderMarkdown, safeAddress } from '../src/text/markdown.ts'
import { quoted } from '../src/text/numbers.ts'
import { printedPositions } from '../src/text/positions.ts'
import { readMultipart } from '../src/web/multipart.ts'
import { search } from '../src/web/public/finder.tsx'
import { isUnchanged, readsGzip } from '../src/web/public/kept-headers.ts'
import { fasterThanLinear } from './support/growth.ts'

/** A body of a summary, a form, and all headers of a request (Node's own limit), at their largest. */
const BODY = 100_000
const FORM = 200_000
const HEADER = 16_000

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
const headers = (name: string, text: string) =>
  ({ headers: { get: (asked: string) => (asked === name ? text : null) } }) as unknown as Request

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
  Range: [HEADER, (text) => [requestedRange(text, 1000), requestedRange(`bytes=${text}`, 1000)]],
  'Accept-Encoding': [HEADER, (text) => [readsGzip(text), readsGzip(`gzip;${text}`)]],
  'If-None-Match': [
    HEADER,
    (text) => isUnchanged(headers('if-none-match', text), {}, { etag: '"a"', lastModified: undefined }),
  ],
  'X-Forwarded-For': [HEADER, (text) => [addressBehind('10.0.0.1', text, ['10.0.0.0/8']), limitAddress(text)]],
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
  'links in calendars': [
    FORM,
    (text) => [
      withoutPersonalLinks(text, 'http://a'),
      hasPersonalLink(text, undefined),
      withAddresses(text, ['http://a/c/']),
    ],
  ],
}

describe('what a stranger sends costs no more than its length', () => {
  it.each(Object.entries(readers))('%s', { timeout: 240_000 }, async (_, [size, run]) => {
    expect(await fasterThanLinear(run, size)).toEqual([])
  })
})
