import type { Child } from 'hono/jsx'
import { statusOf } from '../../errors.ts'
import { type TextKey, type Translate, texts } from '../../i18n.ts'

/** Every code that an answer may name, each with an anchor: a problem's `type` leads to the first table. */
export function Errors({ t, shared }: { t: Translate; shared: Set<string> }) {
  return (
    <section id="errors" class="stack" data-rest>
      <h2>{t('api:errors')}</h2>
      <p>{t('api:errors.about')}</p>
      <p>{t('api:errors.everywhere', { statuses: [...shared].sort().join(', ') })}</p>
      <h3>{t('api:errors.kinds')}</h3>
      <p>{t('api:errors.kinds.about')}</p>
      <Table heads={[t('api:code'), t('api:status'), t('api:meaning')]}>
        {Object.entries(statusOf).map(([code, status]) => (
          <tr id={code}>
            <th scope="row">
              <code>{code}</code>
            </th>
            <td>{status}</td>
            <td>{t(`api:problem.${code}` as TextKey)}</td>
          </tr>
        ))}
      </Table>
      <h3>{t('api:errors.reasons')}</h3>
      <p>{t('api:errors.reasons.about')}</p>
      <Table heads={[t('api:code'), t('api:errors.words')]}>
        {reasons().map(([code, key]) => (
          <tr id={code}>
            <th scope="row">
              <code>{code}</code>
            </th>
            <td>{t(key, samples)}</td>
          </tr>
        ))}
      </Table>
      <h3>{t('api:errors.fields')}</h3>
      <p>{t('api:errors.fields.about')}</p>
      <Table heads={[t('api:code'), t('api:errors.words')]}>
        {fieldCodes().map((code) => (
          <tr id={`field-${code}`}>
            <th scope="row">
              <code>{code}</code>
            </th>
            <td>{t(`errors:field.${code}` as TextKey, samples)}</td>
          </tr>
        ))}
      </Table>
    </section>
  )
}

function Table({ heads, children }: { heads: string[]; children: Child }) {
  return (
    <div class="scroll">
      <table class="table stacks codes">
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col">{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

/** What messages name: limits as an example, names left open. */
const samples = { field: '…', file: '…', max: 200, min: 1, taken: 40 }

/** Codes of pages and of their links: a key meets none of them. */
const ofPages =
  /^(summary|home|status|search|again|console|account_exists|other_address|mailbox_closed|no_\w+|link_\w+|(setup|reset|join)_link_\w+)$/
const ofForms = new Set(['file_missing', 'multipart', 'other'])

/** Codes that refine one of the first table, with the key of their words. */
export function reasons(): [code: string, key: TextKey][] {
  const under = (texts: object, place: string, prefix: string) =>
    Object.keys(texts)
      .filter((key) => key.startsWith(prefix))
      .map((key): [string, TextKey] => [key.slice(prefix.length), `${place}:${key}` as TextKey])
  const { errors, presentations, summaries } = texts.vi
  const own = under(errors, 'errors', '').filter(([code]) => /^[a-z_]+$/.test(code) && !ofPages.test(code))
  const files = under(presentations, 'presentations', 'refused.').filter(([code]) => !ofForms.has(code))
  const photos = under(summaries, 'summaries', 'photo.refused.')
  const seen = new Set(Object.keys(statusOf))
  return [...own, ...files, ...photos].filter(([code]) => !seen.has(code) && seen.add(code))
}

/** Codes of refused fields, parameters and headers. */
export function fieldCodes(): string[] {
  return Object.keys(texts.vi.errors).flatMap((key) => (key.startsWith('field.') ? [key.slice(6)] : []))
}
