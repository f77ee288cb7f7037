import type { Child } from 'hono/jsx'
import type { Page } from '../../../env.ts'
import { substitutePolicies } from '../../../features/seminars/schema.ts'
import type { TextKey } from '../../../i18n.ts'
import { seminarKinds } from '../../../text/kinds.ts'
import { CheckField, ErrorSummary, type FormState, SelectField, TextArea, TextField } from '../../components/form.tsx'
import { WallField } from './wall-field.tsx'

const ZONES = [
  'Asia/Ho_Chi_Minh',
  'Asia/Bangkok',
  'Asia/Singapore',
  'Asia/Shanghai',
  'Asia/Tokyo',
  'Asia/Seoul',
  'Australia/Sydney',
  'Europe/Paris',
  'Europe/London',
  'America/New_York',
  'America/Los_Angeles',
  'UTC',
]

/** Every field's name in the reader's language: for the list of what needs a look. */
export function seminarLabels(page: Page): Record<string, string> {
  const names = [
    'kind',
    'subtype',
    'theme',
    'title',
    'host',
    'cohosts',
    'topics',
    'introduction',
    'startsDate',
    'startsTime',
    'endsDate',
    'endsTime',
    'timezone',
    'venue',
    'onlineUrl',
    'onlineOffered',
    'capacity',
    'answerDeadlineDate',
    'answerDeadlineTime',
    'speechDeadlineDate',
    'speechDeadlineTime',
    'substitutePolicy',
    'visibility',
    'language',
    'contactName',
    'contactPhone',
    'contactEmail',
    'subtypeEn',
    'themeEn',
    'titleEn',
    'hostEn',
    'cohostsEn',
    'topicsEn',
    'introductionEn',
    'venueEn',
  ]
  return Object.fromEntries(names.map((name) => [name, page.t(`seminars:field.${name}` as TextKey)]))
}

export interface SeminarFormProps {
  page: Page
  form: FormState
  action: string
  cancel: string
  submit: string
  /** Topics that other seminars are filed under, to choose from. */
  topics?: string[]
  /** Postponed and cancelled seminars: their times are not edited here. */
  timesClosed?: boolean
  children?: Child
}

