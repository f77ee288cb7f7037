import type { Page } from '../../env.ts'
import { statusOf } from '../../errors.ts'
import type { TextKey } from '../../i18n.ts'
import { PublicLayout } from '../layout.tsx'
import { Fields, type Schema } from './fields.tsx'
import { Operation, type OperationDescription } from './operation.tsx'

/** What the page reads of an OpenAPI 3.1 document. */
export interface ApiDescription {
  info: { title: string; description?: string }
  servers?: { url: string }[]
  tags?: { name: string; description?: string }[]
  paths: Record<string, Record<string, OperationDescription>>
  components: { schemas: Record<string, Schema>; securitySchemes?: Record<string, { description?: string }> }
}

/** The whole API on one page, made of its description. It calls nothing and needs no script. */
export function ApiDocsPage({ page, description }: { page: Page; description: ApiDescription }) {
  const { t } = page
  const { info, components } = description
  const server = description.servers?.[0]?.url ?? ''
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const groups = (description.tags ?? []).map((tag) => ({
    ...tag,
    operations: operations.filter(({ operation }) => operation.tags?.includes(tag.name)),
  }))
  return (
    <PublicLayout page={page} title={info.title} description={info.description} wide>
      <div class="api">
        <nav aria-label={t('api:contents')}>
          <ul>
            <li>
              <a href="#scopes">{t('api:scopes')}</a>
            </li>
            {groups.map((group) => (
              <li>
                <a class="group" href={`#tag-${group.name}`}>
                  {group.description ?? group.name}
                </a>
                <ul>
                  {group.operations.map(({ operation }) => (
                    <li>
                      <a href={`#${operation.operationId}`}>{operation.summary}</a>
                    </li>
                  ))}
                </ul>
              </li>
            ))}
            <li>
              <a href="#schemas">{t('api:schemas')}</a>
            </li>
            <li>
              <a href="#errors">{t('api:errors')}</a>
            </li>
          </ul>
        </nav>
        <div class="stack">
          <h1>{info.title}</h1>
          <p>{info.description}</p>
          <p>
            <a href={page.href('/api/openapi.json')}>{t('api:download')}</a>
          </p>
          <pre tabindex={0}>
            <code>{`curl ${server}/seminars -H "Authorization: Bearer $HOITHAO_KEY"`}</code>
          </pre>
          <Scopes page={page} about={components.securitySchemes?.key?.description} />
          {groups.map((group) => (
            <section id={`tag-${group.name}`} class="stack">
              <h2>{group.description ?? group.name}</h2>
              {group.operations.map(({ path, method, operation }) => (
                <Operation
                  t={t}
                  path={path}
                  method={method}
                  operation={operation}
                  server={server}
                  schemas={components.schemas}
                />
              ))}
            </section>
          ))}
          <section id="schemas">
            <h2>{t('api:schemas')}</h2>
            {Object.entries(components.schemas).map(([name, schema]) => (
              <details id={`schema-${name}`}>
                <summary>{name}</summary>
                <Fields t={t} schema={schema} schemas={components.schemas} />
              </details>
            ))}
          </section>
          <Errors page={page} />
        </div>
      </div>
    </PublicLayout>
  )
}

/** What a key is, what each scope opens, and where one is made. */
function Scopes({ page: { t, href }, about }: { page: Page; about: string | undefined }) {
  return (
    <section id="scopes" class="stack">
      <h2>{t('api:scopes')}</h2>
      <p>{about}</p>
      <dl class="facts">
        {(['read', 'write', 'admin'] as const).map((scope) => (
          <>
            <dt>
              <code>{scope}</code>
            </dt>
            <dd>{t(`api:scope.${scope}`)}</dd>
          </>
        ))}
      </dl>
      <p>
        <a href={href('/console')}>{t('api:scopes.get')}</a>
      </p>
    </section>
  )
}

function Errors({ page: { t } }: { page: Page }) {
  return (
    <section id="errors">
      <h2>{t('api:errors')}</h2>
      <p>{t('api:errors.about')}</p>
      <div class="scroll">
        <table class="table stacks">
          <thead>
            <tr>
              <th scope="col">{t('api:status')}</th>
              <th scope="col">{t('api:code')}</th>
              <th scope="col">{t('api:meaning')}</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(statusOf).map(([code, status]) => (
              <tr id={code}>
                <td>{status}</td>
                <td>
                  <code>{code}</code>
                </td>
                <td>{t(`errors:title.${code}` as TextKey)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
