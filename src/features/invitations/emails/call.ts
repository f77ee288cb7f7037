import type { Context, Locale } from '../../../context.ts'
import { clock } from '../../../text/dates.ts'
import { upperFirst } from '../../../text/fold.ts'
import { seminarTitle, seminarVenue } from '../../seminars/queries.ts'
import type { CallRow } from '../queries/calls.ts'
import { type EventDetails, hostPhrase, organizationName } from '../queries/event.ts'
import { type SpokenPart, spokenParts } from '../rules/calls.ts'
import type { AnswerState } from '../schema.ts'
import { answerUntil, printedPositions, timeInFull, type Voice, voice } from './parts.ts'

/**
 * What to say on the telephone, in the language of whom it is for: whole sentences, one a line, made of how things stand now.
 */
export function callWords(details: EventDetails, call: CallRow, ctx: Pick<Context, 'now'>): string[] {
  const { event } = details
  const speech = voice(event, call)
  const { t, locale } = speech
  const parts = spokenParts(call.reasons, {
    seminarState: event.state,
    withdrawn: call.status === 'withdrawn' || call.substitution_state === 'withdrawn',
    substitute: call.substitution_id !== null,
    answer: call.answer as AnswerState | null,
    consent: call.consent ? (call.consent.state === 'approved' ? 'agreed' : 'refused') : null,
  })
  const said = parts.flatMap((part) => sentences(details, call, ctx, speech, part))
  const to = [call.name, printedPositions(call, locale)].filter(Boolean).join(', ')
  return [
    t('invitations:call.say.greeting', { to, org: organizationName(event, locale) }),
    ...said,
    t('invitations:call.say.thanks'),
  ].map((line) => upperFirst(line, locale))
}

function sentences(
  details: EventDetails,
  call: CallRow,
  ctx: Pick<Context, 'now'>,
  speech: Voice,
  part: SpokenPart,
): string[] {
  const { event } = details
  const { t, locale } = speech
  const words = {
    host: hostPhrase(event, locale),
    title: seminarTitle(event, locale),
    invitee: call.invitee,
    inviteeHon: voice(event, { locale, gender: call.invitee_gender }).hon,
    substitute: call.consent?.name ?? '',
  }
  if (part === 'facts') return [factsSentence(details, speech), ...online(details, call, speech)]
  if (part === 'ask') {
    const until = answerUntil(event, ctx.now, locale)
    return [t('invitations:call.say.ask', { until: until ?? 'none' })]
  }
  const sentence = t(`invitations:call.say.${part}`, words)
  const note = part === 'postponement' || part === 'cancellation' ? event.postponed_note : null
  const own = part === 'agreed' || part === 'refused' ? (call.consent?.note ?? null) : null
  return [sentence, ...[note, own].flatMap((text) => (text ? [text] : []))]
}

/** `Hội thảo bắt đầu lúc 14 giờ 00 phút, thứ Ba, ngày 15 tháng 12 năm 2026, tại Hội trường …; đón tiếp từ 13 giờ 30.` */
function factsSentence({ event, receptionLocal }: EventDetails, { t, locale }: Voice): string {
  return t('invitations:call.say.facts', {
    time: timeInFull(event, locale) ?? 'none',
    venue: seminarVenue(event, locale) ?? 'none',
    reception: receptionLocal ? clock(receptionLocal, locale as Locale) : 'none',
  })
}

function online({ event }: EventDetails, call: CallRow, { t }: Voice): string[] {
  return call.answer === 'online' && event.online_url ? [t('invitations:call.say.online')] : []
}
