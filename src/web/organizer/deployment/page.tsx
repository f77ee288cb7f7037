import type { Child } from 'hono/jsx'
import type { Member, Page } from '../../../env.ts'
import { findTroubles } from '../../../features/deployment/rules.ts'
import type { Status } from '../../../features/deployment/schema.ts'
import { sizeInWords } from '../../../features/files/rules.ts'
import type { TextKey } from '../../../i18n.ts'
import { date, hourMinute, wallTime } from '../../../text/dates.ts'
import { Document, LanguageLink } from '../../layout.tsx'
import { Tasks } from './tasks.tsx'
import { ago } from './time.ts'

/** A deployment has no zone of its own. */
const ZONE = 'Asia/Ho_Chi_Minh'

const moment = ({ locale }: Page, at: Date) => {
  const wall = wallTime(at, ZONE)
  return `${hourMinute(wall)}, ${date(wall, locale)}`
}

interface DeploymentProps {
  page: Page
  name: string
  status: Status
  /** Those that the reader works for. */
  organizations: Member['organization'][]
}

/** The whole deployment on one page: what asks for a hand first. */
export function DeploymentPage({ page, name, status, organizations }: DeploymentProps) {
  const { t } = page
  return (
    <Document kind="console" page={page} title={`${t('deployment:title')} – ${t('common:product')}`} robots="noindex">
      <Nav page={page} name={name} />
      <main id="main" class="deployment">
        <header class="head">
          <div>
            <h1>{t('deployment:title')}</h1>
            <p class="muted">{t('deployment:lead')}</p>
            <p class="meta small">
              <span>{t('deployment:at', { time: moment(page, status.at) })}</span>
              <LanguageLink page={page} />
            </p>
          </div>
        </header>
        <Troubles page={page} status={status} />
        <div class="pairs">
          <Program page={page} status={status} />
          <Outbox page={page} status={status} organizations={organizations} />
          <Stores page={page} status={status} />
          <Instances page={page} status={status} />
        </div>
        <Tasks page={page} tasks={status.tasks} />
        <p class="muted small">{t('deployment:programs')}</p>
      </main>
    </Document>
  )
}

function Nav({ page, name }: { page: Page; name: string }) {
  const { t, href } = page
  return (
    <nav aria-label={t('console:nav.label')}>
      <b>{t('common:product')}</b>
      <div class="items">
        <a class="item" href={href('/console/deployment')} aria-current="page">
          {t('deployment:nav')}
        </a>
        <a class="item" href={href('/console?all')}>
          {t('deployment:back')}
        </a>
      </div>
      <div class="foot">
        <span>{name}</span>
      </div>
    </nav>
  )
}

function Troubles({ page, status }: { page: Page; status: Status }) {
  const { t } = page
  const troubles = findTroubles(status)
  if (!troubles.length) return <p class="calm">{t('deployment:well')}</p>
  return (
    <section class="notice bad">
      <strong>{t('deployment:troubles')}</strong>
      <ul>
        {troubles.map(({ code, params }) => (
          <li>{t(`deployment:trouble.${code}` as TextKey, params)}</li>
        ))}
      </ul>
    </section>
  )
}

function Part({ title, children }: { title: string; children: Child }) {
  return (
    <section>
      <h2>{title}</h2>
      <dl class="facts">{children}</dl>
    </section>
  )
}

