import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import type { SignedIn } from '../../../features/accounts/auth.ts'
import { listMemberships } from '../../../features/accounts/queries.ts'
import { createOrganization } from '../../../features/organizations/commands.ts'
import { newOrganizationSchema } from '../../../features/organizations/schema.ts'
import { ErrorSummary, emptyForm, type FormState, TextField } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { contextOf } from '../../middleware.ts'
import { AccountPage, labelsOf } from './account-page.tsx'

type Membership = Awaited<ReturnType<typeof listMemberships>>[number]

/** Whoever works for several organisations picks one; an owner may make another. */
export const organizationPages = new Hono<AppEnv>()
  .get('/console', async (c) => {
    const found = await readMemberships(c)
    if (found instanceof Response) return found
    const { page } = c.var
    const [only, another] = found.memberships
    if (only && !another && c.req.query('all') === undefined)
      return c.redirect(page.href(`/console/${only.organization.slug}`), 303)
    return c.html(<ChoosePage page={page} {...found} />)
  })

  .get('/organizations/new', async (c) => {
    const found = await readMemberships(c)
    if (found instanceof Response) return found
    requireOwner(found.memberships)
    return c.html(<NewOrganizationPage page={c.var.page} form={emptyForm} />)
  })

  .post('/organizations/new', async (c) => {
    const found = await readMemberships(c)
    if (found instanceof Response) return found
    requireOwner(found.memberships)
    const { page, services } = c.var
    const { values } = await readForm(c)
    const parsed = parseForm(newOrganizationSchema, values)
    if ('form' in parsed) return c.html(<NewOrganizationPage page={page} form={parsed.form} />, 422)
    const ctx = contextOf(c, { kind: 'user', id: found.who.userId, name: found.who.name, role: 'owner' })
    try {
      await transaction(services.db, (trx) => createOrganization(trx, ctx, parsed.input))
    } catch (error) {
      return c.html(<NewOrganizationPage page={page} form={formRefused(error, values)} />, 422)
    }
    return c.redirect(page.href(`/console/${parsed.input.slug}/settings`), 303)
  })

async function readMemberships(c: Context<AppEnv>): Promise<Response | { who: SignedIn; memberships: Membership[] }> {
  const { services, page } = c.var
  const who = await services.auth.session(c.req.raw.headers)
  c.header('Cache-Control', 'private, no-store')
  if (who) return { who, memberships: await listMemberships(services.db, who.userId) }
  if (c.req.method !== 'GET') throw new DomainError('unauthenticated')
  return c.redirect(`${page.href('/sign-in')}?next=${encodeURIComponent(page.href(page.path))}`, 303)
}

function requireOwner(memberships: Membership[]): void {
  if (!memberships.some((m) => m.role === 'owner')) throw new DomainError('forbidden')
}

function ChoosePage({ page, who, memberships }: { page: Page; who: SignedIn; memberships: Membership[] }) {
  const { t, href, locale } = page
  const lead = memberships.length ? t('accounts:choose.lead', { name: who.name }) : t('accounts:choose.none')
  return (
    <AccountPage page={page} title={t('accounts:choose.title')} lead={lead}>
      <ul class="choices">
        {memberships.map(({ organization, role }) => (
          <li>
            <a href={href(`/console/${organization.slug}`)} style={`--accent-h:${organization.accentHue}`}>
              <strong>{(locale === 'en' && organization.nameEn) || organization.name}</strong>
              <span class="muted small">{t(`accounts:role.${role}`)}</span>
            </a>
          </li>
        ))}
      </ul>
      <div class="actions">
        {memberships.some((m) => m.role === 'owner') ? (
          <a class="btn" href={href('/organizations/new')}>
            {t('accounts:organization.new')}
          </a>
        ) : null}
        <form method="post" action={href('/sign-out')}>
          <button class="btn quiet" type="submit">
            {t('console:nav.signOut')}
          </button>
        </form>
      </div>
    </AccountPage>
  )
}

function NewOrganizationPage({ page, form }: { page: Page; form: FormState }) {
  const { t, href } = page
  const labels = { name: t('accounts:field.organizationName'), slug: labelsOf(page, ['slug']).slug }
  return (
    <AccountPage page={page} title={t('accounts:organization.new')} lead={t('accounts:organization.new.lead')}>
      <ErrorSummary t={t} form={form} labels={labels} />
      <form class="form" method="post" action={href('/organizations/new')}>
        <TextField t={t} form={form} name="name" label={labels.name} required maxlength={200} />
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
            {t('accounts:organization.create')}
          </button>
          <a class="btn quiet" href={href('/console')}>
            {t('common:cancel')}
          </a>
        </div>
      </form>
    </AccountPage>
  )
}
