import type { Translate } from '../../i18n.ts'
import type { Schema } from './description.ts'
import { Fields } from './fields.tsx'

/** Every schema that has a name. The anchor is inside: a browser opens what a link leads into. */
export function Schemas({ t, schemas }: { t: Translate; schemas: Record<string, Schema> }) {
  return (
    <section id="schemas" data-rest>
      <h2>{t('api:schemas')}</h2>
      {Object.entries(schemas).map(([name, schema]) => (
        <details>
          <summary>{name}</summary>
          <div id={`schema-${name}`} class="stack">
            <Fields t={t} schema={schema} schemas={schemas} />
            {schema.example === undefined ? null : (
              <pre>
                <code>{JSON.stringify(schema.example, null, 2)}</code>
              </pre>
            )}
          </div>
        </details>
      ))}
    </section>
  )
}
