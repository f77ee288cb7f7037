import type { Page } from '../../../env.ts'
import type { findInvitees } from '../../../features/presentations/queries.ts'

type Found = Awaited<ReturnType<typeof findInvitees>>

/** Looks an invitee up by a piece of the name; choosing one opens the form for them. */
export function FindInvitee({ page, action, q, found }: { page: Page; action: string; q: string; found: Found }) {
  const { t } = page
  return (
    <section>
      <form class="findbar" method="get" action={action} role="search" aria-label={t('presentations:new.find')}>
        <div class="field">
          <label for="f-q">{t('presentations:new.find')}</label>
          <span class="hint" id="h-q">
            {t('presentations:new.find.hint')}
          </span>
          <input id="f-q" type="search" name="q" value={q} autocomplete="off" aria-describedby="h-q" />
        </div>
        <button class="btn" type="submit">
          {t('common:search')}
        </button>
      </form>
      {found.length ? (
        <ul class="invitees">
          {found.map((person) => (
            <li>
              <span>
                <strong>{person.name}</strong>
                <span class="muted small">
                  {' '}
                  {person.positions.join(', ')}
                  {person.asked ? ` · ${t('presentations:new.find.asked')}` : null}
                </span>
              </span>
              <a class="btn small" href={`${action}?invitee=${person.id}`}>
                {t('presentations:new.find.choose')}
                <span class="visually-hidden"> {person.name}</span>
              </a>
            </li>
          ))}
        </ul>
      ) : q.trim() ? (
        <p class="notice" role="status">
          {t('presentations:new.find.none', { q })}
        </p>
      ) : null}
    </section>
  )
}
