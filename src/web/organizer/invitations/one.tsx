import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { answerInvitation } from '../../../features/invitations/commands/answer.ts'
import { editInvitation, removeDrafts } from '../../../features/invitations/commands/edit.ts'
import { renewLink, resendInvitations, sendInvitations } from '../../../features/invitations/commands/send.ts'
import { listCallsOf } from '../../../features/invitations/queries/calls.ts'
import { getEvent } from '../../../features/invitations/queries/event.ts'
import { findLetter } from '../../../features/invitations/queries/letters.ts'
import { listDelegationsWithCounts } from '../../../features/invitations/queries/list.ts'
import {
  findPlaceInLine,
  findSubstitution,
  getInvitation,
  listAnswers,
  listInvitationMail,
} from '../../../features/invitations/queries/one.ts'
import { answerInput, inviteeInput } from '../../../features/invitations/schema.ts'
import { linkUrl } from '../../../features/links/queries.ts'
import { answerFromForm } from '../../components/answer-fields.tsx'
import { emptyForm, type FormState } from '../../components/form.tsx'
import { fieldErrors, parseForm, readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { seminarPath } from '../seminars/frame.tsx'
import { confirmPage } from './bulk.tsx'
import { inviteeValues } from './invitee-fields.tsx'
import { InvitationDetail } from './one-page.tsx'
import { answerPage, invitationsHref, mayEdit, seminarOf, toldQuery } from './page.tsx'
import { smsText } from './sms.ts'

const version = z.coerce.number().int().min(1)

/** One invitation: who, what was sent, what was answered, and what can be done. */
export const onePages = new Hono<AppEnv>()
  .get('/:invitation', (c) => onePage(c))
  .post('/:invitation', async (c) => {
    const { values } = await readForm(c)
    const seminar = await seminarOf(c)
    const id = c.req.param('invitation')
    const parsed = parseForm(inviteeInput, values)
    if ('form' in parsed) return onePage(c, { edit: parsed.form, status: 422 })
    const seen = version.safeParse(values.version)
    if (!seen.success) throw new DomainError('bad_request')
    await getInvitation(c.var.services.db, seminar.organization_id, seminar.id, id)
    try {
      await transaction(c.var.services.db, (trx) =>
        editInvitation(trx, memberContext(c), seminar.organization_id, id, parsed.input, seen.data),
      )
    } catch (error) {
      if (!(error instanceof DomainError) || !(error.fields.length || error.code === 'stale_version')) throw error
      // What was typed is kept; the version stays the old one until the page is loaded anew.
      return onePage(c, {
        edit: { values, errors: error.fields },
        stale: error.code === 'stale_version',
        status: error.code === 'stale_version' ? 412 : 422,
      })
    }
    return c.redirect(invitationsHref(c, seminar, `/${id}?done=saved`), 303)
  })
  .post('/:invitation/answer', async (c) => {
    const { values } = await readForm(c)
    const seminar = await seminarOf(c)
    const invitationId = c.req.param('invitation')
    await getInvitation(c.var.services.db, seminar.organization_id, seminar.id, invitationId)
    const parsed = answerInput.safeParse(answerFromForm(values))
    if (!parsed.success) return onePage(c, { record: { values, errors: fieldErrors(parsed.error) }, status: 422 })
    try {
      const { told } = await transaction(c.var.services.db, (trx) =>
        answerInvitation(trx, memberContext(c), {
          organizationId: seminar.organization_id,
          invitationId,
          input: parsed.data,
          via: 'organizer',
        }),
      )
      return c.redirect(invitationsHref(c, seminar, `/${invitationId}${toldQuery('recorded', told)}`), 303)
    } catch (error) {
      if (!(error instanceof DomainError) || !error.fields.length) throw error
      return onePage(c, { record: { values, errors: error.fields }, status: 422 })
    }
  })
  .post('/:invitation/send', (c) =>
    act(c, async (trx, ctx, seminar, id) => {
      const sent = await sendInvitations(trx, ctx, seminar.organization_id, seminar.id, { ids: [id] })
      return `/${id}${toldQuery('sent', sent)}`
    }),
  )
  .post('/:invitation/resend', (c) =>
    act(
      c,
      async (trx, ctx, seminar, id) =>
        `/${id}${toldQuery('resent', await resendInvitations(trx, ctx, seminar.organization_id, seminar.id, [id]))}`,
    ),
  )
  .post('/:invitation/new-link', (c) =>
    act(c, async (trx, ctx, seminar, id) => {
      const { mailed } = await renewLink(trx, ctx, seminar.organization_id, id)
      return `/${id}?done=${mailed ? 'newLink' : 'newLinkByHand'}`
    }),
  )
  .post('/:invitation/remove', (c) =>
    act(
      c,
      async (trx, ctx, seminar, id) =>
        `?done=removed&n=${await removeDrafts(trx, ctx, seminar.organization_id, seminar.id, [id])}`,
    ),
  )
  .post('/:invitation/withdraw', async (c) => {
    await readForm(c)
    const seminar = await seminarOf(c)
    await getInvitation(c.var.services.db, seminar.organization_id, seminar.id, c.req.param('invitation'))
    return confirmPage(c, seminar, [c.req.param('invitation')])
  })

type Command = (
  trx: Parameters<typeof renewLink>[0],
  ctx: Parameters<typeof renewLink>[1],
  seminar: Awaited<ReturnType<typeof seminarOf>>,
  id: string,
) => Promise<string>

/** One step on one invitation of this seminar, then back to where it is told. */
async function act(c: Context<AppEnv>, command: Command): Promise<Response> {
  await readForm(c)
  const seminar = await seminarOf(c)
  const { id } = await getInvitation(
    c.var.services.db,
    seminar.organization_id,
    seminar.id,
    c.req.param('invitation') ?? '',
  )
  const back = await transaction(c.var.services.db, (trx) => command(trx, memberContext(c), seminar, id))
  return c.redirect(invitationsHref(c, seminar, back), 303)
}

interface Shown {
  edit?: FormState
  record?: FormState
  stale?: boolean
  status?: number
}

async function onePage(
  c: Context<AppEnv>,
  { edit, record = emptyForm, stale = false, status = 200 }: Shown = {},
): Promise<Response> {
  const { db } = c.var.services
  const seminar = await seminarOf(c)
  const { organization_id: organizationId } = seminar
  const invitation = await getInvitation(db, organizationId, seminar.id, c.req.param('invitation') ?? '')
  const [event, substitution, lineNo, answers, mails, delegations, { letter, dead }, calls] = await Promise.all([
    getEvent(db, organizationId, seminar.id),
    findSubstitution(db, organizationId, invitation.id),
    findPlaceInLine(db, invitation),
    listAnswers(db, organizationId, invitation.id),
    listInvitationMail(db, organizationId, invitation.id),
    listDelegationsWithCounts(db, organizationId, seminar.id),
    findLetter(db, organizationId, invitation.id),
    listCallsOf(db, organizationId, invitation.id),
  ])
  const edits = mayEdit(c)
  // The link is its owner's: it is shown to those who may pass it on, and only while it works.
  const link =
    edits && invitation.status === 'sent'
      ? await linkUrl(memberContext(c), {
          purpose: 'invitation',
          targetId: invitation.id,
          generation: invitation.generation,
          locale: invitation.locale,
        })
      : null
  return answerPage(c, seminar, {
    title: invitation.name,
    status,
    children: (
      <InvitationDetail
        page={c.var.page}
        seminar={seminar}
        invitation={invitation}
        substitution={substitution}
        lineNo={lineNo}
        answers={answers}
        mails={mails}
        letter={letter}
        deadAddress={dead}
        delegations={delegations}
        calls={calls}
        callList={c.var.page.href(seminarPath(c.var.member, seminar.id, '/calls'))}
        list={invitationsHref(c, seminar)}
        mail={c.var.page.href(`/console/${c.var.member.organization.slug}/mail`)}
        link={link}
        sms={link && smsText(event, invitation, link)}
        mayEdit={edits}
        edit={edit ?? inviteeValues(invitation)}
        editOpen={edit !== undefined || c.req.query('edit') !== undefined}
        recordOpen={c.req.query('record') !== undefined}
        stale={stale}
        record={record}
      />
    ),
  })
}
