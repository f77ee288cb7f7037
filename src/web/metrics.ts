import { Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { DomainError } from '../errors.ts'

/** `/metrics` for who has METRICS_TOKEN; without that setting there is no such page. */
export const metrics = new Hono<AppEnv>().get('/metrics', async (c) => {
  const { metrics: text, config, log } = c.var.services
  if (!text || !config.metricsToken) throw new DomainError('not_found')
  const given = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
  if (!(await isSame(given, config.metricsToken))) {
    c.header('WWW-Authenticate', 'Bearer')
    return c.text('the token of METRICS_TOKEN is needed: Authorization: Bearer …\n', 401)
  }
  c.header('Cache-Control', 'no-store')
  try {
    return c.body(await text(), 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
  } catch (error) {
    log.error('metrics', { error: String(error) })
    return c.text(`${(error as Error).message}\n`, 503)
  }
})

/** Compared by their hashes, each byte: how long it takes tells nothing of the token. */
async function isSame(given: string, token: string): Promise<boolean> {
  const hash = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  const [a, b] = await Promise.all([hash(given), hash(token)])
  let difference = 0
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] as number)
  return difference === 0
}
