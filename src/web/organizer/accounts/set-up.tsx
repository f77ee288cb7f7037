import { Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { passwordLength } from '../../../features/accounts/auth.ts'
import { setPassword } from '../../../features/accounts/commands/accounts.ts'
import { demoOwner, setUpFirstOwner, takeDemo } from '../../../features/accounts/commands/set-up.ts'
import { refuseWeakPassword } from '../../../features/accounts/queries/passwords.ts'
import { findAccountByEmail, hasOwner } from '../../../features/accounts/queries.ts'
import { firstOwnerSchema } from '../../../features/accounts/schema.ts'
import { linkToken } from '../../../features/links/token.ts'
import type { Services } from '../../../services.ts'
import { ErrorSummary, emptyForm, type FormState, TextField } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { contextOf } from '../../middleware.ts'
import { AccountPage, labelsOf, openLink, sessionHeaders, setCookies } from './account-page.tsx'

/** The one-time link that the start prints: owner of the demo, or the first owner of a new deployment. */
export const setupPages = new Hono<AppEnv>()
  .get('/setup/:token', async (c) => {
    const link = await openLink(c, 'setup')
    const { page, services } = c.var
    c.header('Cache-Control', 'no-store')
    const token = c.req.param('token')
    if (link.targetId === 'demo') return c.html(<DemoPage page={page} token={token} />)
    if (await hasOwner(services.db)) throw new DomainError('link_invalid', { detail: 'setup_link_invalid' })
    return c.html(<FirstOwnerPage page={page} form={emptyForm} token={token} />)
  })

  .post('/setup/:token', async (c) => {
    const link = await openLink(c, 'setup')
    const { page, services } = c.var
    const ctx = contextOf(c, { kind: 'link', id: link.ref, name: 'setup' })
    if (link.targetId === 'demo') {
      const password = await demoPassword(services)
      const passwordHash = await services.auth.hashPassword(password)
      await transaction(services.db, (trx) => takeDemo(trx, ctx, link, passwordHash))
      setCookies(c, await signInDemoOwner(services, password, passwordHash, sessionHeaders(c)))
      return c.redirect(page.href('/console'), 303)
    }
    if (await hasOwner(services.db)) throw new DomainError('link_invalid', { detail: 'setup_link_invalid' })
    const { values } = await readForm(c)
    const token = c.req.param('token')
    const parsed = parseForm(firstOwnerSchema, values)
    if ('form' in parsed) return c.html(<FirstOwnerPage page={page} form={parsed.form} token={token} />, 422)
    const { password, ...input } = parsed.input
    try {
      await refuseWeakPassword(password, [input.email, input.name, input.organizationName, input.slug])
      const passwordHash = await services.auth.hashPassword(password)
      await transaction(services.db, (trx) => setUpFirstOwner(trx, ctx, link, input, passwordHash))
      setCookies(c, (await services.auth.signIn(input.email, password, sessionHeaders(c))) ?? [])
      return c.redirect(page.href(`/console/${input.slug}`), 303)
    } catch (error) {
      return c.html(<FirstOwnerPage page={page} form={formRefused(error, values)} token={token} />, 422)
    }
  })

/** The demo owner's password is derived from LINK_KEY and known to nobody; so a second visit does not end the first one's session. */
async function demoPassword({ config }: Services): Promise<string> {
  const key = config.linkKey as string
  return (await linkToken(key, 'setup', 'demo-owner', 0)) + (await linkToken(key, 'setup', 'demo-owner', 1))
}

/** Where LINK_KEY is another than when the account was made, it gets the password of the new one. */
async function signInDemoOwner(
  { db, auth }: Services,
  password: string,
  passwordHash: string,
  headers: Headers,
): Promise<string[]> {
  const cookies = await auth.signIn(demoOwner.email, password, headers)
  if (cookies) return cookies
  const account = await findAccountByEmail(db, demoOwner.email)
  if (account) await transaction(db, (trx) => setPassword(trx, account.id, passwordHash))
  return (await auth.signIn(demoOwner.email, password, headers)) ?? []
}

function DemoPage({ page, token }: { page: Page; token: string }) {
  const { t, href } = page
  return (
    <AccountPage page={page} title={t('accounts:setup.demo.title')} lead={t('accounts:setup.demo.lead')}>
      <form method="post" action={href(`/setup/${token}`)}>
        <button class="btn primary" type="submit">
          {t('accounts:setup.demo.submit')}
        </button>
      </form>
      <p class="muted small">{t('accounts:setup.once')}</p>
    </AccountPage>
  )
}

function FirstOwnerPage({ page, form, token }: { page: Page; form: FormState; token: string }) {
  const { t, href } = page
  const labels = labelsOf(page, ['name', 'email', 'password', 'organizationName', 'slug'])
  return (
    <AccountPage page={page} title={t('accounts:setup.first.title')} lead={t('accounts:setup.first.lead')}>
      <ErrorSummary t={t} form={form} labels={labels} />
      <form class="form" method="post" action={href(`/setup/${token}`)}>
        <TextField t={t} form={form} name="name" label={labels.name} autocomplete="name" required maxlength={120} />
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
          hint={t('accounts:password.hint', { min: passwordLength.min })}
          type="password"
          autocomplete="new-password"
          required
        />
        <TextField
          t={t}
          form={form}
          name="organizationName"
          label={labels.organizationName}
          autocomplete="organization"
          required
          maxlength={200}
        />
        <TextField
          t={t}
          form={form}
          name="slug"
          label={labels.slug}
          hint={t('accounts:slug.hint')}
          required
          maxlength={80}
        />
        <div class="actions">
          <button class="btn primary" type="submit">
            {t('accounts:setup.first.submit')}
          </button>
        </div>
      </form>
      <p class="muted small">{t('accounts:setup.once')}</p>
    </AccountPage>
  )
}
