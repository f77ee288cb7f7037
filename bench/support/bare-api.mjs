// The baseline of the API: Hono, its Node server, and one select through the service's own driver and pool.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { connectPostgres } from '../../src/platform/postgres.ts'

const { DATABASE, ORGANIZATION, PORT } = process.env
const { db } = connectPostgres(DATABASE, { max: 20 })
const app = new Hono().get('/:id', async (c) => {
  const row = await db
    .selectFrom('seminars')
    .selectAll()
    .where('organization_id', '=', ORGANIZATION)
    .where('id', '=', c.req.param('id'))
    .executeTakeFirst()
  return row ? c.json(row) : c.notFound()
})
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) })
