import { describe, expect, it } from 'vitest'
import { api } from '../../src/api/api.ts'
import { createApp } from '../../src/app.ts'
import type { Services } from '../../src/services.ts'

/** What of the API does what a form of the console does: operations, or why there is none. */
type Answer = string[] | { none: string }

const seminar = '/console/:org/seminars/:id'
const invitation = `${seminar}/invitations/:invitation`
const speech = `${seminar}/presentations/:speech`
const summary = `${seminar}/summary`
const directory = '/console/:org/directory'
const settings = '/console/:org/settings'

const answers: Record<string, Answer> = {
  'POST /console/:org/presence': { none: 'says that a person has a page open; a program has none' },
  'POST /organizations/new': { none: 'a key belongs to one organisation and cannot make another' },

  'POST /console/:org/seminars/new': ['createSeminar'],
  [`POST ${seminar}/edit`]: ['editSeminar'],
  [`POST ${seminar}/copy`]: ['copySeminar'],
  [`POST ${seminar}/schedule`]: ['setSeminarState'],
  [`POST ${seminar}/postpone`]: ['setSeminarState'],
  [`POST ${seminar}/cancel`]: ['setSeminarState'],
  [`POST ${seminar}/hold`]: ['setSeminarState'],

  [`POST ${seminar}/chairs`]: ['createChair'],
  [`POST ${seminar}/chairs/:chair`]: ['editChair'],
  [`POST ${seminar}/chairs/:chair/move`]: ['setChairOrder'],
  [`POST ${seminar}/chairs/:chair/remove`]: ['deleteChair'],
  [`POST ${seminar}/delegations/new`]: ['createDelegation', 'getSelection'],
  [`POST ${seminar}/delegations/:delegation`]: ['editDelegation', 'getSelection'],
  [`POST ${seminar}/delegations/:delegation/move`]: ['setDelegationOrder'],
  [`POST ${seminar}/delegations/:delegation/remove`]: ['deleteDelegation'],
  [`POST ${seminar}/agenda`]: ['createAgendaItem'],
  [`POST ${seminar}/agenda/order`]: ['setAgendaOrder'],
  [`POST ${seminar}/agenda/:item`]: ['editAgendaItem'],
  [`POST ${seminar}/agenda/:item/move`]: ['setAgendaOrder'],
  [`POST ${seminar}/agenda/:item/remove`]: ['deleteAgendaItem'],

  [`POST ${seminar}/invitations/by-hand`]: ['createInvitation'],
  [`POST ${seminar}/invitations/people`]: ['addInvitees'],
  [`POST ${seminar}/invitations/delegations`]: ['addInvitees'],
  [`POST ${seminar}/invitations/send`]: ['sendInvitations'],
  [`POST ${seminar}/invitations/bulk`]: ['sendInvitations', 'createInvitationMailing', 'withdrawInvitation'],
  [`POST ${invitation}`]: ['editInvitation'],
  [`POST ${invitation}/answer`]: ['putAnswer'],
  [`POST ${invitation}/send`]: ['createInvitationMailing'],
  [`POST ${invitation}/resend`]: ['createInvitationMailing'],
  [`POST ${invitation}/new-link`]: ['createInvitationLink', 'getInvitationLink'],
  [`POST ${invitation}/remove`]: ['withdrawInvitation'],
  [`POST ${invitation}/withdraw`]: ['withdrawInvitation'],
  [`POST ${invitation}/substitutions/:substitution`]: ['putConsent'],
  [`POST ${seminar}/calls/:call`]: ['setCallOutcome', 'putAnswer'],

  [`POST ${seminar}/presentations/new`]: ['createSpeech'],
  [`POST ${seminar}/presentations/remind`]: ['createReminders'],
  [`POST ${speech}/edit`]: ['editSpeech'],
  [`POST ${speech}/take-up`]: ['setSpeechState'],
  [`POST ${speech}/put-down`]: ['setSpeechState'],
  [`POST ${speech}/return`]: ['setSpeechState'],
  [`POST ${speech}/approve`]: ['setSpeechState'],
  [`POST ${speech}/reopen`]: ['setSpeechState'],
  [`POST ${speech}/withdraw`]: ['setSpeechState'],
  [`POST ${speech}/agenda`]: ['setSpeechAgendaItem'],
  [`POST ${speech}/release`]: ['setSpeechRelease'],
  [`POST ${speech}/unrelease`]: ['setSpeechRelease'],
  [`POST ${speech}/remind`]: ['createReminder'],
  [`POST ${speech}/resend`]: ['createSpeechMailing'],
  [`POST ${speech}/link`]: ['createSpeechLink', 'getSpeechLink'],
  [`POST ${speech}/files`]: ['createSpeechVersion'],
  [`OPTIONS ${speech}/uploads`]: ['describeUploads'],
  [`POST ${speech}/uploads`]: ['createUpload'],
  [`OPTIONS ${speech}/uploads/:upload{[0-9a-f-]+}`]: ['describeUploads'],
  [`PATCH ${speech}/uploads/:upload{[0-9a-f-]+}`]: ['appendToUpload'],
  [`DELETE ${speech}/uploads/:upload{[0-9a-f-]+}`]: ['deleteUpload'],
  [`POST ${speech}/uploads/:upload{[0-9a-f-]+}`]: {
    none: 'PATCH and DELETE for browsers whose way lets only POST through',
  },
  [`POST ${speech}/uploads/:upload{[0-9a-f-]+}/discard`]: ['deleteUpload'],

  [`POST ${summary}/create`]: ['createSummary'],
  [`POST ${summary}`]: ['editSummary'],
  [`POST ${summary}/preview`]: { none: 'draws a page of what is typed; it changes nothing' },
  [`POST ${summary}/publication`]: ['setSummaryState'],
  [`POST ${summary}/withdrawal`]: ['setSummaryState'],
  [`POST ${summary}/drafts/:draft/restoration`]: ['getSummaryDraft', 'editSummary'],
  [`POST ${summary}/photos`]: ['createPhoto'],
  [`POST ${summary}/photos/order`]: ['setPhotoOrder'],
  [`POST ${summary}/photos/:photo`]: ['editPhoto'],
  [`POST ${summary}/photos/:photo/up`]: ['setPhotoOrder'],
  [`POST ${summary}/photos/:photo/down`]: ['setPhotoOrder'],
  [`POST ${summary}/photos/:photo/deletion`]: ['deletePhoto'],

  [`POST ${directory}/people/new`]: ['createPerson'],
  [`POST ${directory}/people/:id/edit`]: ['editPerson'],
  [`POST ${directory}/people/:id/positions/new`]: ['createPosition'],
  [`POST ${directory}/people/:id/positions/:position`]: ['editPosition'],
  [`POST ${directory}/people/:id/positions/:position/end`]: ['editPosition'],
  [`POST ${directory}/people/:id/calendar`]: ['createFeed'],
  [`POST ${directory}/people/:id/calendar/revocation`]: ['revokeFeed'],
  [`POST ${directory}/units/new`]: ['createUnit'],
  [`POST ${directory}/units/:id/edit`]: ['editUnit'],

  [`POST ${settings}`]: ['editOrganization'],
  [`POST ${settings}/calendar`]: { none: 'a member’s own calendar spans organisations: no key of one reaches it' },
  [`POST ${settings}/calendar/revocation`]: {
    none: 'a member’s own calendar spans organisations: no key of one reaches it',
  },
  [`POST ${settings}/mail/test`]: ['sendTestLetter'],
  [`POST ${settings}/keys`]: ['createKey'],
  [`POST ${settings}/keys/:id/revoke`]: ['revokeKey'],
  [`POST ${settings}/members/:user/role`]: ['setMemberRole'],
  [`POST ${settings}/members/:user/disable`]: ['setMemberState'],
  [`POST ${settings}/members/:user/enable`]: ['setMemberState'],
  [`POST ${settings}/members/invitations`]: ['createMemberInvitation'],
  [`POST ${settings}/members/invitations/:id/:verb{resend|withdraw}`]: [
    'sendMemberInvitation',
    'withdrawMemberInvitation',
  ],

  'POST /console/:org/mail/again': ['sendBouncedAgain'],
  'POST /console/:org/mail/:id/attempts': ['setMessageState'],
  'POST /console/:org/mail/:id/copies': ['createMessageCopy'],
}

const routes = [
  ...new Set(
    createApp(() => ({}) as Services)
      .routes.filter((route) => route.method !== 'GET' && route.method !== 'ALL')
      .filter((route) => route.path.startsWith('/console/') || route.path.startsWith('/organizations/'))
      .map((route) => `${route.method} ${route.path}`),
  ),
]
const operations = new Set(
  api.openAPIRegistry.definitions.flatMap((d) => (d.type === 'route' ? [d.route.operationId] : [])),
)

describe('what an organizer can do in the console', () => {
  it('can be done by API, or it is written down why not', () => {
    expect(routes.length).toBeGreaterThan(70)
    expect(routes.filter((route) => !(route in answers))).toEqual([])
  })

  it('is done by operations that exist, and nothing is written down of forms that are gone', () => {
    expect(Object.keys(answers).filter((route) => !routes.includes(route))).toEqual([])
    const named = Object.values(answers).flatMap((answer) => (Array.isArray(answer) ? answer : []))
    expect(named.filter((operation) => !operations.has(operation))).toEqual([])
  })
})
