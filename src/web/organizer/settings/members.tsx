import { type Context, Hono } from 'hono'
import type { Role } from '../../../context.ts'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Member, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import {
  inviteMember,
  resendMemberInvitation,
  withdrawMemberInvitation,
} from '../../../features/accounts/commands/invitations.ts'
import { changeRole, disableMember, enableMember } from '../../../features/accounts/commands/members.ts'
import { listMembers, listOpenMemberInvitations } from '../../../features/accounts/queries.ts'
import { inviteMemberSchema, roleSchema } from '../../../features/accounts/schema.ts'
import { linkUrl } from '../../../features/links/queries.ts'
import { date, wallTime } from '../../../text/dates.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { ErrorSummary, emptyForm, type FormState, SelectField, TextField } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { Notice } from '../accounts/account-page.tsx'
import { frame } from '../frame.ts'
import { SettingsHead, settingsPath } from './settings-head.tsx'

const ROLES: Role[] = ['owner', 'organizer', 'viewer']
type MemberRow = Awaited<ReturnType<typeof listMembers>>[number]
type OpenInvitation = Awaited<ReturnType<typeof listOpenMemberInvitations>>[number] & { url: string }

/** Who works here, who is invited. Owners change it. */
export const memberPages = new Hono<AppEnv>()
  .get('/members', (c) => membersPage(c, { values: { role: 'organizer' }, errors: [] }))

  .post('/members/invitations', requireRole('owner'), async (c) => {
    const { page, member, services } = c.var
    const { values } = await readForm(c)
    const parsed = parseForm(inviteMemberSchema, values)
    if ('form' in parsed) return membersPage(c, parsed.form)
    try {
      await transaction(services.db, (trx) => inviteMember(trx, memberContext(c), member.organization.id, parsed.input))
      return c.redirect(page.href(settingsPath(member, 'members', '?done=invited')), 303)
    } catch (error) {
      return membersPage(c, formRefused(error, values))
    }
  })

  .post('/members/invitations/:id/:verb{resend|withdraw}', requireRole('owner'), async (c) => {
    const { page, member, services } = c.var
    const { id, verb } = c.req.param()
    const command = verb === 'resend' ? resendMemberInvitation : withdrawMemberInvitation
    await transaction(services.db, (trx) => command(trx, memberContext(c), member.organization.id, id))
    return c.redirect(
      page.href(settingsPath(member, 'members', verb === 'resend' ? '?done=resent' : '?done=withdrawn')),
      303,
    )
  })

  .post('/members/:user/role', requireRole('owner'), async (c) => {
    const { values } = await readForm(c)
    const role = roleSchema.safeParse(values.role)
    if (!role.success) throw new DomainError('invalid')
    return changeMember(c, 'role', (trx, ctx, organizationId, userId) =>
      changeRole(trx, ctx, organizationId, userId, role.data),
    )
  })

  .post('/members/:user/disable', requireRole('owner'), (c) => changeMember(c, 'disabled', disableMember))

  .post('/members/:user/enable', requireRole('owner'), (c) => changeMember(c, 'enabled', enableMember))

async function changeMember(c: Context<AppEnv>, done: 'role' | 'disabled' | 'enabled', command: typeof disableMember) {
  const { page, member, services } = c.var
  try {
    await transaction(services.db, (trx) =>
      command(trx, memberContext(c), member.organization.id, c.req.param('user') as string),
    )
  } catch (error) {
    if (error instanceof DomainError && error.detail === 'last_owner')
      return membersPage(c, emptyForm, page.t('errors:last_owner'))
    throw error
  }
  return c.redirect(page.href(settingsPath(member, 'members', `?done=${done}`)), 303)
}

async function membersPage(c: Context<AppEnv>, form: FormState, problem?: string) {
  const { page, member, services } = c.var
  const organizationId = member.organization.id
  const isOwner = member.role === 'owner'
  const members = await listMembers(services.db, organizationId)
  const open = isOwner ? await listOpenMemberInvitations(services.db, organizationId) : []
  const ctx = memberContext(c)
  const invitations = await Promise.all(
    open.map(async (i) => ({
      ...i,
      url: await linkUrl(ctx, { purpose: 'join', targetId: i.id, generation: i.generation }),
    })),
  )
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'settings'))}
      title={`${page.t('organizations:tab.members')} – ${member.organization.name}`}
    >
      <SettingsHead page={page} member={member} tab="members" />
      {problem ? <Notice bad>{problem}</Notice> : null}
      <p class="muted lead">{page.t('organizations:members.lead')}</p>
      <MemberTable page={page} member={member} members={members} />
      {invitations.length ? <OpenInvitations page={page} member={member} invitations={invitations} /> : null}
      {isOwner ? (
        <InviteForm page={page} member={member} form={form} />
      ) : (
        <p class="muted after">{page.t('organizations:owner.only')}</p>
      )}
    </ConsoleLayout>,
    problem ? 409 : form.errors.length ? 422 : 200,
  )
}

function dateOf(at: Date, page: Page, member: Member): string {
  return date(wallTime(at, member.organization.timezone), page.locale)
}

