import type { Page } from '../../env.ts'
import type { PublicSeminar, SeminarDetails } from '../../features/summaries/queries/public.ts'
import { date, hourMinute, minutesMark, weekday } from '../../text/dates.ts'
import { upperFirst } from '../../text/fold.ts'
import { formatBytes } from '../../text/numbers.ts'
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

/** The agenda with its times; a new day is named where one begins. */
export function Agenda({ page, seminar, details }: PartProps) {
  const { t, locale } = page
  const { agenda } = details
  if (!agenda.length) return null
  const days = new Set(agenda.map((item) => item.startsLocal?.slice(0, 10)))
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
              <li>
                <span class="num">{item.startsLocal ? hourMinute(item.startsLocal) : ''}</span>
                <div>
                  <Words page={page} of={seminar} own={item.title} en={item.title_en} />
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

/** Speeches that were released, each with its file. */
export function Speeches({ page, seminar, details }: PartProps) {
  const { t, locale, href } = page
  if (!details.speeches.length) return null
  return (
    <section class="piece" id="speeches">
      <h2>{t('public:speeches')}</h2>
      <ol class="entries">
        {details.speeches.map((speech) => (
          <li>
            <strong>
              <Words page={page} of={seminar} own={speech.topic} en={speech.topic_en} />
            </strong>
            <span class="muted">{[speech.reader_name ?? speech.name, speech.position].filter(Boolean).join(', ')}</span>
            {speech.latest_name ? (
              <a class="small" href={href(`/s/${seminar.slug}/speeches/${speech.id}`)}>
                {t('public:speech.file', { size: formatBytes(Number(speech.latest_size), locale) })}
                <span class="visually-hidden">: {speech.topic}</span>
              </a>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  )
}