/** The whole form of a seminar, for a new one and for an edit. `children` stands before the buttons. */
export function SeminarForm({ page, form, action, cancel, submit, topics, timesClosed, children }: SeminarFormProps) {
  const { t } = page
  const labels = seminarLabels(page)
  const field = (name: string) => ({ t, form, name, label: labels[name] ?? name })
  return (
    <form class="form seminar-form" method="post" action={action} data-guard>
      <ErrorSummary t={t} form={form} labels={labels} />
      <input type="hidden" name="version" value={form.values.version ?? ''} />
      <section>
        <h2>{t('seminars:form.content')}</h2>
        <TextField {...field('theme')} required maxlength={300} hint={t('seminars:hint.theme')} />
        <div class="row">
          <SelectField
            {...field('kind')}
            required
            options={seminarKinds.map((value) => ({ value, label: t(`seminars:kind.${value}`) }))}
          />
          <TextField {...field('subtype')} maxlength={80} hint={t('seminars:hint.subtype')} />
        </div>
        <TextField {...field('host')} required maxlength={300} />
        <TextArea {...field('cohosts')} rows={2} hint={t('seminars:hint.lines')} />
        <TextArea {...field('topics')} rows={2} hint={t('seminars:hint.topics')} />
        <KnownTopics page={page} topics={topics ?? []} />
        <TextArea {...field('introduction')} rows={4} maxlength={5000} hint={t('seminars:hint.introduction')} />
      </section>
      <section>
        <h2>{t('seminars:form.time')}</h2>
        {timesClosed ? (
          <p class="muted">{t('seminars:form.times_closed')}</p>
        ) : (
          <>
            <WallField page={page} form={form} name="starts" labels={labels} />
            <WallField page={page} form={form} name="ends" labels={labels} />
          </>
        )}
        <TextField {...field('timezone')} required list="zones" hint={t('seminars:hint.timezone')} />
        <datalist id="zones">
          {ZONES.map((zone) => (
            <option value={zone} />
          ))}
        </datalist>
        <TextField {...field('venue')} maxlength={300} />
        <TextField {...field('onlineUrl')} type="url" maxlength={1000} placeholder="https://" />
        <CheckField form={form} name="onlineOffered" label={labels.onlineOffered ?? ''} />
      </section>
      <section>
        <h2>{t('seminars:form.taking_part')}</h2>
        <TextField {...field('capacity')} inputmode="numeric" hint={t('seminars:hint.capacity')} />
        {timesClosed ? null : <WallField page={page} form={form} name="answerDeadline" labels={labels} />}
        <WallField page={page} form={form} name="speechDeadline" labels={labels} />
        <SelectField
          {...field('substitutePolicy')}
          required
          options={substitutePolicies.map((value) => ({ value, label: t(`seminars:substitutes.${value}`) }))}
        />
      </section>
      <section>
        <h2>{t('seminars:form.publicity')}</h2>
        <div class="row">
          <SelectField
            {...field('visibility')}
            required
            options={(['public', 'unlisted', 'private'] as const).map((value) => ({
              value,
              label: t(`seminars:visibility.${value}`),
            }))}
          />
          <SelectField
            {...field('language')}
            required
            options={(['vi', 'en'] as const).map((value) => ({ value, label: t(`seminars:language.${value}`) }))}
          />
        </div>
        <div class="row">
          <TextField {...field('contactName')} maxlength={200} />
          <TextField {...field('contactPhone')} type="tel" maxlength={60} />
        </div>
        <TextField {...field('contactEmail')} type="email" maxlength={254} hint={t('seminars:hint.contact')} />
      </section>
      <MoreFields page={page} form={form} labels={labels} />
      {children}
      <div class="actions">
        <button class="btn primary" type="submit">
          {submit}
        </button>
        <a class="btn quiet" href={cancel}>
          {t('common:cancel')}
        </a>
      </div>
    </form>
  )
}

/** Topics in use: words to read, and with a script buttons that write them into the field. */
function KnownTopics({ page, topics }: { page: Page; topics: string[] }) {
  if (!topics.length) return null
  return (
    <p class="small known" data-lines-of="f-topics" data-most="5">
      <span class="muted">{page.t('seminars:topics.known')}</span>
      {topics.map((name) => (
        <>
          {' '}
          <span class="pill">{name}</span>
        </>
      ))}
    </p>
  )
}

const ENGLISH = ['themeEn', 'subtypeEn', 'hostEn', 'cohostsEn', 'topicsEn', 'introductionEn', 'venueEn']

/** What few seminars need: a title of their own, and what is written in English. Open where something is filled in. */
function MoreFields({ page, form, labels }: { page: Page; form: FormState; labels: Record<string, string> }) {
  const { t } = page
  const field = (name: string) => ({ t, form, name, label: labels[name] ?? name })
  const used = (names: string[]) =>
    names.some((name) => form.values[name]) || form.errors.some((error) => names.includes(error.field))
  return (
    <>
      <details open={used(ENGLISH)}>
        <summary>{t('seminars:form.english')}</summary>
        <div class="form">
          <TextField {...field('themeEn')} maxlength={300} />
          <TextField {...field('subtypeEn')} maxlength={80} />
          <TextField {...field('hostEn')} maxlength={300} />
          <TextArea {...field('cohostsEn')} rows={2} hint={t('seminars:hint.lines')} />
          <TextArea {...field('topicsEn')} rows={2} hint={t('seminars:hint.topicsEn')} />
          <TextField {...field('venueEn')} maxlength={300} />
          <TextArea {...field('introductionEn')} rows={4} maxlength={5000} />
        </div>
      </details>
      <details open={used(['title', 'titleEn'])}>
        <summary>{t('seminars:form.title')}</summary>
        <div class="form">
          <TextField {...field('title')} maxlength={400} hint={t('seminars:hint.title')} />
          <TextField {...field('titleEn')} maxlength={400} />
        </div>
      </details>
    </>
  )
}
