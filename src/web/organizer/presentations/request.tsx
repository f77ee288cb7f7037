import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import type { FieldError } from '../../../errors.ts'
import { changeRequest, requestSpeech } from '../../../features/presentations/commands/request.ts'
import { findInvitees, getSeminarSpeech } from '../../../features/presentations/queries.ts'
import { changeInput, requestInput } from '../../../features/presentations/schema.ts'
import { getSeminar, type SeminarRow, seminarName } from '../../../features/seminars/queries.ts'
import { versionInput } from '../../../features/seminars/schema.ts'
import { readWall } from '../../../text/dates.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { ErrorSummary, type FormState, SelectField, TextField } from '../../components/form.tsx'
import { formRefused, parseForm, readForm } from '../../forms.ts'
import { memberContext, requireRole } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { SeminarFrame, seminarPath } from '../seminars/frame.tsx'
import { isStale, StaleNotice } from '../seminars/stale.tsx'
import { WallField } from '../seminars/wall-field.tsx'
import { seminarId } from './board.tsx'
import { FindInvitee } from './find-invitee.tsx'

type Values = Record<string, string>

export const requestPages = new Hono<AppEnv>()
  .get('/new', requireRole('organizer'), async (c) => {
    const seminar = await getSeminar(c.var.services.db, c.var.member.organization.id, seminarId(c))
    const values = {
      minutes: '10',
      delivery: 'read',
      locale: seminar.language,
      ...wallFields(seminar.speech_deadline_local),
      invitationId: c.req.query('invitee') ?? '',
    }
    return newPage(c, seminar, { values, errors: [] })
  })
  .post('/new', async (c) => {
    const { values } = await readForm(c)
    const seminar = await getSeminar(c.var.services.db, c.var.member.organization.id, seminarId(c))
    const parsed = parseForm(requestInput, { ...values, deadlineLocal: wallOf(values) })
    if ('form' in parsed) return newPage(c, seminar, atFields(parsed.form.errors, values))
    try {
      const id = await transaction(c.var.services.db, (trx) =>
        requestSpeech(trx, memberContext(c), seminar.organization_id, seminar.id, parsed.input),
      )
      return c.redirect(`${base(c)}/${id}?asked`, 303)
    } catch (error) {
      return newPage(c, seminar, atFields(formRefused(error, values).errors, values))
    }
  })
  .get('/:speech/edit', requireRole('organizer'), async (c) => {
    const speech = await load(c, c.req.param('speech'))
    return editPage(c, speech.id, { values: stored(speech), errors: [] })
  })
  .post('/:speech/edit', async (c) => {
    const { values } = await readForm(c)
    const speech = await load(c, c.req.param('speech'))
    const parsed = parseForm(changeInput, { ...values, deadlineLocal: wallOf(values) })
    if ('form' in parsed) return editPage(c, speech.id, atFields(parsed.form.errors, values))
    const target = {
      organizationId: speech.organization_id,
      id: speech.id,
      version: versionInput.catch(0).parse(values.version),
    }
    try {
      await transaction(c.var.services.db, (trx) => changeRequest(trx, memberContext(c), target, parsed.input))
    } catch (error) {
      const now = stored(await load(c, speech.id))
      if (isStale(error))
        return editPage(c, speech.id, { values: { ...values, version: now.version as string }, errors: [] }, now)
      return editPage(c, speech.id, formRefused(error, values))
    }
    return c.redirect(`${base(c)}/${speech.id}?saved`, 303)
  })

function base(c: Context<AppEnv>): string {
  return c.var.page.href(seminarPath(c.var.member, seminarId(c), '/presentations'))
}

function load(c: Context<AppEnv>, id: string) {
  return getSeminarSpeech(c.var.services.db, c.var.member.organization.id, seminarId(c), id)
}

/** A deadline is asked for as a date and a time. */
function wallOf(values: Values): string {
  const [day, time] = [values.deadlineDate?.trim() ?? '', values.deadlineTime?.trim() ?? '']
  return day === '' && time === '' ? '' : `${day}T${time}`
}

function wallFields(wall: string | null): Values {
  if (wall === null) return { deadlineDate: '', deadlineTime: '' }
  const at = readWall(wall)
  return {
    deadlineDate: at.toPlainDate().toString(),
    deadlineTime: at.toPlainTime().toString({ smallestUnit: 'minute' }),
  }
}

function atFields(errors: FieldError[], values: Values): FormState {
  return {
    values,
    errors: errors.map((e) => (e.field === 'deadlineLocal' ? { ...e, field: 'deadlineDate', code: 'date' } : e)),
  }
}

function stored(speech: Awaited<ReturnType<typeof getSeminarSpeech>>): Values {
  return {
    version: String(speech.version),
    topic: speech.topic,
    topicEn: speech.topic_en ?? '',
    minutes: String(speech.minutes),
    delivery: speech.delivery,
    email: speech.email ?? '',
    position: speech.position ?? '',
    ...wallFields(speech.deadline_local),
  }
}

function labelsOf({ t }: Page): Record<string, string> {
  return {
    invitationId: t('presentations:form.invitee'),
    name: t('presentations:form.name'),
    position: t('presentations:form.position'),
    email: t('presentations:form.email'),
    topic: t('presentations:form.topic'),
    topicEn: t('presentations:form.topicEn'),
    minutes: t('presentations:form.minutes'),
    delivery: t('presentations:form.delivery'),
    deadlineDate: t('presentations:form.deadline'),
    deadlineTime: t('presentations:form.deadline'),
  }
}

