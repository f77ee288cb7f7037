import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Member, Page } from '../../../env.ts'
import { createApiKey, revokeApiKey } from '../../../features/accounts/commands/api-keys.ts'
import { listApiKeys } from '../../../features/accounts/queries.ts'
import { hoursAfter, keyHolds } from '../../../features/accounts/rules.ts'
import { type ApiScope, apiKeySchema, type KeyKind, keyKinds } from '../../../features/accounts/schema.ts'
import { date, wallTime } from '../../../text/dates.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { ErrorSummary, type FormState, SelectField, TextField } from '../../components/form.tsx'
import { parseForm, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { SettingsHead, settingsPath } from './settings-head.tsx'

type KeyRow = Awaited<ReturnType<typeof listApiKeys>>[number]
const kinds = Object.keys(keyKinds) as KeyKind[]

/** Keys of the API, for owners: made, shown once, revoked. */
export const keyPages = new Hono<AppEnv>()
  .get('/keys', requireRole('owner'), (c) => keysPage(c, { values: { scope: 'read', days: '365' }, errors: [] }))

  .post('/keys', requireRole('owner'), async (c) => {
    const { member, services } = c.var
    const { values } = await readForm(c)
    const parsed = parseForm(apiKeySchema, values)
    if ('form' in parsed) return keysPage(c, parsed.form)
    const { name, scope, days } = parsed.input
    const ctx = memberContext(c)
    const expiresAt = days ? hoursAfter(ctx.now, Number(days) * 24) : null
    const made = await transaction(services.db, (trx) =>
      createApiKey(trx, ctx, { organizationId: member.organization.id, name, scopes: keyKinds[scope], expiresAt }),
    )
    // No redirect: the key is shown in this one answer and nowhere else.
    return keysPage(c, { values: { scope: 'read', days: '365' }, errors: [] }, { name, key: made.key })
  })

  .post('/keys/:id/revoke', requireRole('owner'), async (c) => {
    const { page, member, services } = c.var
    await transaction(services.db, (trx) =>
      revokeApiKey(trx, memberContext(c), member.organization.id, c.req.param('id')),
    )
    return c.redirect(page.href(settingsPath(member, 'keys', '?done=revoked')), 303)
  })

async function keysPage(c: Context<AppEnv>, form: FormState, made?: { name: string; key: string }) {
  const { page, member, services } = c.var
  const { t } = page
  const keys = await listApiKeys(services.db, member.organization.id)
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'settings'))}
      title={`${t('organizations:tab.keys')} – ${member.organization.name}`}
    >
      <SettingsHead page={page} member={member} tab="keys" />
      {made ? <KeyOnce page={page} member={member} made={made} /> : null}
      <p class="muted lead">
        {t('organizations:keys.lead')} <a href={page.href('/api/docs')}>{t('organizations:keys.docs')}</a>
      </p>
      {keys.length ? (
        <KeyTable page={page} member={member} keys={keys} />
      ) : (
        <div class="empty">
          <strong>{t('organizations:keys.empty')}</strong>
          {t('organizations:keys.empty.text')}
        </div>
      )}
      {made ? null : <KeyForm page={page} member={member} form={form} />}
    </ConsoleLayout>,
    form.errors.length ? 422 : 200,
  )
}

function KeyOnce({ page, member, made }: { page: Page; member: Member; made: { name: string; key: string } }) {
  const { t, href } = page
  return (
    <section class="key-once" role="status">
      <p>
        <strong>{t('organizations:keys.once')}</strong>
      </p>
      <CopyLine page={page} text={made.key} label={t('organizations:keys.once.label', { name: made.name })} />
      <p>
        <a class="btn primary" href={href(settingsPath(member, 'keys'))}>
          {t('organizations:keys.once.done')}
        </a>
      </p>
    </section>
  )
}

