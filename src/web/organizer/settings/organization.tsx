import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { versionField } from '../../../features/directory/schema.ts'
import { updateOrganization } from '../../../features/organizations/commands.ts'
import { getOrganization } from '../../../features/organizations/queries.ts'
import { accentContrast, accentHues } from '../../../features/organizations/rules.ts'
import { honorifics, organizationSchema } from '../../../features/organizations/schema.ts'
import type { TextKey } from '../../../i18n.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { ErrorSummary, type FormState, SelectField, TextField } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { isStale, StaleNotice } from '../seminars/stale.tsx'
import { SettingsHead, settingsPath } from './settings-head.tsx'

type Organization = Awaited<ReturnType<typeof getOrganization>>

const FIELDS = [
  'name',
  'name_en',
  'accent_hue',
  'honorific',
  'locale',
  'timezone',
  'email',
  'contact_name',
  'contact_phone',
] as const
const ZONES = [
  'Asia/Ho_Chi_Minh',
  'Asia/Bangkok',
  'Asia/Singapore',
  'Asia/Tokyo',
  'Australia/Sydney',
  'Europe/Paris',
  'Europe/London',
  'America/New_York',
  'UTC',
]

/** The organisation itself: names, look, wording, mailbox. Owners change it, others read it. */
export const organizationPages = new Hono<AppEnv>()
  .get('/', async (c) => {
    const organization = await getOrganization(c.var.services.db, c.var.member.organization.id)
    return organizationPage(c, organization, { values: organizationValues(organization), errors: [] })
  })

  .post('/', requireRole('owner'), async (c) => {
    const { page, member, services } = c.var
    const { values } = await readForm(c)
    // A number typed beside the swatches wins over them.
    if (values.accent_number?.trim()) values.accent_hue = values.accent_number.trim()
    const organization = await getOrganization(services.db, member.organization.id)
    const parsed = parseForm(organizationSchema.extend({ version: versionField }), values)
    if ('form' in parsed) return organizationPage(c, organization, parsed.form)
    const { version, ...input } = parsed.input
    try {
      await transaction(services.db, (trx) =>
        updateOrganization(trx, memberContext(c), organization.id, version, input),
      )
      return c.redirect(page.href(settingsPath(member, 'organization', '?done=saved')), 303)
    } catch (error) {
      const current = { values: { ...values, version: String(organization.version) }, errors: [] }
      if (isStale(error)) return organizationPage(c, organization, current, true)
      return organizationPage(c, organization, formRefused(error, values))
    }
  })

function organizationValues(organization: Organization): Record<string, string> {
  return {
    ...Object.fromEntries(FIELDS.map((name) => [name, String(organization[name] ?? '')])),
    version: String(organization.version),
  }
}

async function organizationPage(c: Context<AppEnv>, organization: Organization, form: FormState, stale = false) {
  const { page, member } = c.var
  const { t, href } = page
  const labels = Object.fromEntries(FIELDS.map((name) => [name, t(`organizations:field.${name}`)]))
  const title = `${t('console:nav.settings')} – ${organization.name}`
  return c.html(
    <ConsoleLayout {...(await frame(c, 'settings'))} title={title} islands={member.role === 'owner' ? ['accent'] : []}>
      <SettingsHead page={page} member={member} tab="organization" />
      {stale ? <StaleNotice page={page} form={form} stored={organizationValues(organization)} labels={labels} /> : null}
      {member.role === 'owner' ? (
        <>
          <ErrorSummary t={t} form={form} labels={labels} />
          <OrganizationForm
            page={page}
            form={form}
            labels={labels}
            address={`${page.origin}${href(`/o/${organization.slug}`)}`}
          />
          <p class="after">
            <a href={href('/organizations/new')}>{t('organizations:new')}</a>
          </p>
        </>
      ) : (
        <OrganizationFacts page={page} organization={organization} labels={labels} />
      )}
    </ConsoleLayout>,
    stale ? 412 : form.errors.length ? 422 : 200,
  )
}

