import { Hono } from 'hono'
import { z } from 'zod'
import { transaction } from '../../db/transaction.ts'
import type { AppEnv, Page } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { notePresence } from '../../features/presence/commands.ts'
import { listOthersPresent } from '../../features/presence/queries.ts'
import { readForm } from '../forms.ts'

const sign = z.object({ kind: z.string().regex(/^[a-z_]{1,40}$/), id: z.uuid() })

/** A sign of life of an open page, every 20 seconds; the answer says who else has it open. */
export const presencePages = new Hono<AppEnv>().post('/', async (c) => {
  const parsed = sign.safeParse({ ...(await readForm(c)).values })
  if (!parsed.success) throw new DomainError('bad_request')
  const { db } = c.var.services
  const { organization, userId } = c.var.member
  const { kind, id } = parsed.data
  await transaction(db, (trx) => notePresence(trx, organization.id, userId, kind, id))
  const names = await listOthersPresent(db, organization.id, userId, kind, id)
  return c.json({ text: names.length ? presenceText(c.var.page, names) : '' })
})

function presenceText(page: Page, names: string[]): string {
  const list = new Intl.ListFormat(page.locale, { type: 'conjunction' }).format(names)
  return page.t('console:presence', { names: list, count: names.length })
}

export interface PresenceProps {
  page: Page
  /** The organisation's slug. */
  org: string
  /** What is open: `seminar`, `agenda`, `summary`… */
  kind: string
  id: string
  /** Who else has it open, as of now. */
  others: string[]
}

/** Warns that someone else has the same page open; the island `console` keeps it true while the page stays open. */
export function PresenceBanner({ page, org, kind, id, others }: PresenceProps) {
  return (
    <p
      class="notice late presence"
      role="status"
      data-presence={page.href(`/console/${org}/presence`)}
      data-kind={kind}
      data-id={id}
      data-empty={others.length ? undefined : ''}
    >
      {others.length ? presenceText(page, others) : ''}
    </p>
  )
}
