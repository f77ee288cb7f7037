import type { Page } from '../../env.ts'
import type { PublicSeminar, SeminarDetails } from '../../features/summaries/queries/public.ts'
import { date, hourMinute, minutesMark, wallTime, weekday } from '../../text/dates.ts'
import { upperFirst } from '../../text/fold.ts'
import { formatBytes } from '../../text/numbers.ts'
import { isReadable } from './speech.tsx'
import { Words, written } from './words.tsx'

interface PartProps {
  page: Page
  seminar: PublicSeminar
  details: SeminarDetails
}

/** Superiors, chairs with their positions, and the groups that attend, in order of precedence. */
export function People({ page, seminar, details }: PartProps) {
  const { t } = page
  const { chairs, superiors, delegations } = details
  return (
    <>
      {superiors.length ? (
        <section class="piece">
          <h2>{t('public:superiors')}</h2>
          <Persons page={page} seminar={seminar} people={superiors} />
        </section>
      ) : null}
      {chairs.length ? (
        <section class="piece" id="chairs">
          <h2>{t('public:chairs', { count: chairs.length })}</h2>
          <Persons page={page} seminar={seminar} people={chairs} />
        </section>
      ) : null}
      {delegations.length ? (
        <section class="piece">
          <h2>{t('public:delegations')}</h2>
          <ul class="entries">
            {delegations.map((group) => (
              <li>{upperFirst(written(page, seminar, group.text, group.text_en).text)}</li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  )
}

function Persons({ page, seminar, people }: Omit<PartProps, 'details'> & { people: SeminarDetails['chairs'] }) {
  return (
    <ul class="entries">
      {people.map((person) => {
        const english = person.positions_en.length ? person.positions_en.join(', ') : null
        return (
          <li>
            <strong>{person.name}</strong>
            <span class="muted">
              <Words page={page} of={seminar} own={person.positions.join(', ')} en={english} />
            </span>
          </li>
        )
      })}
    </ul>
  )
}

/** The item of an agenda that is on at a moment. */
export function currentItem<T extends { startsLocal: string | null; endsLocal: string | null }>(
  agenda: T[],
  { timezone }: Pick<PublicSeminar, 'timezone'>,
  now: Date,
): T | undefined {
  const wall = wallTime(now, timezone)
  return agenda.findLast(
    ({ startsLocal, endsLocal }) =>
      startsLocal !== null && endsLocal !== null && startsLocal <= wall && wall < endsLocal,
  )
}

/** The agenda with its times; a new day is named where one begins, and what is on now is marked. */
export function Agenda({ page, seminar, details }: PartProps) {
  const { t, locale } = page
  const { agenda } = details
  if (!agenda.length) return null
  const days = new Set(agenda.map((item) => item.startsLocal?.slice(0, 10)))
  const stands = seminar.state === 'scheduled' || seminar.state === 'held'
  const current = stands ? currentItem(agenda, seminar, page.now) : undefined
  return (
    <section class="piece" id="agenda">
      <h2>{t('public:agenda')}</h2>
      <ol class="programme">
        {agenda.map((item, index) => {
          const day = item.startsLocal?.slice(0, 10)
          const begins = days.size > 1 && day && day !== agenda[index - 1]?.startsLocal?.slice(0, 10)
          return (
            <>
              {begins ? <li class="day">{`${upperFirst(weekday(day, locale))}, ${date(day, locale)}`}</li> : null}
              <li aria-current={item === current ? 'true' : undefined}>
                <span class="num">{item.startsLocal ? hourMinute(item.startsLocal) : ''}</span>
                <div>
                  <Words page={page} of={seminar} own={item.title} en={item.title_en} />
                  {item === current ? <span class="on small">{t('public:next.now')}</span> : null}
                  {item.speakers.map((speaker) => (
                    <span class="who muted">
                      {speaker.name}
                      {speaker.position ? (
                        <>
                          , <Words page={page} of={seminar} own={speaker.position} en={speaker.position_en} />
                        </>
                      ) : null}
                    </span>
                  ))}
                </div>
                <span class="num muted">{item.minutes ? minutesMark(item.minutes) : ''}</span>
              </li>
            </>
          )
        })}
      </ol>
    </section>
  )
}

/** Speeches that were released: a Word document is read in place, every file can be fetched, with its kind and size. */
export function Speeches({ page, seminar, details }: PartProps) {
  const { t, locale, href } = page
  if (!details.speeches.length) return null
  return (
    <section class="piece" id="speeches">
      <h2>{t('public:speeches')}</h2>
      <ol class="entries">
        {details.speeches.map((speech) => {
          const path = `/s/${seminar.slug}/speeches/${speech.id}`
          return (
            <li>
              <strong>
                <Words page={page} of={seminar} own={speech.topic} en={speech.topic_en} />
              </strong>
              <span class="muted">
                {[speech.reader_name ?? speech.name, speech.position].filter(Boolean).join(', ')}
              </span>
              {speech.latest_name ? (
                <span class="small actions no-print">
                  {isReadable(speech) ? (
                    <a href={href(`${path}/read`)}>
                      {t('public:speech.read')}
                      <span class="visually-hidden">: {speech.topic}</span>
                    </a>
                  ) : null}
                  <a href={href(path)}>
                    {t('public:speech.file', {
                      type: fileKind(speech.latest_name),
                      size: formatBytes(Number(speech.latest_size), locale),
                    })}
                    <span class="visually-hidden">: {speech.topic}</span>
                  </a>
                </span>
              ) : null}
            </li>
          )
        })}
      </ol>
    </section>
  )
}

/** `PDF`, `DOCX`: what a stored file is, by the ending that its checked content has. */
function fileKind(name: string): string {
  return (/\.([a-z0-9]{2,5})$/i.exec(name)?.[1] ?? '').toUpperCase()
}
