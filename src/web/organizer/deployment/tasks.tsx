import type { Page } from '../../../env.ts'
import type { TaskState } from '../../../features/deployment/schema.ts'
import { ago } from './time.ts'

const failed = ({ error }: TaskState) => error !== null

/** What runs by the clock, and how it went last: those that failed, and the others behind a word. */
export function Tasks({ page, tasks }: { page: Page; tasks: TaskState[] }) {
  const { t } = page
  if (!tasks.length) return <p class="muted">{t('deployment:tasks.none')}</p>
  const ill = tasks.filter(failed)
  const well = tasks.filter((one) => !failed(one))
  return (
    <section>
      <h2>{t('deployment:tasks')}</h2>
      {ill.length ? <Table page={page} tasks={ill} /> : null}
      {well.length ? (
        <details class="fold">
          <summary>{t('deployment:tasks.well', { count: well.length })}</summary>
          <Table page={page} tasks={well} />
        </details>
      ) : null}
    </section>
  )
}

function Table({ page, tasks }: { page: Page; tasks: TaskState[] }) {
  const { t } = page
  return (
    <table class="table stacks">
      <thead>
        <tr>
          <th scope="col">{t('deployment:task')}</th>
          <th scope="col">{t('deployment:task.ended')}</th>
          <th scope="col">{t('deployment:task.took')}</th>
          <th scope="col">{t('deployment:task.state')}</th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((one) => (
          <tr>
            <th scope="row">{one.task}</th>
            <td data-label={t('deployment:task.ended')}>
              {one.finishedAt === null
                ? t('deployment:task.runs', { time: ago(page, one.ageSeconds) })
                : t('deployment:task.ago', { time: ago(page, one.ageSeconds) })}
            </td>
            <td data-label={t('deployment:task.took')}>
              {one.lengthSeconds === null ? '–' : ago(page, one.lengthSeconds)}
            </td>
            <td data-label={t('deployment:task.state')} class={one.error === null ? undefined : 'bad'}>
              {one.error === null
                ? t(one.finishedAt === null ? 'deployment:task.now' : 'deployment:task.well')
                : t('deployment:task.failed', { error: one.error })}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
