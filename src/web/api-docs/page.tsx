import type { Page } from '../../env.ts'
import { asset } from '../assets.ts'
import { PublicLayout } from '../layout.tsx'
import { Contents, type Group } from './contents.tsx'
import { type ApiDescription, operationsOf, serverOf } from './description.ts'
import { Errors } from './errors.tsx'
import { islandWords } from './island-words.ts'
import { Curl, Operation } from './operation.tsx'
import { curlOf, sampleDraft } from './request.ts'
import { Schemas } from './schemas.tsx'

/** The whole API on one page, made of its description. It reads without a script; with one, operations are found and tried. */
export function ApiDocsPage({ page, description }: { page: Page; description: ApiDescription }) {
  const { t, href } = page
  const { info, components } = description
  const operations = operationsOf(description)
  const groups: Group[] = (description.tags ?? []).map((tag) => ({
    ...tag,
    operations: operations.filter(({ operation }) => operation.tags?.includes(tag.name)),
  }))
  const answered = operations.map(({ operation }) => new Set(Object.keys(operation.responses)))
  const shared = answered.reduce((all, own) => all.intersection(own))
  const first = operations.find(({ operation }) => operation.operationId === 'listSeminars')
  return (
    <PublicLayout
      page={page}
      title={info.title}
      description={info.description}
      head={<link rel="stylesheet" href={asset('api-docs.css')} />}
      islands={['api-docs']}
    >
      <div class="api" data-api={href('/api/openapi.json')} data-words={JSON.stringify(islandWords(t))}>
        <Contents t={t} groups={groups} />
        <div class="stack content">
          <h1>{info.title}</h1>
          <div class="stack" data-rest>
            <p>{info.description}</p>
            <p>
              <a href={href('/api/openapi.json')}>{t('api:download')}</a>
            </p>
            {first ? (
              <Curl t={t} line={curlOf(first, sampleDraft(first, components.schemas), serverOf(description))} />
            ) : null}
          </div>
          <Scopes page={page} about={components.securitySchemes?.key?.description} />
          <KeyField page={page} />
          {groups.map((group) => (
            <section id={`tag-${group.name}`} class="group stack">
              <h2>{group.description ?? group.name}</h2>
              {group.operations.map((described) => (
                <Operation t={t} described={described} description={description} shared={shared} />
              ))}
            </section>
          ))}
          <Schemas t={t} schemas={components.schemas} />
          <Errors t={t} shared={shared} />
        </div>
      </div>
    </PublicLayout>
  )
}

/** What a key is, what each scope opens, and where one is made. */
function Scopes({ page: { t, href }, about }: { page: Page; about: string | undefined }) {
  return (
    <section id="scopes" class="stack" data-rest>
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

/** Where the key is typed that operations are tried with: of use to the script alone, which shows it. */
function KeyField({ page: { t } }: { page: Page }) {
  return (
    <div class="field key" hidden>
      <label for="api-key">{t('api:try.key')}</label>
      <p class="hint" id="api-key-hint">
        {t('api:try.key.hint')}
      </p>
      <input
        id="api-key"
        type="password"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder="ht_…"
        aria-describedby="api-key-hint api-key-error"
      />
      <p class="error" id="api-key-error" role="alert" />
    </div>
  )
}