async function newPage(c: Context<AppEnv>, seminar: SeminarRow, form: FormState) {
  const { page, member } = c.var
  const { t } = page
  const q = (c.req.query('q') ?? '').slice(0, 200)
  const { db } = c.var.services
  const chosenId = form.values.invitationId ?? ''
  const [found, chosen] = await Promise.all([
    q.trim() && !chosenId ? findInvitees(db, seminar.organization_id, seminar.id, { q }) : [],
    chosenId ? findInvitees(db, seminar.organization_id, seminar.id, { id: chosenId }) : [],
  ])
  const labels = labelsOf(page)
  const [invitee] = chosen
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      title={`${t('presentations:new.title')} · ${seminarName(seminar, page.locale)}`}
    >
      <SeminarFrame page={page} member={member} seminar={seminar} tab="presentations">
        <h2 class="page-title">{t('presentations:new.title')}</h2>
        {invitee ? null : <FindInvitee page={page} action={`${base(c)}/new`} q={q} found={found} />}
        <form class="form" method="post" action={`${base(c)}/new`}>
          <ErrorSummary t={t} form={form} labels={labels} />
          {invitee ? (
            <div class="chosen" id="f-invitationId">
              <span>
                <strong>{invitee.name}</strong>
                <span class="muted small"> {invitee.positions.join(', ')}</span>
                <br />
                <span class={invitee.email ? 'muted small' : 'small'}>
                  {invitee.email ?? t('presentations:new.noEmail')}
                </span>
              </span>
              <a class="link" href={`${base(c)}/new`}>
                {t('presentations:new.change')}
              </a>
              <input type="hidden" name="invitationId" value={invitee.id} />
            </div>
          ) : (
            <>
              <p class="muted">{t('presentations:new.byHand')}</p>
              <TextField t={t} form={form} name="name" label={labels.name as string} required maxlength={120} />
              <div class="row">
                <TextField t={t} form={form} name="position" label={labels.position as string} maxlength={300} />
                <TextField t={t} form={form} name="email" type="email" label={labels.email as string} maxlength={254} />
              </div>
              <SelectField
                t={t}
                form={form}
                name="locale"
                label={t('presentations:form.locale')}
                required
                options={[
                  { value: 'vi', label: t('presentations:form.locale.vi') },
                  { value: 'en', label: t('presentations:form.locale.en') },
                ]}
              />
            </>
          )}
          <Wanted page={page} form={form} labels={labels} />
          <p class="actions">
            <button class="btn primary" type="submit">
              {t('presentations:new.submit')}
            </button>
            <a class="btn quiet" href={base(c)}>
              {t('common:cancel')}
            </a>
          </p>
        </form>
      </SeminarFrame>
    </ConsoleLayout>,
    form.errors.length ? 422 : 200,
  )
}

/** What is asked for. */
function Wanted({ page, form, labels }: { page: Page; form: FormState; labels: Record<string, string> }) {
  const { t } = page
  return (
    <>
      <TextField t={t} form={form} name="topic" label={labels.topic as string} required maxlength={300} />
      <TextField t={t} form={form} name="topicEn" label={labels.topicEn as string} maxlength={300} />
      <div class="row">
        <SelectField
          t={t}
          form={form}
          name="delivery"
          label={labels.delivery as string}
          required
          options={[
            { value: 'read', label: t('presentations:delivery.read') },
            { value: 'print', label: t('presentations:delivery.print') },
          ]}
        />
        <TextField
          t={t}
          form={form}
          name="minutes"
          type="number"
          min="0"
          max="240"
          inputmode="numeric"
          label={labels.minutes as string}
          required
        />
      </div>
      <WallField page={page} form={form} name="deadline" labels={labels} />
    </>
  )
}

async function editPage(c: Context<AppEnv>, speechId: string, form: FormState, now?: Values) {
  const { page, member } = c.var
  const { t } = page
  const seminar = await getSeminar(c.var.services.db, member.organization.id, seminarId(c))
  const labels = labelsOf(page)
  const own = `${base(c)}/${speechId}`
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      title={`${t('presentations:one.edit')} · ${seminarName(seminar, page.locale)}`}
    >
      <SeminarFrame page={page} member={member} seminar={seminar} tab="presentations">
        <h2 class="page-title">{t('presentations:one.edit')}</h2>
        {now ? <StaleNotice page={page} form={form} stored={now} labels={labels} /> : null}
        <form class="form" method="post" action={`${own}/edit`}>
          <ErrorSummary t={t} form={form} labels={labels} />
          <input type="hidden" name="version" value={form.values.version} />
          <Wanted page={page} form={form} labels={labels} />
          <div class="row">
            <TextField t={t} form={form} name="position" label={labels.position as string} maxlength={300} />
            <TextField t={t} form={form} name="email" type="email" label={labels.email as string} maxlength={254} />
          </div>
          <p class="actions">
            <button class="btn primary" type="submit">
              {t('common:save')}
            </button>
            <a class="btn quiet" href={own}>
              {t('common:cancel')}
            </a>
          </p>
        </form>
      </SeminarFrame>
    </ConsoleLayout>,
    now ? 412 : form.errors.length ? 422 : 200,
  )
}
