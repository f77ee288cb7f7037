import { Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { passwordLength } from '../../../features/accounts/auth.ts'
import { requestPasswordReset, takePasswordReset } from '../../../features/accounts/commands/passwords.ts'
import { countHit, hitRateLimit } from '../../../features/accounts/commands/rate-limits.ts'
import { refuseWeakPassword } from '../../../features/accounts/queries/passwords.ts'
import { findAccount } from '../../../features/accounts/queries.ts'
import { forgotSchema, resetSchema } from '../../../features/accounts/schema.ts'
import { isServerStopped } from '../../../features/mail/queries/line.ts'
import { clientAddress } from '../../../http/client-address.ts'
import { ErrorSummary, emptyForm, type FormState, TextField } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { contextOf } from '../../middleware.ts'
import { AccountPage, labelsOf, openLink, setCookies } from './account-page.tsx'

const HOUR = 3600

/** A forgotten password: the same answer, after the same work, whether the address has an account or not. */
export const passwordPages = new Hono<AppEnv>()
  .get('/forgot', (c) => c.html(<ForgotPage page={c.var.page} form={emptyForm} />))

  .post('/forgot', async (c) => {
    const { page, services } = c.var
    const { values } = await readForm(c)
    const parsed = parseForm(forgotSchema, values)
    if ('form' in parsed) return c.html(<ForgotPage page={page} form={parsed.form} />, 422)
    await hitRateLimit(services.db, `forgot|${clientAddress(c)}`, { limit: 20, windowSeconds: HOUR })
    const email = parsed.input.email.toLowerCase()
    // Past three mails an hour to one address the answer stays the same and nothing more is sent.
    const { hits } = await countHit(services.db, `forgot-account|${email}`, HOUR)
    const ctx = contextOf(c, { kind: 'system', id: 'forgot', name: 'forgot' })
    if (hits <= 3) {
      const work = transaction(services.db, (trx) => requestPasswordReset(trx, ctx, email)).catch((error: Error) =>
        services.log.error('failed', { id: c.var.requestId, code: 'password_reset', error: error.message }),
      )
      // After the answer: its time must not tell whether there is such an account.
      services.later(work)
    }
    return c.redirect(page.href('/forgot/sent'), 303)
  })

  .get('/forgot/sent', async (c) => {
    const { page, services } = c.var
    // Said to everybody alike, so that it tells nothing of an account.
    const held = services.mailer.kind === 'none' || (await isServerStopped(services.db))
    return c.html(
      <AccountPage page={page} title={page.t(held ? 'accounts:forgot.sent.held.title' : 'accounts:forgot.sent.title')}>
        <p>{page.t(held ? 'accounts:forgot.sent.held' : 'accounts:forgot.sent.text')}</p>
        {held ? null : <p class="muted small">{page.t('accounts:forgot.sent.hint')}</p>}
        <p class="actions">
          <a class="btn" href={page.href('/sign-in')}>
            {page.t('accounts:signIn.back')}
          </a>
        </p>
      </AccountPage>,
    )
  })

  .get('/reset/:token', async (c) => {
    await openLink(c, 'reset')
    c.header('Cache-Control', 'no-store')
    return c.html(<ResetPage page={c.var.page} form={emptyForm} token={c.req.param('token')} />)
  })

  .post('/reset/:token', async (c) => {
    const { page, services } = c.var
    const link = await openLink(c, 'reset')
    const { values } = await readForm(c)
    const parsed = parseForm(resetSchema, values)
    if ('form' in parsed) return c.html(<ResetPage page={page} form={parsed.form} token={c.req.param('token')} />, 422)
    const ctx = contextOf(c, { kind: 'link', id: link.ref, name: 'reset' })
    const { password } = parsed.input
    try {
      const account = await findAccount(services.db, link.targetId)
      await refuseWeakPassword(password, [account?.email, account?.name])
      const passwordHash = await services.auth.hashPassword(password)
      await transaction(services.db, (trx) => takePasswordReset(trx, ctx, link, passwordHash))
    } catch (error) {
      const form = formRefused(error, values)
      return c.html(<ResetPage page={page} form={form} token={c.req.param('token')} />, 422)
    }
    // Whoever is signed in in this browser, too: the next page asks for the new password.
    setCookies(c, await services.auth.signOut(c.req.raw.headers))
    return c.redirect(page.href('/sign-in?done=reset'), 303)
  })

function ForgotPage({ page, form }: { page: Page; form: FormState }) {
  const { t, href } = page
  const labels = labelsOf(page, ['email'])
  return (
    <AccountPage page={page} title={t('accounts:forgot.title')} lead={t('accounts:forgot.lead')}>
      <ErrorSummary t={t} form={form} labels={labels} />
      <form class="form" method="post" action={href('/forgot')}>
        <TextField
          t={t}
          form={form}
          name="email"
          label={labels.email}
          type="email"
          autocomplete="username"
          required
          maxlength={254}
        />
        <div class="actions">
          <button class="btn primary" type="submit">
            {t('accounts:forgot.submit')}
          </button>
          <a class="btn quiet" href={href('/sign-in')}>
            {t('accounts:signIn.back')}
          </a>
        </div>
      </form>
    </AccountPage>
  )
}

function ResetPage({ page, form, token }: { page: Page; form: FormState; token: string }) {
  const { t, href } = page
  const labels = { password: t('accounts:field.newPassword') }
  return (
    <AccountPage page={page} title={t('accounts:reset.title')} lead={t('accounts:reset.lead')}>
      <ErrorSummary t={t} form={form} labels={labels} />
      <form class="form" method="post" action={href(`/reset/${token}`)}>
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
            {t('accounts:reset.submit')}
          </button>
        </div>
      </form>
    </AccountPage>
  )
}
