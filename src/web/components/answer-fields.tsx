import type { Page } from '../../env.ts'
import type { FieldError } from '../../errors.ts'
import { type FormState, fieldErrorText, TextArea, TextField } from './form.tsx'

/** A form's flat fields as the input of an answer; fields of another answer are left out, whatever was typed there. */
export function answerFromForm(values: Record<string, string>): Record<string, unknown> {
  const { answer, reason, note } = values
  const substitute = {
    name: values['substitute.name'] ?? '',
    position: values['substitute.position'] ?? '',
    email: values['substitute.email'] ?? '',
  }
  return { answer, reason, note, ...(answer === 'substitute' ? { substitute } : {}) }
}

export interface AnswerChoices {
  online: boolean
  substitute: 'none' | 'free' | 'consent'
  /** An organizer need not know the reason. */
  reasonRequired: boolean
}

/**
 * The one question of an invitation. Nothing is chosen beforehand. What an answer asks for besides appears when it is chosen,
 * without a script.
 */
export function AnswerFields({
  page,
  form,
  choices,
  legend,
  voice,
}: {
  page: Page
  form: FormState
  choices: AnswerChoices
  legend: string
  voice: 'delegate' | 'organizer'
}) {
  const { t } = page
  const words = (key: 'attend' | 'attend_online' | 'substitute' | 'decline') =>
    t(voice === 'delegate' ? `delegate:rsvp.${key}` : `invitations:record.${key}`)
  const error = form.errors.find((e) => e.field === 'answer')
  const option = (value: 'attend' | 'attend_online' | 'substitute' | 'decline', hint?: string) => (
    <label class="opt">
      <input
        type="radio"
        name="answer"
        value={value}
        checked={form.values.answer === value}
        aria-describedby={error ? 'e-answer' : undefined}
      />
      <span>
        {words(value)}
        {hint ? <span class="small muted">{hint}</span> : null}
      </span>
    </label>
  )
  return (
    <fieldset class="opts">
      <legend>{legend}</legend>
      {error ? <AnswerError page={page} error={error} /> : null}
      {option('attend')}
      {choices.online ? option('attend_online') : null}
      {choices.substitute === 'none'
        ? null
        : option('substitute', choices.substitute === 'consent' ? t('delegate:rsvp.consent') : undefined)}
      {choices.substitute === 'none' ? null : <SubstituteFields page={page} form={form} />}
      {option('decline')}
      <div class="more more-decline">
        <TextField
          t={t}
          form={form}
          name="reason"
          label={t('delegate:rsvp.reason')}
          needed={choices.reasonRequired}
          maxlength={500}
        />
      </div>
      <div class="more more-note">
        <TextArea t={t} form={form} name="note" label={t('delegate:rsvp.note')} rows={2} maxlength={1000} />
      </div>
    </fieldset>
  )
}

function AnswerError({ page, error }: { page: Page; error: FieldError }) {
  return (
    <p class="error" id="e-answer" role="alert">
      {fieldErrorText(page.t, error, page.t('delegate:rsvp.title'))}
    </p>
  )
}

function SubstituteFields({ page: { t }, form }: { page: Page; form: FormState }) {
  return (
    <div class="more more-substitute">
      <TextField
        t={t}
        form={form}
        name="substitute.name"
        label={t('delegate:substitute.name')}
        needed
        maxlength={120}
      />
      <TextField
        t={t}
        form={form}
        name="substitute.position"
        label={t('delegate:substitute.position')}
        needed
        maxlength={200}
      />
      <TextField
        t={t}
        form={form}
        name="substitute.email"
        type="email"
        label={t('delegate:substitute.email')}
        hint={t('delegate:substitute.email.hint')}
        maxlength={254}
      />
    </div>
  )
}
