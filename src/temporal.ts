import { Temporal as Polyfill } from 'temporal-polyfill'

/**
 * The one place that picks Temporal: Node 26 has it, Node 24 and Workers do not.
 * Everything else imports it from here.
 */
export const Temporal = ((globalThis as { Temporal?: unknown }).Temporal ?? Polyfill) as typeof Polyfill
export type PlainDateTime = Polyfill.PlainDateTime
export type PlainDate = Polyfill.PlainDate
export type ZonedDateTime = Polyfill.ZonedDateTime
export type Instant = Polyfill.Instant
