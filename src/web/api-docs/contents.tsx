import type { Translate } from '../../i18n.ts'
import type { Operation } from './description.ts'
import { Method } from './method.tsx'

export interface Group {
  name: string
  description?: string
  operations: Operation[]
}

/** The contents, and over them the box that finds operations: without a script there is no box. On a phone they fold. */
export function Contents({ t, groups }: { t: Translate; groups: Group[] }) {
  return (
    <nav aria-label={t('api:contents')}>
      <div class="seek" hidden>
        <input type="search" aria-label={t('api:filter')} placeholder={t('api:filter')} autocomplete="off" />
        <p class="small muted" role="status" />
      </div>
      <details>
        <summary>{t('api:contents')}</summary>
        <ul>
          <li data-rest>
            <a href="#scopes">{t('api:scopes')}</a>
          </li>
          {groups.map((group) => (
            <li data-group={`tag-${group.name}`}>
              <a class="group" href={`#tag-${group.name}`}>
                {group.description ?? group.name}
              </a>
              <ul>
                {group.operations.map(({ method, operation }) => (
                  <li>
                    <a href={`#${operation.operationId}`}>
                      <Method name={method} /> <span>{operation.summary}</span>
                    </a>
                  </li>
                ))}
              </ul>
            </li>
          ))}
          <li data-rest>
            <a href="#schemas">{t('api:schemas')}</a>
          </li>
          <li data-rest>
            <a href="#errors">{t('api:errors')}</a>
          </li>
        </ul>
      </details>
    </nav>
  )
}
