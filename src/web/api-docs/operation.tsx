import type { Translate } from '../../i18n.ts'
import type { ApiDescription, Operation as Described, Parameter } from './description.ts'
import { serverOf } from './description.ts'
import { Fields, TypeOf } from './fields.tsx'
import { Method } from './method.tsx'
import { curlOf, fileType, sampleDraft } from './request.ts'

/** One operation: what it takes and what it answers. The refusals that all share stand with the codes. */
export function Operation(props: {
  t: Translate
  described: Described
  description: ApiDescription
  shared: Set<string>
}) {
  const { t, described, description, shared } = props
  const { operation, method, path } = described
  const { schemas } = description.components
  const body = operation.requestBody?.content?.['application/json']?.schema
  const scope = operation.security?.[0]?.key?.[0]
  return (
    <section id={operation.operationId} class="op stack">
      <h3>{operation.summary}</h3>
      <p class="line">
        <code class="address">
          <Method name={method} /> /api/v1{path}
        </code>
        {scope ? (
          <span class="scope">
            {t('api:scope')} <a href="#scopes">{scope}</a>
          </span>
        ) : null}
      </p>
      {operation.description ? <p>{operation.description}</p> : null}
      <Curl t={t} line={curlOf(described, sampleDraft(described, schemas), serverOf(description))} />
      <Parameters t={t} parameters={operation.parameters ?? []} />
      {operation.requestBody ? <h4>{t('api:body')}</h4> : null}
      {body?.$ref ? (
        <p>
          <TypeOf schema={body} />
        </p>
      ) : null}
      {body && !body.$ref ? <Fields t={t} schema={body} schemas={schemas} /> : null}
      {operation.requestBody && !body ? (
        <p>
          <code>{fileType(described)}</code>
        </p>
      ) : null}
      <h4>{t('api:answers')}</h4>
      <ul class="api-replies">
        {Object.entries(operation.responses).map(([status, response]) => {
          const schema = Object.values(response.content ?? {})[0]?.schema
          return shared.has(status) ? null : (
            <li>
              <b>{status}</b>
              <span>
                {response.description} {schema?.$ref && Number(status) < 400 ? <TypeOf schema={schema} /> : null}
              </span>
            </li>
          )
        })}
        <li>
          <a href="#errors">{t('api:errors.shared')}</a>
        </li>
      </ul>
    </section>
  )
}

/** A command line to copy: the island puts its buttons in the head. */
export function Curl({ t, line }: { t: Translate; line: string }) {
  return (
    <div class="curl">
      <div class="head">
        <span>{t('api:curl')}</span>
      </div>
      <pre>
        <code>{line}</code>
      </pre>
    </div>
  )
}

function Parameters({ t, parameters }: { t: Translate; parameters: Parameter[] }) {
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
                  {t(`api:in.${parameter.in}`)}
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
