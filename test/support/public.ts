import type { Context, Locale } from '../../src/context.ts'
import { transaction } from '../../src/db/transaction.ts'
import type { SeminarRow } from '../../src/features/seminars/queries.ts'
import { createSummary, editSummary } from '../../src/features/summaries/commands/editing.ts'
import { publishSummary, withdrawSummary } from '../../src/features/summaries/commands/publishing.ts'
import { getSummary } from '../../src/features/summaries/queries/editing.ts'
import { type SummaryInput, summaryInput } from '../../src/features/summaries/schema.ts'
import type { Services } from '../../src/services.ts'
import { systemContext, type TestApp, testOrigin } from './app.ts'

/** A clock that tests move: `at` is what every part of the application takes for now. */
export function movableClock(start: string) {
  const clock = {
    at: new Date(start),
    now: () => clock.at,
    forward(ms: number) {
      clock.at = new Date(clock.at.getTime() + ms)
    },
  }
  return clock
}

/** Reads a page or feed as anybody may; each read is two seconds later, so that nothing comes from memory. */
export function reader(t: TestApp, clock: ReturnType<typeof movableClock>) {
  return async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    clock.forward(2000)
    const answer = await t.app.request(testOrigin + path, { method, headers, redirect: 'manual' })
    return { status: answer.status, headers: answer.headers, text: method === 'HEAD' ? '' : await answer.text() }
  }
}

/** Writes and publishes a text of a seminar. */
export async function publish(
  services: Services,
  seminar: SeminarRow,
  over: Partial<Record<keyof SummaryInput, unknown>> = {},
  locale: Locale = 'vi',
  ctx: Context = systemContext({ now: new Date('2023-11-17T01:15:00Z') }),
) {
  return transaction(services.db, async (trx) => {
    const draft = await createSummary(trx, ctx, seminar, locale)
    const input = summaryInput.parse({
      title: draft.title,
      lead: draft.lead.join('\n\n'),
      body: draft.body,
      byline: 'Hồng Hoàn',
      conclusions: '',
      conclusionsBy: '',
      ...over,
    })
    const edited = await editSummary(trx, ctx, seminar, locale, draft.version, input)
    return (
      await publishSummary(trx, ctx, seminar, locale, edited.version, {
        note: edited.state === 'published' ? 'Sửa.' : null,
      })
    ).summary
  })
}

export async function withdraw(services: Services, seminar: SeminarRow, locale: Locale = 'vi') {
  const { version } = await getSummary(services.db, seminar.organization_id, seminar.id, locale)
  await transaction(services.db, (trx) => withdrawSummary(trx, systemContext(), seminar, locale, version))
}
