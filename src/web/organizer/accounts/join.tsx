import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { passwordLength, type SignedIn } from '../../../features/accounts/auth.ts'
import { acceptMemberInvitation, joinWithAccount } from '../../../features/accounts/commands/join.ts'
import { refuseWeakPassword } from '../../../features/accounts/queries/passwords.ts'
import { findAccountByEmail, getMemberInvitation } from '../../../features/accounts/queries.ts'
import { joinSchema } from '../../../features/accounts/schema.ts'
import { ErrorSummary, emptyForm, type FormState, TextField } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { contextOf } from '../../middleware.ts'
import { AccountPage, labelsOf, Notice, openLink, sessionHeaders, setCookies } from './account-page.tsx'

/** A colleague comes in by the link of an invitation: as who is signed in, or with an account made here. */
export const joinPages = new Hono<AppEnv>()
  .get('/join/:token', async (c) => {
    const facts = await readInvitation(c)
    c.header('Cache-Control', 'no-store')
    return c.html(<JoinPage {...facts} page={c.var.page} form={emptyForm} token={c.req.param('token')} />)
  })

  .post('/join/:token', async (c) => {
    const { page, services } = c.var
    const { link, ...facts } = await readInvitation(c)
    const { values } = await readForm(c)
    const token = c.req.param('token')
    const accept = async (user: { id: string; name: string }) => {
      const ctx = contextOf(c, { kind: 'link', id: link.ref, name: user.name })
      const slug = await transaction(services.db, (trx) => acceptMemberInvitation(trx, ctx, link, user))
      return c.redirect(page.href(`/console/${slug}`), 303)
    }
    if (values.as === 'me') {
      if (!facts.who) throw new DomainError('unauthenticated')
      return accept({ id: facts.who.userId, name: facts.who.name })
    }
    const parsed = parseForm(joinSchema, values)
    if ('form' in parsed) return c.html(<JoinPage {...facts} page={page} form={parsed.form} token={token} />, 422)
    const { email, name: organization } = facts.invitation
    const { name, password } = parsed.input
    const refused = (form: FormState, hasAccount = facts.hasAccount) =>
      c.html(<JoinPage {...facts} page={page} form={form} token={token} hasAccount={hasAccount} />, 422)
    try {
      await refuseWeakPassword(password, [email, name, organization])
      const passwordHash = await services.auth.hashPassword(password)
      const ctx = contextOf(c, { kind: 'link', id: link.ref, name })
      const slug = await transaction(services.db, (trx) => joinWithAccount(trx, ctx, link, { name, passwordHash }))
      setCookies(c, (await services.auth.signIn(email, password, sessionHeaders(c))) ?? [])
      return c.redirect(page.href(`/console/${slug}`), 303)
    } catch (error) {
      const form = formRefused(error, values)
      // Made meanwhile: the page then offers to sign in.
      return form.errors.some((e) => e.field === 'email') ? refused(emptyForm, true) : refused(form)
    }
  })

async function readInvitation(c: Context<AppEnv>) {
  const { db, auth } = c.var.services
  const found = await openLink(c, 'join')
  const link = { ref: found.ref, organizationId: found.organizationId as string, targetId: found.targetId }
  const invitation = await getMemberInvitation(db, link.organizationId, link.targetId)
  const who = await auth.session(c.req.raw.headers)
  const hasAccount = (await findAccountByEmail(db, invitation.email)) !== undefined
  return { link, invitation, who, hasAccount }
}

interface JoinProps {
  page: Page
  form: FormState
  token: string
  invitation: Awaited<ReturnType<typeof getMemberInvitation>>
  who: SignedIn | undefined
  hasAccount: boolean
}

function JoinPage({ page, form, token, invitation, who, hasAccount }: JoinProps) {
  const { t } = page
  const organization = (page.locale === 'en' && invitation.name_en) || invitation.name
  const role = t(`accounts:role.${invitation.role}`)
  const lead = invitation.invited_by
    ? t('accounts:join.lead', { inviter: invitation.invited_by, organization, role })
    : t('accounts:join.lead.plain', { organization, role })
  return (
    <AccountPage page={page} title={t('accounts:join.title', { organization })} lead={lead} hue={invitation.accent_hue}>
      <p class="muted small">{t(`accounts:role.${invitation.role}.may`)}</p>
      {who ? (
        <AsMe page={page} token={token} who={who} email={invitation.email} />
      ) : hasAccount ? (
        <ToSignIn page={page} token={token} email={invitation.email} />
      ) : (
        <NewAccount page={page} form={form} token={token} email={invitation.email} />
      )}
    </AccountPage>
  )
}

function AsMe({ page, token, who, email }: { page: Page; token: string; who: SignedIn; email: string }) {
  const { t, href } = page
  return (
    <>
      {who.email === email ? null : <Notice>{t('accounts:join.other', { email, own: who.email })}</Notice>}
      <form method="post" action={href(`/join/${token}`)}>
        <input type="hidden" name="as" value="me" />
        <button class="btn primary" type="submit">
          {t('accounts:join.asMe', { name: who.name })}
        </button>
      </form>
      <form method="post" action={href('/sign-out')}>
        <button class="link" type="submit">
          {t('accounts:join.notMe')}
        </button>
      </form>
    </>
  )
}

function ToSignIn({ page, token, email }: { page: Page; token: string; email: string }) {
  const { t, href } = page
  return (
    <>
      <p>{t('accounts:join.hasAccount', { email })}</p>
      <p class="actions">
        <a class="btn primary" href={`${href('/sign-in')}?next=${encodeURIComponent(href(`/join/${token}`))}`}>
          {t('accounts:signIn.title')}
        </a>
      </p>
    </>
  )
}

function NewAccount({ page, form, token, email }: { page: Page; form: FormState; token: string; email: string }) {
  const { t, href } = page
  const labels = labelsOf(page, ['name', 'password'])
  return (
    <>
      <ErrorSummary t={t} form={form} labels={labels} />
      <form class="form" method="post" action={href(`/join/${token}`)}>
        <p>{t('accounts:join.account', { email })}</p>
        <input type="hidden" name="username" value={email} autocomplete="username" />
        <TextField t={t} form={form} name="name" label={labels.name} autocomplete="name" required maxlength={120} />
        <TextField
          t={t}
          form={form}
          name="password"
          label={labels.password}
          hint={t('accounts:password.hint', { min: passwordLength.min })}
          type="password"
          autocomplete="new-password"
          required
        />
        <div class="actions">
          <button class="btn primary" type="submit">
            {t('accounts:join.submit')}
          </button>
        </div>
      </form>
    </>
  )
}
