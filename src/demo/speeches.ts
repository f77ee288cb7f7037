import type { Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { type StoredDocument, storeDocument } from '../features/files/commands.ts'
import type { RequestInput } from '../features/presentations/schema.ts'
import { getSeminar } from '../features/seminars/queries.ts'
import type { Services } from '../services.ts'
import { type DemoData, nextWorkday } from './rows.ts'
import { type Event, playEvents } from './speech-events.ts'

interface Step {
  do: Event['do']
  /** Days before now. */
  ago: number
  /** A person's code, where not the office's own deputy. */
  by?: string
  file?: string
  name?: string
  comment?: string
  reason?: string
}
export interface DemoSpeeches {
  minhHa: {
    person: string
    position: string
    topic: string
    topicEn: string
    minutes: number
    delivery: 'read' | 'print'
    /** Days from now, where not the seminar's own deadline. */
    due?: number
    steps: Step[]
  }[]
  uongBi: { name: string; topic: string; topicEn: string; file: string; fileName: string }[]
}

type Target = { organizationId: string; seminarId: string }
type Stored = Map<string, StoredDocument>
const DAY_MS = 86_400_000
const OFFICE = 'P0013'

/** Papers of the workshop in draft, one in each state: asked for, sent, edited, returned and approved over the last days. */
export async function loadMinhHaSpeeches(
  services: Services,
  ctx: Context,
  target: Target,
  data: DemoData,
): Promise<void> {
  const { minhHa: speeches } = data.speeches
  const named = speeches.flatMap((s) => s.steps).flatMap(({ file, name }) => (file && name ? [{ file, name }] : []))
  const stored = await storeAll(services, target, named, data)
  const person = (code: string) => {
    const found = data.minhHa.people.find((p) => p.code === code)
    if (!found) throw new Error(`demo/speeches: ${code} is not in the directory`)
    return found
  }
  await transaction(services.db, async (trx) => {
    const seminar = await getSeminar(trx, target.organizationId, target.seminarId)
    const events = speeches.flatMap((s) => {
      const { name, email } = person(s.person)
      const request: RequestInput = {
        invitationId: null,
        locale: 'vi',
        name,
        email: email ?? null,
        position: s.position,
        topic: s.topic,
        topicEn: s.topicEn,
        minutes: s.minutes,
        delivery: s.delivery,
        deadlineLocal: s.due === undefined ? seminar.speech_deadline_local : `${nextWorkday(ctx.now, s.due)}T17:00:00`,
      }
      return s.steps.map((step): Event => {
        const { ago, by = OFFICE, file, ...rest } = step
        const at = new Date(ctx.now.getTime() - ago * DAY_MS)
        return {
          ...rest,
          at,
          request,
          person: s.person,
          organizer: person(by).name,
          stored: file ? stored.get(file) : undefined,
        }
      })
    })
    await playEvents(trx, ctx, target, events)
  })
}

/** Two papers of the workshop of 2023, approved and released after it. They are illustrations: nobody read them. */
export async function loadUongBiSpeeches(
  services: Services,
  ctx: Context,
  target: Target,
  data: DemoData,
): Promise<void> {
  const speeches = data.speeches.uongBi
  const stored = await storeAll(
    services,
    target,
    speeches.map(({ file, fileName }) => ({ file, name: fileName })),
    data,
  )
  const steps: [Event['do'], string][] = [
    ['ask', '2023-11-02T02:00:00Z'],
    ['put', '2023-11-08T03:30:00Z'],
    ['approve', '2023-11-10T08:15:00Z'],
    ['release', '2023-11-16T12:20:00Z'],
  ]
  const events = speeches.flatMap(({ name, topic, topicEn, file }) => {
    const request: RequestInput = {
      ...{ invitationId: null, name, position: null, email: null, locale: 'vi', topic, topicEn },
      ...{ minutes: 0, delivery: 'print', deadlineLocal: '2023-11-09T17:00:00' },
    }
    return steps.map(
      ([step, at]): Event => ({ do: step, at: new Date(at), request, organizer: 'hoithao', stored: stored.get(file) }),
    )
  })
  await transaction(services.db, (trx) => playEvents(trx, ctx, target, events))
}

async function storeAll(
  services: Services,
  { organizationId }: Target,
  named: { file: string; name: string }[],
  data: DemoData,
): Promise<Stored> {
  const all = await Promise.all(
    named.map(async ({ file, name }) => {
      const bytes = await data.speech(file)
      const body = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
      const upload = {
        organizationId,
        filename: name,
        fallbackName: 'tham-luan',
        body,
        maxBytes: services.config.uploadMaxBytes,
      }
      return [file, await storeDocument(services, upload)] as const
    }),
  )
  return new Map(all)
}
