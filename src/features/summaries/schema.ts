import { z } from 'zod'
import { optionalLine, optionalText, requiredLine } from '../../text/fields.ts'
import { cleanLine, hasControlCharacters } from '../../text/fold.ts'
import { seminarKinds } from '../../text/kinds.ts'
import { renderMarkdown } from '../../text/markdown.ts'

/** A position as printed, or as title and unit: then a unit that neighbours share is named once, last. */
const position = z.union([z.string(), z.object({ title: z.string(), unit: z.string() })])

const leadPerson = z.object({
  name: z.string(),
  positions: z.array(position),
  gender: z.enum(['male', 'female']).nullish(),
})
export type LeadPerson = z.infer<typeof leadPerson>

/** A group as printed. `separator` is written after it where it departs from `; `. */
const leadGroup = z.object({ text: z.string(), separator: z.string().nullish() })
export type LeadGroup = z.infer<typeof leadGroup>

/** Everything the generated lead is written from, in one language. */
export const leadFacts = z.object({
  locale: z.enum(['vi', 'en']),
  honorific: z.enum(['comrade', 'neutral', 'academic']),
  kind: z.enum(seminarKinds),
  /** `Hội thảo chuyên đề “…”`, `Thematic workshop “…”`: see `titlePhrase` of seminars. */
  titlePhrase: z.string(),
  host: z.string(),
  cohosts: z.array(z.string()),
  chairs: z.array(leadPerson),
  superiors: z.array(leadPerson),
  groups: z.array(leadGroup),
  /** Wall times of the seminar's zone; both null while there is no date. */
  startsLocal: z.string().nullable(),
  endsLocal: z.string().nullable(),
  /** The day it is published on (today for a draft), in the seminar's zone. */
  publishedOn: z.iso.date(),
})
export type LeadFacts = z.infer<typeof leadFacts>

const cell = z.string().max(200, 'too_long')

/** A table of figures quoted in a summary. Every cell is text: nothing is computed from it or written anew. */
export const figuresTable = z.object({
  caption: z.string().max(300, 'too_long'),
  columns: z.array(cell).max(6),
  rows: z.array(z.object({ label: cell, cells: z.array(cell).max(6) })).max(60),
})
export type FiguresTable = z.infer<typeof figuresTable>

/** What an organizer types. `lead` and `conclusions` come as lines of one text. */
export const summaryInput = z.object({
  title: requiredLine(400),
  lead: optionalText(12_000).transform((text) => splitParagraphs(text ?? '')),
  body: optionalText(100_000).transform((text) => text ?? ''),
  byline: optionalLine(200),
  figures: figuresTable.nullable().default(null),
  conclusions: optionalText(20_000).transform((text) => splitLines(text ?? '')),
  conclusionsBy: optionalLine(300),
})
export type SummaryInput = z.output<typeof summaryInput>

/** A draft's words as they were overwritten. */
export const draftContent = z.object({
  title: z.string(),
  lead: z.array(z.string()),
  body: z.string(),
  byline: z.string().nullable(),
  figures: figuresTable.nullable(),
  conclusions: z.array(z.string()),
  conclusionsBy: z.string().nullable(),
})
export type DraftContent = z.infer<typeof draftContent>

/** Paragraphs of a text: parted by empty lines; a line break within one is a space. */
export function splitParagraphs(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((part) => part.replace(/(?<!\s)\s*\n\s*/g, ' ').trim())
    .filter(Boolean)
}

/** The lines of a text that say something; a number or dash typed before one is dropped: the page numbers them. */
export function splitLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\d{1,2}[.)]|[-–•*])\s+/, '').trim())
    .filter(Boolean)
}

const photoWords = z
  .string({ error: 'required' })
  .refine((text) => !hasControlCharacters(text), { error: 'control_character', abort: true })
  .overwrite(cleanLine)
  .max(400, 'too_long')
  .optional()

/**
 * What is written of a photo, and where it stands in the text that is open: `top` above the lead, 0 after the lead, n after
 * the n-th block of the body. What is not given stays: two people may write the two languages at once.
 */
export const photoInput = z.object({
  caption: photoWords,
  captionEn: photoWords,
  alt: photoWords,
  altEn: photoWords,
  place: z
    .string()
    .regex(/^(top|\d{1,4})$/, { error: 'invalid' })
    .transform((place) => (place === 'top' ? null : Number(place)))
    .optional(),
})
export type PhotoInput = z.output<typeof photoInput>

const variant = z.object({ width: z.int(), height: z.int(), mediaType: z.string(), fileId: z.string() })
export type PhotoVariant = z.infer<typeof variant>
export const photoVariants = z.array(variant)

/** A photo as it is printed, in one language. `lang` is the language its words are in. */
export const printedPhoto = z.object({
  id: z.string(),
  caption: z.string(),
  alt: z.string(),
  lang: z.enum(['vi', 'en']),
  afterParagraph: z.number().nullable(),
  width: z.number(),
  height: z.number(),
  variants: photoVariants,
})
export type PrintedPhoto = z.infer<typeof printedPhoto>

/**
 * The text that the public reads: a copy, so that editing a draft changes nothing of it. Times are ISO 8601 instants.
 * `blocks` is the body as HTML, made once, when it was published; what an older build wrote has none.
 */
const storedText = z.object({
  title: z.string(),
  lead: z.array(z.string()),
  body: z.string(),
  byline: z.string().nullable(),
  figures: figuresTable.nullable(),
  conclusions: z.array(z.string()),
  conclusionsBy: z.string().nullable(),
  photos: z.array(printedPhoto),
  publishedAt: z.string(),
  correctedAt: z.string().nullable(),
  correctionNote: z.string().nullable(),
  blocks: z.array(z.string()).optional(),
})
export const printedSummary = storedText.transform((text) => ({
  ...text,
  blocks: text.blocks ?? renderMarkdown(text.body),
}))
export type PrintedSummary = z.infer<typeof printedSummary>
