import { type Context, Hono } from 'hono'
import { type Trx, transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { linkUrl } from '../../../features/links/queries.ts'
import {
  approveSpeech,
  placeOnAgenda,
  putDownSpeech,
  releaseSpeech,
  reopenSpeech,
  returnSpeech,
  takeUpSpeech,
} from '../../../features/presentations/commands/decide.ts'
import type { Target } from '../../../features/presentations/commands/lock.ts'
import { remindSpeaker } from '../../../features/presentations/commands/remind.ts'
import { replaceLink, resendRequest, withdrawRequest } from '../../../features/presentations/commands/request.ts'
import { speechTopic } from '../../../features/presentations/emails.ts'
import { listPlacements } from '../../../features/presentations/queries/board.ts'
import { listUploads } from '../../../features/presentations/queries/uploads.ts'
import { getSeminarSpeech, getVersion, listVersions } from '../../../features/presentations/queries.ts'
import { placedMinutes } from '../../../features/presentations/rules.ts'
import { placeInput, returnInput } from '../../../features/presentations/schema.ts'
import { getAgenda } from '../../../features/seminars/queries/detail.ts'
import { getSeminar, seminarName } from '../../../features/seminars/queries.ts'
import { versionInput } from '../../../features/seminars/schema.ts'
import { answerFile } from '../../../http/file-answer.ts'
import type { UploadPlace } from '../../../http/tus.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { emptyForm, type FormState } from '../../components/form.tsx'
import type { RefusedFile } from '../../components/upload-form.tsx'
import { parseForm, readForm } from '../../forms.ts'
import { memberContext } from '../../middleware.ts'
import { receiveFiles } from '../../receive-files.ts'
import { resumableUploads } from '../../resumable.ts'
import { answerUpload } from '../../upload-answer.ts'
import { frame } from '../frame.ts'
import { SeminarFrame, seminarPath } from '../seminars/frame.tsx'
import { seminarId } from './board.tsx'
import { SpeechDetail } from './speech-detail.tsx'

type Ctx = ReturnType<typeof memberContext>
type Command = (trx: Trx, ctx: Ctx, target: Target) => Promise<void>

export const speechPages = new Hono<AppEnv>()
  .get('/:speech', (c) => show(c))
  .get('/:speech/files/:number{[0-9]+}', async (c) => answerFile(c, await version(c), 'download'))
  .get('/:speech/files/:number{[0-9]+}/view', async (c) => {
    const file = await version(c)
    if (file.media_type !== 'application/pdf') throw new DomainError('not_found')
    return answerFile(c, file, 'view')
  })
  .post('/:speech/files', async (c) => {
    const speech = await load(c)
    const target = { organizationId: speech.organization_id, id: speech.id }
    return answerUpload(
      c,
      () => receiveFiles(c, memberContext(c), target, 'organizer'),
      own(c),
      (refused, accepted, status) => show(c, { refused, accepted, status }),
    )
  })
  .route('/:speech/uploads', resumableUploads(openForUpload))
  .post('/:speech/take-up', (c) => run(c, takeUpSpeech))
  .post('/:speech/put-down', (c) => run(c, putDownSpeech))
  .post('/:speech/approve', (c) => run(c, approveSpeech))
  .post('/:speech/reopen', (c) => run(c, reopenSpeech))
  .post('/:speech/withdraw', (c) => run(c, withdrawRequest))
  .post('/:speech/resend', (c) => run(c, resendRequest, 'resent'))
  // Whatever was changed meanwhile, a reminder changes nothing that a form was opened on.
  .post('/:speech/remind', (c) =>
    run(c, (trx, ctx, { version: _, ...target }) => remindSpeaker(trx, ctx, target), 'reminded'),
  )
  .post('/:speech/link', (c) => run(c, replaceLink))
  .post('/:speech/release', (c) => run(c, (trx, ctx, target) => releaseSpeech(trx, ctx, target, true)))
  .post('/:speech/unrelease', (c) => run(c, (trx, ctx, target) => releaseSpeech(trx, ctx, target, false)))
  .post('/:speech/return', async (c) => {
    const { values } = await readForm(c)
    const parsed = parseForm(returnInput, values)
    if ('form' in parsed) return show(c, { form: parsed.form, status: 422 })
    return run(c, (trx, ctx, target) => returnSpeech(trx, ctx, target, parsed.input), 'saved', values)
  })
  .post('/:speech/agenda', async (c) => {
    const { values } = await readForm(c)
    const parsed = parseForm(placeInput, values)
    if ('form' in parsed) return show(c, { form: parsed.form, status: 422 })
    return run(c, (trx, ctx, target) => placeOnAgenda(trx, ctx, target, parsed.input), 'saved', values)
  })

function own(c: Context<AppEnv>): string {
  return c.var.page.href(seminarPath(c.var.member, seminarId(c), `/presentations/${c.req.param('speech')}`))
}

function load(c: Context<AppEnv>) {
  return getSeminarSpeech(c.var.services.db, c.var.member.organization.id, seminarId(c), c.req.param('speech') ?? '')
}

async function openForUpload(c: Context<AppEnv>): Promise<UploadPlace> {
  return { speech: await load(c), sentBy: 'organizer', ctx: memberContext(c), base: own(c), t: c.var.t }
}

async function version(c: Context<AppEnv>) {
  const speech = await load(c)
  return getVersion(c.var.services.db, speech.organization_id, speech.id, Number(c.req.param('number')))
}

/** Carries an organizer's step out on the version the form was opened on; what no longer applies is said on the page. */
async function run(
  c: Context<AppEnv>,
  command: Command,
  done = 'saved',
  read?: Record<string, string>,
): Promise<Response> {
  const values = read ?? (await readForm(c)).values
  const target = {
    organizationId: c.var.member.organization.id,
    seminarId: seminarId(c),
    id: c.req.param('speech') ?? '',
    version: versionInput.catch(0).parse(values.version),
  }
  try {
    await transaction(c.var.services.db, (trx) => command(trx, memberContext(c), target))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (error.code === 'conflict' || error.code === 'stale_version') {
      const refusal = error.detail ?? 'refused'
      return show(c, { form: { values, errors: [] }, refusal, status: error.code === 'conflict' ? 409 : 412 })
    }
    if (error.fields.length) return show(c, { form: { values, errors: error.fields }, status: 422 })
    throw error
  }
  return c.redirect(`${own(c)}?${done}`, 303)
}

interface Shown {
  form?: FormState
  refused?: RefusedFile[]
  accepted?: number
  /** Why a step was refused, as a code. */
  refusal?: string
  status?: number
}

async function show(
  c: Context<AppEnv>,
  { form = emptyForm, refused = [], accepted = 0, refusal, status = 200 }: Shown = {},
): Promise<Response> {
  const { db, config } = c.var.services
  const { page, member } = c.var
  const speech = await load(c)
  const seminar = await getSeminar(db, member.organization.id, speech.seminar_id)
  const [versions, uploads, agenda, placements] = await Promise.all([
    listVersions(db, speech.organization_id, speech.id),
    listUploads(db, speech.organization_id, speech.id),
    getAgenda(db, seminar),
    listPlacements(db, speech.organization_id, speech.seminar_id),
  ])
  const placed = placedMinutes(agenda.items, placements)
  const canChange = member.role !== 'viewer'
  const link = {
    purpose: 'presentation' as const,
    targetId: speech.id,
    generation: speech.generation,
    locale: speech.locale,
  }
  const done = (['asked', 'saved', 'resent', 'reminded', 'received'] as const).find(
    (name) => c.req.query(name) !== undefined,
  )
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      islands={['upload']}
      title={`${speechTopic(speech, page.locale)} · ${seminarName(seminar, page.locale)}`}
    >
      <SeminarFrame page={page} member={member} seminar={seminar} tab="presentations">
        <SpeechDetail
          page={page}
          speech={speech}
          seminarState={seminar.state}
          userId={member.userId}
          log={page.href(`/console/${member.organization.slug}/log?subject=${speech.id}`)}
          versions={versions}
          uploads={uploads}
          agenda={agenda.items.map((item) => ({
            ...item,
            placed: placed.find((p) => p.itemId === item.id)?.placed ?? 0,
          }))}
          own={own(c)}
          link={canChange ? await linkUrl(memberContext(c), link) : null}
          canChange={canChange}
          maxBytes={config.uploadMaxBytes}
          form={form}
          refused={refused}
          accepted={accepted}
          refusal={refusal}
          done={done}
        />
      </SeminarFrame>
    </ConsoleLayout>,
    status as 200,
  )
}