function KeyTable({ page, member, keys }: { page: Page; member: Member; keys: KeyRow[] }) {
  const { t, href } = page
  const day = (at: Date) => date(wallTime(at, member.organization.timezone), page.locale)
  return (
    <table class="table stacks">
      <thead>
        <tr>
          {(['name', 'scope', 'used', 'until'] as const).map((column) => (
            <th scope="col">{t(`organizations:keys.${column}`)}</th>
          ))}
          <th scope="col">
            <span class="visually-hidden">{t('organizations:keys.revoke')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr class={keyHolds(key, page.now) ? undefined : 'past'}>
            <th scope="row">
              <strong>{key.name}</strong>
              <span class="sub">
                {`${t('organizations:keys.hint')} ${key.hint} · ${t('organizations:keys.created')} ${day(key.created_at)}`}
                {key.created_by ? ` · ${t('organizations:keys.by', { name: key.created_by })}` : ''}
              </span>
            </th>
            <td data-label={t('organizations:keys.scope')}>
              {scopesText(page, key.scopes)}
              {keyHolds(key, page.now) ? <Limited page={page} apiKey={key} /> : null}
            </td>
            <td data-label={t('organizations:keys.used')} class="num">
              {key.last_used_at ? day(key.last_used_at) : t('organizations:keys.used.never')}
            </td>
            <td data-label={t('organizations:keys.until')} class="num">
              {key.expires_at ? day(key.expires_at) : t('organizations:keys.until.never')}
            </td>
            <td class="r">
              {keyHolds(key, page.now) ? (
                <form method="post" action={href(settingsPath(member, 'keys', `/${key.id}/revoke`))}>
                  <button class="link" type="submit">
                    {t('organizations:keys.revoke')}
                  </button>
                </form>
              ) : (
                <span class="state no">
                  {key.revoked_at ? t('organizations:keys.revoked') : t('organizations:keys.expired')}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Where the maker's present role leaves a key less than it was made for: what it does now, and why. */
function Limited({ page, apiKey }: { page: Page; apiKey: KeyRow }) {
  const { t } = page
  const { scopes, effective, maker } = apiKey
  if (maker === 'operator' || scopes.every((scope) => effective.includes(scope))) return null
  const now = effective.length ? scopesText(page, effective) : t('organizations:keys.now.nothing')
  const why =
    maker === 'gone'
      ? t('organizations:keys.now.gone')
      : t('organizations:keys.now.role', { role: t(`accounts:role.${maker}`) })
  return <span class="sub">{t('organizations:keys.now', { now, why })}</span>
}

/** The kind the console offers, where the scopes are one; else the scopes by name: those that a program chose. */
function scopesText({ t }: Page, scopes: readonly ApiScope[]): string {
  const kind = kinds.find(
    (one) => keyKinds[one].length === scopes.length && keyKinds[one].every((s) => scopes.includes(s)),
  )
  return kind ? t(`organizations:keys.scope.${kind}`) : scopes.join(', ')
}

function KeyForm({ page, member, form }: { page: Page; member: Member; form: FormState }) {
  const { t, href } = page
  const labels = {
    name: t('organizations:keys.name'),
    scope: t('organizations:keys.scope'),
    days: t('organizations:keys.days'),
  }
  return (
    <section class="block-section">
      <h2>{t('organizations:keys.new')}</h2>
      <ErrorSummary t={t} form={form} labels={labels} />
      <form class="form" method="post" action={href(settingsPath(member, 'keys'))}>
        <TextField
          t={t}
          form={form}
          name="name"
          label={labels.name}
          hint={t('organizations:keys.name.hint')}
          required
          maxlength={120}
        />
        <div class="row">
          <SelectField
            t={t}
            form={form}
            name="scope"
            label={labels.scope}
            required
            options={kinds.map((value) => ({ value, label: t(`organizations:keys.scope.${value}`) }))}
          />
          <SelectField
            t={t}
            form={form}
            name="days"
            label={labels.days}
            required
            options={(['30', '90', '365', ''] as const).map((value) => ({
              value,
              label: t(`organizations:keys.days.${value || 'none'}`),
            }))}
          />
        </div>
        <dl class="facts small">
          {kinds.map((value) => (
            <>
              <dt>{t(`organizations:keys.scope.${value}`)}</dt>
              <dd class="muted">{t(`organizations:keys.scope.${value}.may`)}</dd>
            </>
          ))}
        </dl>
        <p class="muted small">{t('organizations:keys.role')}</p>
        <div class="actions">
          <button class="btn primary" type="submit">
            {t('organizations:keys.new')}
          </button>
        </div>
      </form>
    </section>
  )
}