function MemberTable({ page, member, members }: { page: Page; member: Member; members: MemberRow[] }) {
  const { t } = page
  return (
    <table class="table stacks">
      <thead>
        <tr>
          <th scope="col">{t('organizations:members.name')}</th>
          <th scope="col">{t('organizations:members.role')}</th>
          <th scope="col">{t('organizations:members.since')}</th>
          {member.role === 'owner' ? (
            <th scope="col">
              <span class="visually-hidden">{t('organizations:members.change')}</span>
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {members.map((row) => (
          <tr class={row.disabled_at ? 'past' : undefined}>
            <th scope="row">
              <strong>{row.name}</strong>{' '}
              {row.user_id === member.userId ? <span class="muted small">{t('organizations:members.you')}</span> : null}
              <span class="sub">{row.email}</span>
            </th>
            <td>
              {member.role === 'owner' && !row.disabled_at ? (
                <RoleForm page={page} member={member} row={row} />
              ) : (
                t(`accounts:role.${row.role}`)
              )}
              {row.disabled_at ? <span class="state no">{t('organizations:members.disabled')}</span> : null}
            </td>
            <td class="num" data-label={t('organizations:members.since')}>
              {dateOf(row.created_at, page, member)}
            </td>
            {member.role === 'owner' ? (
              <td class="r">
                <DisableForm page={page} member={member} row={row} />
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function RoleForm({ page, member, row }: { page: Page; member: Member; row: MemberRow }) {
  const { t, href } = page
  return (
    <form class="inline-form" method="post" action={href(settingsPath(member, 'members', `/${row.user_id}/role`))}>
      <select name="role" aria-label={t('organizations:members.roleOf', { name: row.name })}>
        {ROLES.map((role) => (
          <option value={role} selected={role === row.role}>
            {t(`accounts:role.${role}`)}
          </option>
        ))}
      </select>
      <button class="link small" type="submit">
        {t('organizations:members.change')}
      </button>
    </form>
  )
}

function DisableForm({ page, member, row }: { page: Page; member: Member; row: MemberRow }) {
  const { t, href } = page
  const action = (verb: string) => href(settingsPath(member, 'members', `/${row.user_id}/${verb}`))
  if (row.disabled_at)
    return (
      <form method="post" action={action('enable')}>
        <button class="link" type="submit">
          {t('organizations:members.enable')}
        </button>
      </form>
    )
  return (
    <details class="end">
      <summary class="link">{t('organizations:members.disable')}</summary>
      <form method="post" action={action('disable')}>
        <p class="small">{t('organizations:members.disable.text', { name: row.name })}</p>
        <button class="btn small" type="submit">
          {t('organizations:members.disable.confirm')}
        </button>
      </form>
    </details>
  )
}

function OpenInvitations({ page, member, invitations }: { page: Page; member: Member; invitations: OpenInvitation[] }) {
  const { t, href } = page
  const action = (id: string, verb: string) => href(settingsPath(member, 'members', `/invitations/${id}/${verb}`))
  return (
    <section class="block-section">
      <h2>{t('organizations:members.open')}</h2>
      <ul class="rows open-invitations">
        {invitations.map((i) => {
          const expired = i.expires_at <= page.now
          return (
            <li>
              <div>
                <strong>{i.email}</strong>
                <span class="muted small block">
                  {t(`accounts:role.${i.role}`)}
                  {' · '}
                  {expired
                    ? t('organizations:members.open.expired')
                    : t('organizations:members.open.until', { date: dateOf(i.expires_at, page, member) })}
                  {i.invited_by ? ` · ${t('organizations:members.open.by', { name: i.invited_by })}` : ''}
                </span>
                {expired ? null : (
                  <CopyLine page={page} text={i.url} label={t('organizations:members.open.link', { email: i.email })} />
                )}
              </div>
              <div class="actions">
                <form method="post" action={action(i.id, 'resend')}>
                  <button class="link" type="submit">
                    {t('organizations:members.resend')}
                  </button>
                </form>
                <form method="post" action={action(i.id, 'withdraw')}>
                  <button class="link" type="submit">
                    {t('organizations:members.withdraw')}
                  </button>
                </form>
              </div>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function InviteForm({ page, member, form }: { page: Page; member: Member; form: FormState }) {
  const { t, href } = page
  const labels = { email: t('organizations:members.email'), role: t('organizations:members.role') }
  return (
    <section class="block-section">
      <h2>{t('organizations:members.invite')}</h2>
      <p class="muted">{t('organizations:members.invite.lead')}</p>
      <ErrorSummary t={t} form={form} labels={labels} />
      <form class="form after" method="post" action={href(settingsPath(member, 'members', '/invitations'))}>
        <div class="row">
          <TextField t={t} form={form} name="email" label={labels.email} type="email" required maxlength={254} />
          <SelectField
            t={t}
            form={form}
            name="role"
            label={labels.role}
            required
            options={ROLES.map((value) => ({ value, label: t(`accounts:role.${value}`) }))}
          />
        </div>
        <dl class="facts small">
          {ROLES.map((role) => (
            <>
              <dt>{t(`accounts:role.${role}`)}</dt>
              <dd class="muted">{t(`accounts:role.${role}.may`)}</dd>
            </>
          ))}
        </dl>
        <div class="actions">
          <button class="btn primary" type="submit">
            {t('organizations:members.invite.submit')}
          </button>
        </div>
      </form>
    </section>
  )
}
