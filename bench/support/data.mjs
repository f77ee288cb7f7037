// Data for the figures: written straight into the database of the service that is measured.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import postgres from 'postgres'
import { linkRef, linkToken } from '../../src/features/links/token.ts'
import { root } from './service.mjs'

export const LINK_KEY = 'bench-link-key-of-forty-characters-here-'

/** A command of the service's own CLI, in its folder. @returns its last line */
export function cli(service, ...args) {
  const env = { ...process.env, DATA_DIR: service.dataDir, LINK_KEY }
  return execFileSync(process.execPath, [join(root, 'scripts/cli.mjs'), ...args], { env, encoding: 'utf8' })
    .trim()
    .split('\n')
    .at(-1)
}

export const connect = (service, options = {}) => postgres(cli(service, 'database-url'), { onnotice() {}, ...options })

/** The demo's organisation with a key of the API. */
export async function caller(service, sql) {
  const key = cli(service, 'api-key', 'create', '--organization', 'minh-ha', '--name', 'bench')
  const [{ id: organizationId }] = await sql`select id from organizations where slug = 'minh-ha'`
  return {
    organizationId,
    async call(method, path, body) {
      const answer = await fetch(`${service.origin}/api/v1${path}`, {
        method,
        headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
        body: body && JSON.stringify(body),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return text ? JSON.parse(text) : undefined
    },
  }
}

/** A seminar that is open for answers. @returns its id */
export async function seminar(sql, organizationId, { slug, capacity = null, daysAhead = 30 }) {
  const [{ id }] = await sql`
    insert into seminars (organization_id, slug, state, theme, host, starts_local, ends_local)
    values (${organizationId}, ${slug}, 'scheduled', 'Hội thảo đo tốc độ', 'Ban Thường vụ Thành ủy',
      date_trunc('hour', now()::timestamp) + make_interval(days => ${daysAhead}),
      date_trunc('hour', now()::timestamp) + make_interval(days => ${daysAhead}, hours => 3))
    returning id`
  await sql`insert into seminar_places (organization_id, seminar_id, capacity) values (${organizationId}, ${id}, ${capacity})`
  return id
}

/** Invitees of a seminar, sent or still drafts. @returns their ids */
export async function invitees(sql, organizationId, seminarId, count, { status = 'sent', email = false } = {}) {
  const rows = await sql`
    insert into invitations (organization_id, seminar_id, name, family, middle, given, email, positions, status, sent_at)
    select ${organizationId}, ${seminarId}, 'Nguyễn Văn Đại biểu ' || n, 'Nguyễn', 'Văn Đại', 'biểu ' || n,
      case when ${email}::boolean then 'dai-bieu-' || n || '@donvi.example' end,
      array['Bí thư Chi bộ số ' || n], ${status}, case when ${status} = 'sent' then now() end
    from generate_series(1, ${count}::int) n returning id`
  return rows.map((row) => row.id)
}

/** Personal links of invitations. @returns their tokens with what their forms carry */
export async function links(sql, organizationId, ids) {
  const made = []
  for (const id of ids) {
    const token = await linkToken(LINK_KEY, 'invitation', id, 1)
    made.push({ token, ref: await linkRef(token), id })
  }
  for (let i = 0; i < made.length; i += 1000) {
    await sql`insert into links ${sql(
      made.slice(i, i + 1000).map(({ token, ref, id }) => ({
        token_hash: createHash('sha256').update(token).digest(),
        ref,
        purpose: 'invitation',
        organization_id: organizationId,
        target_id: id,
        generation: 1,
      })),
    )}`
  }
  return made
}

/** A member of the demo's organisation who is signed in. @returns the cookie of the session */
export async function signIn(service) {
  const password = 'bench-password-of-a-fair-length'
  const env = { ...process.env, DATA_DIR: service.dataDir, LINK_KEY }
  const owner = ['--organization', 'minh-ha', '--email', 'bench@minhha.example', '--name', 'Bench', '--password-stdin']
  execFileSync(process.execPath, [join(root, 'scripts/cli.mjs'), 'create-owner', ...owner], { env, input: password })
  const answer = await fetch(`${service.origin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: service.origin, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ email: 'bench@minhha.example', password }),
  })
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  if (answer.status !== 303 || !cookies.length) throw new Error(`sign-in answered ${answer.status}`)
  return cookies.join('; ')
}
