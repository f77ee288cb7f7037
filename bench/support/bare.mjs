// The baseline: nothing but Hono and its Node server. Bytes come from a file that the bench wrote.
import { readFileSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const bytes = new Uint8Array(readFileSync(process.env.BARE_FILE))
const headers = { 'Content-Type': process.env.BARE_TYPE, 'Content-Encoding': 'gzip' }
const app = new Hono()
  .get('/page', (c) => c.body(bytes, 200, headers))
  .get('/unchanged', (c) => c.body(null, 304, { ETag: '"baseline"' }))
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) })
