import type { Page } from '../../../env.ts'
import type { DelegationWithCount } from '../../../features/invitations/queries/list.ts'
import type { InvitationRow } from '../../../features/invitations/queries/one.ts'
import { type FormState, SelectField, TextArea, TextField } from '../../components/form.tsx'

/** The fields' labels, for the summary above a form that came back. */
export function inviteeLabels({ t }: Page): Record<string, string> {
  return {
    name: t('invitations:field.name'),
    positions: t('invitations:field.positions'),
    positions_en: t('invitations:field.positionsEn'),
    email: t('invitations:field.email'),
    phone: t('invitations:field.phone'),
    delegation_id: t('invitations:column.delegation'),
  }
}

/** An invitation as its form holds it. */
export function inviteeValues(invitation: InvitationRow): FormState {
  const { name, positions, positions_en, email, phone, gender, locale, delegation_id, version } = invitation
  const values = {
    name,
    positions: positions.join('\n'),
    positions_en: positions_en.join('\n'),
    email: email ?? '',
    phone: phone ?? '',
    gender: gender ?? '',
    locale,
    delegation_id: delegation_id ?? '',
    version: String(version),
  }
  return { values, errors: [] }
}

/** Who is invited, as the letter will name them. */
export function InviteeFields({
  page,
  form,
  delegations,
}: {
  page: Page
  form: FormState
  delegations: DelegationWithCount[]
}) {
  const { t, locale } = page
  const common = { t, form }
  return (
    <>
      <TextField {...common} name="name" label={t('invitations:field.name')} required maxlength={120} />
      <div class="row">
        <TextArea
          {...common}
          name="positions"
          label={t('invitations:field.positions')}
          hint={t('invitations:field.positions.hint')}
          rows={2}
        />
        <TextArea
          {...common}
          name="positions_en"
          label={t('invitations:field.positionsEn')}
          hint={t('invitations:field.positionsEn.hint')}
          rows={2}
        />
      </div>
      <div class="row">
        <TextField {...common} name="email" type="email" label={t('invitations:field.email')} maxlength={254} />
        <TextField {...common} name="phone" type="tel" label={t('invitations:field.phone')} maxlength={60} />
      </div>
      <div class="row">
        <SelectField
          {...common}
          name="gender"
          label={t('invitations:field.gender')}
          options={[
            { value: '', label: t('invitations:field.gender.none') },
            { value: 'male', label: t('invitations:field.gender.male') },
            { value: 'female', label: t('invitations:field.gender.female') },
          ]}
        />
        <SelectField
          {...common}
          name="locale"
          required
          label={t('invitations:field.locale')}
          options={[
            { value: 'vi', label: 'Tiếng Việt' },
            { value: 'en', label: 'English' },
          ]}
        />
      </div>
      {delegations.length ? (
        <SelectField
          {...common}
          name="delegation_id"
          label={t('invitations:column.delegation')}
          options={[
            { value: '', label: t('invitations:field.delegation.none') },
            ...delegations.map((d) => ({ value: d.id, label: (locale === 'en' && d.text_en) || d.text })),
          ]}
        />
      ) : null}
    </>
  )
}