function Fact({ name, children }: { name: string; children: Child }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Program({ page, status }: { page: Page; status: Status }) {
  const { t, locale } = page
  const { program, database, lastBackup, linkKeySince } = status
  return (
    <Part title={t('deployment:program')}>
      <Fact name={t('deployment:version')}>{program.version}</Fact>
      <Fact name={t('deployment:built')}>{program.build || t('deployment:none')}</Fact>
      <Fact name={t('deployment:database')}>
        Postgres {database.version}, {sizeInWords(database.bytes, locale)}
      </Fact>
      <Fact name={t('deployment:migrations')}>
        {t('deployment:migrations.of', { found: status.migrations, known: program.migrations })}
      </Fact>
      <Fact name={t('deployment:linkKey')}>{linkKeySince ? moment(page, linkKeySince) : t('deployment:none')}</Fact>
      <Fact name={t('deployment:backup')}>
        {lastBackup
          ? t('deployment:backup.at', {
              time: moment(page, lastBackup.madeAt),
              place: lastBackup.place,
              files: lastBackup.files,
              size: sizeInWords(lastBackup.bytes, locale),
            })
          : t('deployment:backup.none')}
      </Fact>
    </Part>
  )
}

function Outbox({ page, status, organizations }: Pick<DeploymentProps, 'page' | 'status' | 'organizations'>) {
  const { t, href, locale } = page
  const { outbox, stops } = status
  return (
    <Part title={t('deployment:outbox')}>
      <Fact name={t('deployment:outbox.waiting')}>{outbox.queued + outbox.sending}</Fact>
      <Fact name={t('deployment:outbox.due')}>
        {outbox.oldestDueSeconds === null ? t('deployment:outbox.due.none') : ago(page, outbox.oldestDueSeconds)}
      </Fact>
      <Fact name={t('deployment:outbox.back')}>{outbox.bounced + outbox.failed}</Fact>
      <Fact name={t('deployment:outbox.stops')}>
        {stops.length
          ? stops.map((stop) => (
              <p>
                {stop.stage === 'none'
                  ? t('deployment:trouble.outbox_none')
                  : t('deployment:outbox.stop', {
                      time: moment(page, stop.since),
                      stage: t(`mail:way.stage.${stop.stage}`).toLowerCase(),
                    })}
              </p>
            ))
          : t('deployment:outbox.flows')}
      </Fact>
      <Fact name={t('deployment:calls')}>{status.callsOpen}</Fact>
      {organizations.length ? (
        <Fact name={t('deployment:organizations')}>
          {organizations.map((organization) => (
            <p>
              <a href={href(`/console/${organization.slug}/mail`)}>
                {(locale === 'en' && organization.nameEn) || organization.name}
              </a>
            </p>
          ))}
        </Fact>
      ) : null}
    </Part>
  )
}

function Stores({ page, status }: { page: Page; status: Status }) {
  const { t, locale } = page
  const { stores, filesDamaged } = status
  const size = (bytes: number) => sizeInWords(bytes, locale)
  return (
    <Part title={t('deployment:stores')}>
      <Fact name={t('deployment:stores.count')}>
        {stores.files ? t('deployment:stores.counted', { count: stores.files, size: size(stores.bytes) }) : 0}
      </Fact>
      <Fact name={t('deployment:stores.damaged')}>{Object.values(filesDamaged).reduce((sum, n) => sum + n, 0)}</Fact>
      <Fact name={t('deployment:scanner')}>{scannerText(page, status.scanner)}</Fact>
      <Fact name={t('deployment:stores.waiting')}>{status.filesWaiting}</Fact>
      <Fact name={t('deployment:stores.aside')}>{stores.setAside === 1000 ? '≥ 1000' : stores.setAside}</Fact>
      <Fact name={t('deployment:stores.uploads')}>{status.uploadsOpen}</Fact>
      <Fact name={t('deployment:stores.free')}>
        {stores.space
          ? t('deployment:stores.free.of', { free: size(stores.space.free), total: size(stores.space.total) })
          : t('deployment:stores.free.unknown')}
      </Fact>
    </Part>
  )
}

function scannerText(page: Page, scanner: Status['scanner']): string {
  if (scanner === null) return page.t('deployment:scanner.none')
  if (scanner.error === null) return page.t('deployment:scanner.answers')
  return page.t('deployment:scanner.silent', { time: moment(page, scanner.since) })
}

function Instances({ page, status }: { page: Page; status: Status }) {
  const { t } = page
  return (
    <section>
      <h2>{t('deployment:instances')}</h2>
      {status.seen.length ? (
        <ul class="plain">
          {status.seen.map((one) => (
            <li>
              <span class="wrap">{one.id}</span>{' '}
              <span class="muted small">
                {one.version}, {t('deployment:instance.since').toLowerCase()} {moment(page, one.startedAt)}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p class="muted">{t('deployment:instances.none')}</p>
      )}
    </section>
  )
}
