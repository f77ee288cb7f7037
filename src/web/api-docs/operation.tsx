import type { Translate } from '../../i18n.ts'
import { Fields, resolve, type Schema, TypeOf } from './fields.tsx'

interface Content {
  content?: Record<string, { schema?: Schema }>
}
export interface OperationDescription {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[]
  security?: { key?: string[] }[]
  requestBody?: Content
  responses: Record<string, Content & { description: string }>
}

/** One operation: what it takes and what it answers. */
export function Operation(props: {
  t: Translate
  path: string
  method: string
  operation: OperationDescription
  server: string
  schemas: Record<string, Schema>
}) {
  const { t, path, method, operation, schemas } = props
  const content = operation.requestBody?.content ?? {}
  const body = content['application/json']?.schema
  const files = body ? [] : Object.keys(content)
  const scope = operation.security?.[0]?.key?.[0]
  const example = body && (resolve(body, schemas).example ?? body.example)
  return (
    <section id={operation.operationId} class="stack">
      <h3>{operation.summary}</h3>
      <p>
        <code class="address">
          <b>{method}</b> /api/v1{path}
        </code>
        {scope ? (
          <span class="scope">
            {t('api:scope')} <a href="#scopes">{scope}</a>
          </span>
        ) : null}
      </p>
      {operation.description ? <p>{operation.description}</p> : null}
      <Parameters t={t} parameters={operation.parameters ?? []} />
      {body ? (
        <>
          <h4>{t('api:body')}</h4>
          {body.$ref ? (
            <p>
              <TypeOf schema={body} />
            </p>
          ) : (
            <Fields t={t} schema={body} schemas={schemas} />
          )}
          {example === undefined ? null : (
            <pre tabindex={0}>
              <code>{JSON.stringify(example, null, 2)}</code>
            </pre>
          )}
        </>
      ) : null}
      {files.length ? (
        <>
          <h4>{t('api:body')}</h4>
          <p>
            <code>{files.join(', ')}</code>
          </p>
        </>
      ) : null}
      <h4>{t('api:answers')}</h4>
      <ul class="api-replies">
        {Object.entries(operation.responses).map(([status, response]) => {
          const schema = Object.values(response.content ?? {})[0]?.schema
          return (
            <li>
              <b>{status}</b> {response.description}{' '}
              {schema?.$ref && Number(status) < 400 ? <TypeOf schema={schema} /> : null}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function Parameters({ t, parameters }: { t: Translate; parameters: NonNullable<OperationDescription['parameters']> }) {
  if (!parameters.length) return null
  return (
    <div class="scroll">
      <table class="table stacks fields">
        <thead>
          <tr>
            <th scope="col">{t('api:parameter')}</th>
            <th scope="col">{t('api:type')}</th>
            <th scope="col">{t('api:meaning')}</th>
          </tr>
        </thead>
        <tbody>
          {parameters.map((parameter) => (
            <tr>
              <th scope="row">
                <code>{parameter.name}</code>
                <span class="sub">
                  {t(`api:in.${parameter.in as 'path' | 'query' | 'header'}`)}
                  {parameter.required ? `, ${t('api:required').toLowerCase()}` : ''}
                </span>
              </th>
              <td>{parameter.schema ? <TypeOf schema={parameter.schema} /> : null}</td>
              <td>{parameter.description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
