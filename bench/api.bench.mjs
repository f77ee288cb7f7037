// A keyed GET of a seminar against a bare Hono route doing one select through the same driver and pool.
import { cli, connect, LINK_KEY, seminar } from './support/data.mjs'
import { compare } from './support/load.mjs'
import { startBareApi, startService } from './support/service.mjs'

export async function measure() {
  const service = await startService({ LINK_KEY, LOG_LEVEL: 'error', API_RATE_LIMIT: '1000000' })
  const sql = connect(service, { max: 1 })
  let bare
  try {
    const key = cli(service, 'api-key', 'create', '--organization', 'minh-ha', '--name', 'bench')
    const [{ id: organizationId }] = await sql`select id from organizations where slug = 'minh-ha'`
    const id = await seminar(sql, organizationId, { slug: 'bench-api' })
    bare = await startBareApi(cli(service, 'database-url'), organizationId, id)
    const url = `${service.origin}/api/v1/seminars/${id}`
    const headers = { Authorization: `Bearer ${key}` }
    const answer = await fetch(url, { headers })
    if (answer.status !== 200) throw new Error(`the API answered ${answer.status}`)
    const figures = await compare({ url }, { url: `${bare.origin}/${id}` }, { connections: 32, seconds: 4, headers })
    return [{ name: 'api.get', ...figures, unit: '1/s' }]
  } finally {
    await sql.end()
    await bare?.stop()
    await service.stop()
  }
}
