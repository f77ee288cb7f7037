import type { Translate } from '../../i18n.ts'
import { resolve, type Schema } from './description.ts'

/** The fields of an object: name, type, whether it must be there, and what it means. Variants stand one under the other. */
export function Fields({ t, schema, schemas }: { t: Translate; schema: Schema; schemas: Record<string, Schema> }) {
  const variants = schema.oneOf ?? (schema.properties ? [schema] : [])
  return (
    <>
      {variants.map((variant) => (
        <div class="scroll">
          <table class="table stacks fields">
            <thead>
              <tr>
                <th scope="col">{t('api:field')}</th>
                <th scope="col">{t('api:type')}</th>
                <th scope="col">{t('api:meaning')}</th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(resolve(variant, schemas).properties ?? {}).map(([name, field]) => (
                <tr>
                  <th scope="row">
                    <code>{name}</code>
                    {resolve(variant, schemas).required?.includes(name) ? (
                      <span class="sub">{t('api:required')}</span>
                    ) : null}
                  </th>
                  <td>
                    <TypeOf schema={field} />
                  </td>
                  <td>
                    {field.description}
                    {field.example === undefined ? null : <code class="sub">{JSON.stringify(field.example)}</code>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </>
  )
}

/** A type in a few words: `string, null`, `integer 1–100`, the values of an enumeration, or a link to a schema. */
export function TypeOf({ schema }: { schema: Schema }) {
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop()
    return <a href={`#schema-${name}`}>{name}</a>
  }
  const either = schema.anyOf ?? schema.oneOf
  if (either) {
    return (
      <>
        {either.map((one, index) => (
          <>
            {index ? ' · ' : ''}
            <TypeOf schema={one} />
          </>
        ))}
      </>
    )
  }
  if (schema.enum) return <code>{schema.enum.map((value) => JSON.stringify(value)).join(' · ')}</code>
  if (schema.items) {
    return (
      <>
        <TypeOf schema={schema.items} /> […]
      </>
    )
  }
  const range =
    schema.minimum !== undefined || schema.maximum !== undefined
      ? ` ${schema.minimum ?? ''}–${schema.maximum ?? ''}`
      : ''
  const length = schema.maxLength === undefined ? '' : ` ≤ ${schema.maxLength}`
  return <>{[[schema.type].flat().join(', '), schema.format].filter(Boolean).join(' · ') + range + length}</>
}