function OrganizationForm({
  page,
  form,
  labels,
  address,
}: {
  page: Page
  form: FormState
  labels: Record<string, string>
  address: string
}) {
  const { t } = page
  const field = (name: (typeof FIELDS)[number]) => ({ t, form, name, label: labels[name] as string })
  return (
    <form class="form" data-guard method="post">
      <input type="hidden" name="version" value={form.values.version ?? ''} />
      <section>
        <h2>{t('organizations:section.names')}</h2>
        <TextField {...field('name')} required maxlength={200} hint={t('organizations:hint.slug', { address })} />
        <TextField {...field('name_en')} maxlength={200} />
      </section>
      <section>
        <h2>{t('organizations:section.look')}</h2>
        <Accent page={page} form={form} label={labels.accent_hue as string} />
      </section>
      <section>
        <h2>{t('organizations:section.words')}</h2>
        <div class="row">
          <SelectField
            {...field('honorific')}
            required
            options={honorifics.map((value) => ({ value, label: t(`organizations:honorific.${value}`) }))}
          />
          <SelectField
            {...field('locale')}
            required
            options={(['vi', 'en'] as const).map((value) => ({ value, label: t(`organizations:locale.${value}`) }))}
          />
        </div>
        <TextField
          {...field('timezone')}
          required
          maxlength={60}
          list="zones"
          hint={t('organizations:hint.timezone')}
        />
        <datalist id="zones">
          {ZONES.map((zone) => (
            <option value={zone} />
          ))}
        </datalist>
      </section>
      <section>
        <h2>{t('organizations:section.mail')}</h2>
        <TextField {...field('email')} type="email" maxlength={254} hint={t('organizations:hint.email')} />
        <div class="row">
          <TextField {...field('contact_name')} maxlength={120} hint={t('organizations:hint.contact')} />
          <TextField {...field('contact_phone')} type="tel" maxlength={60} />
        </div>
      </section>
      <div class="actions">
        <button class="btn primary" type="submit">
          {t('common:save')}
        </button>
      </div>
    </form>
  )
}

/** Hues as swatches, any other as a number; how both schemes look, and their least contrast. */
function Accent({ page, form, label }: { page: Page; form: FormState; label: string }) {
  const { t } = page
  const chosen = Number(form.values.accent_hue)
  const hue = Number.isInteger(chosen) && chosen >= 0 && chosen <= 359 ? chosen : 24
  const hues = accentHues.some((h) => h === hue) ? accentHues : [...accentHues, hue]
  return (
    <>
      <fieldset class="field" id="f-accent_hue" tabindex={-1}>
        <legend>{label}</legend>
        <p class="hint" id="h-accent">
          {t('organizations:accent.hint')}
        </p>
        <div class="hues">
          {hues.map((h) => (
            <label style={`--accent-h:${h}`} class="hue">
              <input
                type="radio"
                name="accent_hue"
                value={String(h)}
                checked={h === hue}
                aria-label={t('organizations:accent.hue', { hue: h })}
                data-contrast={contrastText(h, page)}
              />
              <i />
            </label>
          ))}
        </div>
      </fieldset>
      <TextField
        t={t}
        form={form}
        name="accent_number"
        label={t('organizations:accent.number')}
        type="number"
        min="0"
        max="359"
        inputmode="numeric"
      />
      <div class="accent-sample" style={`--accent-h:${hue}`} data-accent-sample>
        {(['light', 'dark'] as const).map((scheme) => (
          <div class={scheme}>
            <span class="btn primary">{t('organizations:accent.sample.button')}</span>
            <span class="link">{t('organizations:accent.sample.link')}</span>
          </div>
        ))}
      </div>
      <p class="muted small" data-accent-contrast aria-live="polite">
        {contrastText(hue, page)}
      </p>
    </>
  )
}

function contrastText(hue: number, page: Page): string {
  const contrast = accentContrast(hue)
  const ratio = (Math.floor(contrast * 10) / 10).toFixed(1).replace('.', page.locale === 'vi' ? ',' : '.')
  return page.t(contrast >= 4.5 ? 'organizations:accent.passes' : 'organizations:accent.fails', { ratio })
}

function OrganizationFacts({
  page,
  organization,
  labels,
}: {
  page: Page
  organization: Organization
  labels: Record<string, string>
}) {
  const { t } = page
  const shown = (name: (typeof FIELDS)[number]) => {
    if (name === 'honorific' || name === 'locale') return t(`organizations:${name}.${organization[name]}` as TextKey)
    return organization[name] ?? t('common:none')
  }
  return (
    <>
      <p class="muted">{t('organizations:owner.only')}</p>
      <dl class="facts after">
        {FIELDS.map((name) => (
          <>
            <dt>{labels[name]}</dt>
            <dd>{shown(name)}</dd>
          </>
        ))}
      </dl>
    </>
  )
}
