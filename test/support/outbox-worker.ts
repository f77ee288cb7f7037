import { connectPostgres } from '../../src/platform/postgres.ts'
import { createSmtpMailer } from '../../src/platform/smtp.ts'
import { runDueTasks } from '../../src/tasks.ts'
import { taskServices } from './mail.ts'

/** Run as a process of its own, to be killed by a test: works the outbox of a database until its input closes. */
const [databaseUrl, smtpUrl, worker, lease] = process.argv.slice(2) as [string, string, string, string]
const connection = connectPostgres(databaseUrl, { max: 6 })
const services = taskServices(connection.db, createSmtpMailer(smtpUrl))
let ended = false
process.stdin.on('end', () => {
  ended = true
})
process.stdin.resume()
process.stdout.write('ready\n')
while (!ended) {
  await runDueTasks(services, { worker, tasks: [], delivery: { lease: Number(lease), attempt: Number(lease) / 2 } })
  await new Promise((resolve) => setTimeout(resolve, 20))
}
await services.mailer.close()
await connection.close()
