import { Hono } from 'hono'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { signIn } from '../../../features/accounts/commands/sign-in.ts'
import { ownPath } from '../../../features/accounts/rules.ts'
import { signInSchema } from '../../../features/accounts/schema.ts'
import { clientAddress } from '../../../http/client-address.ts'
import { ErrorSummary, emptyForm, type FormState, TextField } from '../../components/form.tsx'
import { parseForm, readForm } from '../../forms.ts'
import { AccountPage, labelsOf, Notice, sessionHeaders, setCookies } from './account-page.tsx'

/** Signing in and out. `next` leads on afterwards, to a path of our own only. */
export const signInPages = new Hono<AppEnv>()
  .get('/sign-in', async (c) => {
    const { page, services } = c.var
    const next = ownPath(c.req.query('next'), page.href('/console'))
    c.header('Cache-Control', 'no-store')
    if (await services.auth.session(c.req.raw.headers)) return c.redirect(next, 303)
    const notice = c.req.query('done') === 'reset' ? page.t('accounts:reset.done') : undefined
    return c.html(<SignInPage page={page} form={emptyForm} next={next} notice={notice} />)
  })

  .post('/sign-in', async (c) => {
    const { page, services } = c.var
    const { values } = await readForm(c)
    const next = ownPath(values.next, page.href('/console'))
    const parsed = parseForm(signInSchema, values)
    c.header('Cache-Control', 'no-store')
    if ('form' in parsed) return c.html(<SignInPage page={page} form={parsed.form} next={next} />, 422)
    try {
      const cookies = await signIn(services, parsed.input, clientAddress(c), sessionHeaders(c))
      if (cookies) {
        setCookies(c, cookies)
        return c.redirect(next, 303)
      }
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'too_many_requests') throw error
      const seconds = Number(error.params.retryAfter)
      c.header('Retry-After', String(seconds))
      const problem = page.t('accounts:signIn.tooMany', { minutes: Math.ceil(seconds / 60) })
      return c.html(<SignInPage page={page} form={{ values, errors: [] }} next={next} problem={problem} />, 429)
    }
    const problem = page.t('accounts:signIn.wrong')
    return c.html(<SignInPage page={page} form={{ values, errors: [] }} next={next} problem={problem} />, 422)
  })

  .post('/sign-out', async (c) => {
    setCookies(c, await c.var.services.auth.signOut(c.req.raw.headers))
    return c.redirect(c.var.page.href('/sign-in'), 303)
  })

function SignInPage({
  page,
  form,
  next,
  notice,
  problem,
}: {
  page: Page
  form: FormState
  next: string
  notice?: string
  problem?: string
}) {
  const { t, href } = page
  const labels = labelsOf(page, ['email', 'password'])
  return (
    <AccountPage page={page} title={t('accounts:signIn.title')} lead={t('accounts:signIn.lead')}>
      {notice ? <Notice>{notice}</Notice> : null}
      {problem ? <Notice bad>{problem}</Notice> : null}
      <ErrorSummary t={t} form={form} labels={labels} />
      <form class="form" method="post" action={href('/sign-in')}>
        <input type="hidden" name="next" value={next} />
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
        <TextField
          t={t}
          form={form}
          name="password"
          label={labels.password}
          type="password"
          autocomplete="current-password"
          required
        />
        <div class="actions">
          <button class="btn primary" type="submit">
            {t('accounts:signIn.submit')}
          </button>
          <a class="btn quiet" href={href('/forgot')}>
            {t('accounts:forgot.link')}
          </a>
        </div>
      </form>
      <p class="muted small">{t('accounts:signIn.closed')}</p>
    </AccountPage>
  )
}
