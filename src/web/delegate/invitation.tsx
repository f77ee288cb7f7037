import { type Context, Hono } from 'hono'
import { transaction } from '../../db/transaction.ts'
import type { AppEnv } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { hitRateLimit } from '../../features/accounts/commands/rate-limits.ts'
import { eventFile } from '../../features/calendar/ics.ts'
import { answerInvitation } from '../../features/invitations/commands/answer.ts'
import { markOpened } from '../../features/invitations/commands/edit.ts'
import { calendarEvent } from '../../features/invitations/emails/calendar.ts'
import {
  getDelegateView,
  getLinkedInvitation,
  type LinkedInvitation,
} from '../../features/invitations/queries/delegate.ts'
import { answerInput } from '../../features/invitations/schema.ts'
import { answerFromForm } from '../components/answer-fields.tsx'
import { emptyForm, type FormState } from '../components/form.tsx'
import { fieldErrors, readForm } from '../forms.ts'
import { contextOf } from '../middleware.ts'
import { InvitationPage } from './invitation-page.tsx'
import { linkFromCookie, type OpenedLink, openLink } from './link-cookie.ts'

/** Of one link; the first answer is not counted. Each change may write letters and move the waiting line. */
const CHANGES = { limit: 10, windowSeconds: 60, detail: 'answers_limit' }
const pathOf = (ref: string) => `/invitation/${ref}`
type Opened = OpenedLink<LinkedInvitation>
type Open = (c: Context<AppEnv>) => Promise<Response | Opened>

/** An invitee's pages: by the cookie at /invitation/:ref, and at the token's own address where no cookie comes back. */
export const invitationLinkPages = new Hono<AppEnv>()
  .route(
    '/i/:token',
    linkPages((c) => openLink(c, 'invitation', pathOf, invitationOf(c))),
  )
  .route(
    '/invitation/:ref',
    linkPages((c) => linkFromCookie(c, pathOf, invitationOf(c))),
  )

const invitationOf = (c: Context<AppEnv>) => (token: string) => getLinkedInvitation(c.var.services.db, token)

function linkPages(open: Open) {
  return new Hono<AppEnv>()
    .get('/', (c) => opened(c, open, (found) => show(c, found)))
    .get('/event.ics', (c) => opened(c, open, (found) => calendarFile(c, found)))
    .post('/', (c) => opened(c, open, (found) => answer(c, found)))
    .post('/opened', (c) =>
      opened(c, open, async ({ invitation }) => {
        await transaction(c.var.services.db, (trx) => markOpened(trx, invitation.organization_id, invitation.id))
        return c.body(null, 204)
      }),
    )
}

async function opened(c: Context<AppEnv>, open: Open, answer: (found: Opened) => Promise<Response>): Promise<Response> {
  const found = await open(c)
  return found instanceof Response ? found : answer(found)
}

async function answer(c: Context<AppEnv>, found: Opened): Promise<Response> {
  const { invitation, link, base } = found
  const { values } = await readForm(c)
  // Two invitations in two tabs: a form counts only for the link it was shown for.
  if (values.ref !== link.ref) throw new DomainError('conflict', { detail: 'link_mismatch' })
  const parsed = answerInput.safeParse(answerFromForm(values))
  if (!parsed.success) return show(c, found, { form: { values, errors: fieldErrors(parsed.error) }, status: 422 })
  if (invitation.answer !== null) await hitRateLimit(c.var.services.db, `answer|${invitation.id}`, CHANGES)
  const ctx = contextOf(c, { kind: 'link', id: invitation.id, name: invitation.name })
  const { organization_id: organizationId, id: invitationId } = invitation
  try {
    await transaction(c.var.services.db, (trx) =>
      answerInvitation(trx, ctx, { organizationId, invitationId, input: parsed.data, via: 'link', alone: true }),
    )
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (error.fields.length) return show(c, found, { form: { values, errors: error.fields }, status: 422 })
    if (error.code === 'closed') return show(c, found, { refused: true, status: 409 })
    throw error
  }
  return c.redirect(base.startsWith(c.var.page.href('/i/')) ? `${base}?cookie=none` : base, 303)
}

async function calendarFile(c: Context<AppEnv>, { invitation }: Opened): Promise<Response> {
  const { details } = await getDelegateView(c.var.services.db, invitation, c.var.page.now)
  const event = calendarEvent(
    details,
    contextOf(c, { kind: 'link', id: invitation.id, name: invitation.name }),
    c.var.locale,
  )
  if (!event || details.event.state !== 'scheduled') throw new DomainError('not_found')
  return c.body(eventFile(event), 200, {
    'Content-Type': 'text/calendar; charset=utf-8',
    'Content-Disposition': `attachment; filename="${details.event.slug}.ics"`,
  })
}

interface Shown {
  form?: FormState
  /** An answer came too late: the state below says why. */
  refused?: boolean
  status?: number
}

async function show(
  c: Context<AppEnv>,
  { invitation, link, base }: Opened,
  { form = emptyForm, refused = false, status = 200 }: Shown = {},
): Promise<Response> {
  const { page, services } = c.var
  const view = await getDelegateView(services.db, invitation, page.now)
  const ctx = contextOf(c, { kind: 'link', id: invitation.id, name: invitation.name })
  const event = calendarEvent(view.details, ctx, page.locale)
  return c.html(
    <InvitationPage
      page={page}
      view={view}
      linkRef={link.ref}
      base={base}
      form={form}
      refused={refused}
      calendar={event}
    />,
    status as 200,
  )
}
