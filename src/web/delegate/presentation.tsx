import { type Context, Hono } from 'hono'
import { type Trx, transaction } from '../../db/transaction.ts'
import type { AppEnv } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { getEvent } from '../../features/invitations/queries/event.ts'
import { acceptRequest, declineRequest, nameReader } from '../../features/presentations/commands/answer.ts'
import type { Target } from '../../features/presentations/commands/lock.ts'
import { listUploads } from '../../features/presentations/queries/uploads.ts'
import { getSpeech, getVersion, listVersions } from '../../features/presentations/queries.ts'
import { acceptInput, declineInput } from '../../features/presentations/schema.ts'
import { answerFile } from '../../http/file-answer.ts'
import type { UploadPlace } from '../../http/tus.ts'
import { emptyForm, type FormState } from '../components/form.tsx'
import type { RefusedFile } from '../components/upload-form.tsx'
import { parseForm, readForm } from '../forms.ts'
import { contextOf } from '../middleware.ts'
import { receiveFiles } from '../receive-files.ts'
import { resumableUploads } from '../resumable.ts'
import { answerUpload } from '../upload-answer.ts'
import { linkByToken, linkFromCookie, linksOf, type OpenedLink, openLink } from './link-cookie.ts'
import { SpeechPage } from './presentation-page.tsx'

const pathOf = (ref: string) => `/presentation/${ref}`
type Open = (c: Context<AppEnv>) => Promise<Response | OpenedLink>

/** A speaker's pages: by the cookie at /presentation/:ref, and at the token's own address where no cookie comes back. */
export const presentationLinkPages = new Hono<AppEnv>()
  .route(
    '/p/:token',
    speechPages(
      (c) => openLink(c, 'presentation', pathOf, linksOf(c, 'presentation')),
      (c) => linkByToken(c, 'presentation'),
    ),
  )
  .route(
    '/presentation/:ref',
    speechPages((c) => linkFromCookie(c, pathOf, linksOf(c, 'presentation'))),
  )

/** `fetched` opens the link for what is no page: where `open` would send a browser on to another address first. */
function speechPages(open: Open, fetched = open) {
  return new Hono<AppEnv>()
    .get('/', (c) => opened(c, open, (target, base) => show(c, target, base)))
    .get('/files/:number{[0-9]+}', (c) =>
      opened(c, fetched, async (target) =>
        answerFile(
          c,
          await getVersion(c.var.services.db, target.organizationId, target.id, Number(c.req.param('number'))),
          'download',
        ),
      ),
    )
    .route(
      '/uploads',
      resumableUploads((c) => openForUpload(c, fetched)),
    )
    .post('/accept', (c) => change(c, open, acceptInput, acceptRequest))
    .post('/decline', (c) => change(c, open, declineInput, declineRequest))
    .post('/reader', (c) => change(c, open, acceptInput, nameReader))
    .post('/files', (c) =>
      opened(c, open, async (target, base) => {
        const speech = await getSpeech(c.var.services.db, target.organizationId, target.id)
        const ctx = contextOf(c, { kind: 'link', id: speech.id, name: speech.name })
        return answerUpload(
          c,
          () => receiveFiles(c, ctx, target, 'speaker'),
          base,
          (refused, accepted, status) => show(c, target, base, { refused, accepted, status }),
        )
      }),
    )
}

async function opened(
  c: Context<AppEnv>,
  open: Open,
  answer: (target: Target, base: string) => Promise<Response>,
): Promise<Response> {
  const found = await open(c)
  return found instanceof Response ? found : answer(targetOf(found), found.base)
}

async function openForUpload(c: Context<AppEnv>, open: Open): Promise<Response | UploadPlace> {
  const found = await open(c)
  if (found instanceof Response) return found
  const { organizationId, id } = targetOf(found)
  const speech = await getSpeech(c.var.services.db, organizationId, id)
  const ctx = contextOf(c, { kind: 'link', id: speech.id, name: speech.name })
  return { speech, sentBy: 'speaker', ctx, base: found.base, t: c.var.t }
}

function targetOf({ link }: OpenedLink): Target {
  if (!link.organizationId) throw new DomainError('link_invalid')
  return { organizationId: link.organizationId, id: link.targetId }
}

type Command<I> = (trx: Trx, ctx: ReturnType<typeof contextOf>, target: Target, input: I) => Promise<void>

function change<S extends typeof acceptInput | typeof declineInput>(
  c: Context<AppEnv>,
  open: Open,
  schema: S,
  command: Command<ReturnType<S['parse']>>,
) {
  return opened(c, open, async (target, base) => {
    const { values } = await readForm(c)
    const parsed = parseForm(schema, values)
    if ('form' in parsed) return show(c, target, base, { form: parsed.form, status: 422 })
    const { db } = c.var.services
    const speech = await getSpeech(db, target.organizationId, target.id)
    const ctx = contextOf(c, { kind: 'link', id: speech.id, name: speech.name })
    try {
      await transaction(db, (trx) => command(trx, ctx, target, parsed.input as never))
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'conflict') throw error
      return show(c, target, base, { moved: true, status: 409 })
    }
    return c.redirect(base, 303)
  })
}

interface Shown {
  form?: FormState
  refused?: RefusedFile[]
  accepted?: number
  /** What was asked no longer applies: the state below says why. */
  moved?: boolean
  status?: number
}

async function show(c: Context<AppEnv>, target: Target, base: string, shown: Shown = {}): Promise<Response> {
  const { db, config } = c.var.services
  const speech = await getSpeech(db, target.organizationId, target.id)
  const [event, versions, uploads] = await Promise.all([
    getEvent(db, target.organizationId, speech.seminar_id),
    listVersions(db, target.organizationId, target.id),
    listUploads(db, target.organizationId, target.id),
  ])
  const { form = emptyForm, refused = [], accepted = 0, moved = false, status = 200 } = shown
  return c.html(
    <SpeechPage
      page={c.var.page}
      speech={speech}
      event={event}
      versions={versions}
      uploads={uploads.filter((upload) => upload.sent_by === 'speaker')}
      base={base}
      maxBytes={config.uploadMaxBytes}
      form={form}
      refused={refused}
      accepted={accepted}
      moved={moved}
      justReceived={c.req.query('received') !== undefined}
    />,
    status as 200,
  )
}
