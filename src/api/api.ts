import { agendaItems } from './agenda-items.ts'
import { answers } from './answers.ts'
import { auditEvents } from './audit-events.ts'
import { limitBody, readJson } from './body.ts'
import { calls } from './calls.ts'
import { chairs } from './chairs.ts'
import { delegations } from './delegations.ts'
import { feeds } from './feeds.ts'
import { invitationMail } from './invitation-mail.ts'
import { invitations } from './invitations.ts'
import { requireKey } from './key.ts'
import { keys } from './keys.ts'
import { links } from './links.ts'
import { memberInvitations } from './member-invitations.ts'
import { members } from './members.ts'
import { messages } from './messages.ts'
import { needs } from './needs.ts'
import { organization } from './organization.ts'
import { people } from './people.ts'
import { photoFiles } from './photo-files.ts'
import { photos } from './photos.ts'
import { positions } from './positions.ts'
import { describePreference, preferMinimal } from './prefer.ts'
import { createRouter } from './router.ts'
import { seminarCopies } from './seminar-copies.ts'
import { seminars } from './seminars.ts'
import { speechFiles } from './speech-files.ts'
import { speechMail } from './speech-mail.ts'
import { speechSteps } from './speech-steps.ts'
import { speechUploads } from './speech-uploads.ts'
import { speeches } from './speeches.ts'
import { storedFiles } from './stored-files.ts'
import { summaries } from './summaries.ts'
import { summaryHistory } from './summary-history.ts'
import { units } from './units.ts'

/** The API, version 1: one file a resource. Everything needs a key; `openapi.ts` describes it. */
export const api = createRouter()

api.openAPIRegistry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' })
api.use(requireKey)
api.use(preferMinimal)
// Files are streamed: no limit of bodies that are read whole, and none is read as JSON.
const files = api.route('/', speechFiles).route('/', speechUploads).route('/', photoFiles)
api.use(limitBody)
api.use(readJson)
const resources = files
  .route('/', organization)
  .route('/', members)
  .route('/', memberInvitations)
  .route('/', keys)
  .route('/', units)
  .route('/', people)
  .route('/', positions)
  .route('/', seminars)
  .route('/', seminarCopies)
  .route('/', chairs)
  .route('/', delegations)
  .route('/', agendaItems)
  .route('/', invitations)
  .route('/', answers)
  .route('/', calls)
  .route('/', needs)
  .route('/', feeds)
  .route('/', messages)
  .route('/', auditEvents)
  .route('/', invitationMail)
  .route('/', links)
  .route('/', speeches)
  .route('/', speechSteps)
  .route('/', storedFiles)
  .route('/', speechMail)
  .route('/', summaries)
  .route('/', summaryHistory)
  .route('/', photos)

/** Every route with what it takes and answers, for the typed client. */
export type Api = typeof resources

for (const { route } of api.openAPIRegistry.definitions.filter((d) => d.type === 'route'))
  describePreference(route as never)
