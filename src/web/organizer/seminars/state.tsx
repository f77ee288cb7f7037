import { type Context, Hono } from 'hono'
import { type Trx, transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { followChange } from '../../../features/invitations/commands/notify.ts'
import { copySeminar } from '../../../features/seminars/commands/copy.ts'
import {
  cancelSeminar,
  holdSeminar,
  postponeSeminar,
  type SeminarChange,
  scheduleSeminar,
} from '../../../features/seminars/commands.ts'
import { getPlaces } from '../../../features/seminars/queries/detail.ts'
import { getSeminar, type SeminarRow, seminarName } from '../../../features/seminars/queries.ts'
import { nextStates, type SeminarState } from '../../../features/seminars/rules.ts'
import { noteInput, versionInput } from '../../../features/seminars/schema.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { ErrorSummary, type FormState, TextArea } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { MailQuestion, savedQuery, toldOnChange } from './change.tsx'
import { atFormFields, readScheduleForm, seminarFormValues, type Values } from './form-values.ts'
import { seminarPath } from './frame.tsx'
import { seminarLabels } from './seminar-form.tsx'
import { isStale } from './stale.tsx'
import { WallField } from './wall-field.tsx'

type Step = 'schedule' | 'postpone' | 'cancel'
const TO: Record<Step, SeminarState> = { schedule: 'scheduled', postpone: 'postponed', cancel: 'cancelled' }

/** The steps of a seminar's life. A step that is not next from here has no page: 404. */
export const statePages = new Hono<AppEnv>()
  .get('/:id/schedule', requireRole('organizer'), (c) => openStep(c, c.req.param('id'), 'schedule'))
  .get('/:id/postpone', requireRole('organizer'), (c) => openStep(c, c.req.param('id'), 'postpone'))
  .get('/:id/cancel', requireRole('organizer'), (c) => openStep(c, c.req.param('id'), 'cancel'))
  .post('/:id/schedule', async (c) => {
    const { values } = await readForm(c)
    const parsed = readScheduleForm(values)
    return takeStep(
      c,
      c.req.param('id'),
      'schedule',
      values,
      'form' in parsed ? parsed.form : undefined,
      (trx, seminar, version) =>
        scheduleSeminar(
          trx,
          memberContext(c),
          seminar.organization_id,
          seminar.id,
          'input' in parsed ? parsed.input : null,
          version,
        ),
    )
  })
  .post('/:id/postpone', async (c) => {
    const { values } = await readForm(c)
    const parsed = parseForm(noteInput, values)
    return takeStep(
      c,
      c.req.param('id'),
      'postpone',
      values,
      'form' in parsed ? parsed.form : undefined,
      (trx, seminar, version) =>
        postponeSeminar(
          trx,
          memberContext(c),
          seminar.organization_id,
          seminar.id,
          'input' in parsed ? parsed.input.note : null,
          version,
        ),
    )
  })
  .post('/:id/cancel', async (c) => {
    const { values } = await readForm(c)
    const parsed = parseForm(noteInput, values)
    return takeStep(
      c,
      c.req.param('id'),
      'cancel',
      values,
      'form' in parsed ? parsed.form : undefined,
      (trx, seminar, version) =>
        cancelSeminar(
          trx,
          memberContext(c),
          seminar.organization_id,
          seminar.id,
          'input' in parsed ? parsed.input.note : null,
          version,
        ),
    )
  })
  .post('/:id/hold', async (c) => {
    const { organization } = c.var.member
    const id = c.req.param('id')
    await transaction(c.var.services.db, (trx) => holdSeminar(trx, memberContext(c), organization.id, id))
    return c.redirect(c.var.page.href(seminarPath(c.var.member, id)), 303)
  })
  .post('/:id/copy', async (c) => {
    const { organization } = c.var.member
    const copy = await transaction(c.var.services.db, (trx) =>
      copySeminar(trx, memberContext(c), organization.id, c.req.param('id')),
    )
    return c.redirect(c.var.page.href(seminarPath(c.var.member, copy.id, '/edit')), 303)
  })

async function openStep(c: Context<AppEnv>, id: string, step: Step) {
  const { db } = c.var.services
  const seminar = await getSeminar(db, c.var.member.organization.id, id)
  if (!nextStates(seminar.state as SeminarState).includes(TO[step])) throw new DomainError('not_found')
  const places = await getPlaces(db, seminar.organization_id, id)
  return stepPage(c, seminar, step, { values: seminarFormValues(seminar, places.capacity), errors: [] }, 200)
}

type Command = (trx: Trx, seminar: SeminarRow, version: number) => Promise<SeminarChange>

async function takeStep(
  c: Context<AppEnv>,
  id: string,
  step: Step,
  values: Values,
  refused: FormState | undefined,
  command: Command,
) {
  const seminar = await getSeminar(c.var.services.db, c.var.member.organization.id, id)
  if (refused) return stepPage(c, seminar, step, atFormFields(refused), 422)
  try {
    const told = await transaction(c.var.services.db, async (trx) => {
      const change = await command(trx, seminar, versionInput.catch(0).parse(values.version))
      return followChange(trx, memberContext(c), change, values.tell === 'on')
    })
    return c.redirect(c.var.page.href(`${seminarPath(c.var.member, id)}${savedQuery(told)}`), 303)
  } catch (error) {
    if (isStale(error))
      return stepPage(c, seminar, step, { values: { ...values, version: String(seminar.version) }, errors: [] }, 412)
    return stepPage(c, seminar, step, atFormFields(formRefused(error, values)), 422)
  }
}

async function stepPage(c: Context<AppEnv>, seminar: SeminarRow, step: Step, form: FormState, status: 200 | 412 | 422) {
  const { page, member } = c.var
  const { t } = page
  const base = page.href(seminarPath(member, seminar.id))
  const labels = { ...seminarLabels(page), note: t('seminars:field.note') }
  const mailed = await toldOnChange(c.var.services.db, seminar, { off: step !== 'schedule' })
  const name = seminarName(seminar, page.locale)
  return c.html(
    <ConsoleLayout {...(await frame(c, 'seminars'))} title={`${t(`seminars:${step}.title`)} · ${name}`}>
      <header class="page-title">
        <p class="muted small crumbs">
          <a href={base}>{name}</a>
        </p>
        <h1>{t(`seminars:${step}.title`)}</h1>
      </header>
      <form class="form" method="post" action={`${base}/${step}`} data-guard>
        {status === 412 ? (
          <div class="notice late" role="alert">
            <strong>{t('seminars:stale.title')}</strong>
            <p>{t('seminars:stale.again')}</p>
          </div>
        ) : null}
        <ErrorSummary t={t} form={form} labels={labels} />
        <input type="hidden" name="version" value={form.values.version ?? String(seminar.version)} />
        <p>{t(`seminars:${step}.text`)}</p>
        {step === 'schedule' ? (
          <>
            <WallField page={page} form={form} name="starts" labels={labels} required />
            <WallField page={page} form={form} name="ends" labels={labels} required />
            <WallField page={page} form={form} name="answerDeadline" labels={labels} />
          </>
        ) : (
          <TextArea
            t={t}
            form={form}
            name="note"
            label={labels.note}
            rows={3}
            maxlength={500}
            hint={t('seminars:hint.note')}
          />
        )}
        <MailQuestion page={page} form={form} count={mailed} />
        <div class="actions">
          <button class="btn primary" type="submit">
            {t(`seminars:${step}.submit`)}
          </button>
          <a class="btn quiet" href={base}>
            {t('common:back')}
          </a>
        </div>
      </form>
    </ConsoleLayout>,
    status,
  )
}
