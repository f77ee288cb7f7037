import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { findApiKey } from '../../src/features/accounts/queries.ts'
import { issueLinks } from '../../src/features/links/commands.ts'
import { findLink } from '../../src/features/links/queries.ts'
import { linkToken } from '../../src/features/links/token.ts'
import { main } from '../../src/node/cli/main.ts'
import { systemContext } from '../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createInvitation, createOrganization, createPerson, createSeminar } from '../support/factories.ts'

let database: TestDatabase
let slug: string
const printed: string[] = []
const complained: string[] = []
beforeAll(async () => {
  database = await createTestDatabase()
  slug = (await createOrganization(database.db)).slug
})
afterAll(() => database.drop())
beforeEach(() => {
  // vitest has a BASE_URL of its own.
  vi.stubEnv('BASE_URL', 'http://localhost:3000')
  vi.stubEnv('DATABASE_URL', database.url)
  vi.stubEnv('LINK_KEY', 'l'.repeat(40))
  vi.stubEnv('AUTH_SECRET', 's'.repeat(40))
  printed.length = 0
  complained.length = 0
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line))
  vi.spyOn(console, 'error').mockImplementation((line) => void complained.push(line))
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const run = (line: string, ...more: string[]) => main([...line.split(' ').filter(Boolean), ...more])

describe('api-key create', () => {
  it('prints the key alone, and the key opens', async () => {
    expect(await run(`api-key create --organization ${slug} --name test`)).toBe(0)
    expect(printed).toEqual([expect.stringMatching(/^ht_[\w-]{43}$/)])
    expect(await findApiKey(database.db, printed[0] as string)).toMatchObject({
      name: 'test',
      slug,
      scopes: ['read', 'write'],
    })
  })

  it('takes scopes and an end', async () => {
    expect(await run(`api-key create --organization ${slug} --name reader --scopes read --expires 90d`)).toBe(0)
    const { expires_at, scopes } = await database.db
      .selectFrom('api_keys')
      .selectAll()
      .where('name', '=', 'reader')
      .executeTakeFirstOrThrow()
    expect(scopes).toEqual(['read'])
    expect(Math.round(((expires_at as Date).getTime() - Date.now()) / 86_400_000)).toBe(90)
  })

  it('gives the scope admin only where it is asked for', async () => {
    expect(await run(`api-key create --organization ${slug} --name admin --scopes read,admin`)).toBe(0)
    expect((await findApiKey(database.db, printed[0] as string))?.scopes).toEqual(['read', 'admin'])
  })

  it.each([
    ['--name test', '--organization is missing'],
    ['--organization none --name test', 'there is no organisation “none”'],
    ['--organization x --name test --scopes root', '“root” is none of read, write, admin'],
    ['--organization x --name test --expires soon', 'expected days like 90d'],
    ['--organization x --name test --force', "Unknown option '--force'"],
  ])('refuses in one line: %s', async (options, words) => {
    expect(await run(`api-key create ${options}`)).toBe(1)
    expect(printed).toEqual([])
    expect(complained).toHaveLength(1)
    expect(complained[0]).toContain(words)
    expect(complained[0]).not.toContain('\n')
  })
})

describe('create-owner', () => {
  it('prints a link by which the owner of a new organisation joins', async () => {
    expect(
      await run(
        'create-owner --organization so-y-te --email chu@mau.example --name',
        'Lê Văn Chủ',
        '--organization-name',
        'Sở Y tế',
      ),
    ).toBe(0)
    expect(printed).toEqual([expect.stringMatching(/^http:\/\/localhost:3000\/join\/[\w-]{22}$/)])
    const invited = await database.db
      .selectFrom('member_invitations')
      .selectAll()
      .where('email', '=', 'chu@mau.example')
      .executeTakeFirstOrThrow()
    expect(invited.role).toBe('owner')
  })

  it('makes the account at once with a password from standard input', async () => {
    const stdin = vi.spyOn(process, 'stdin', 'get')
    stdin.mockReturnValue(Readable.from(['password12\n']) as never)
    expect(await run(`create-owner --organization ${slug} --email bon@mau.example --password-stdin --name Bon`)).toBe(1)
    expect(complained.at(-1)).toContain('it is among the passwords that are guessed first')
    stdin.mockReturnValue(Readable.from(['mat-khau-thu-nghiem\n']) as never)
    expect(await run(`create-owner --organization ${slug} --email hai@mau.example --password-stdin --name Hai`)).toBe(0)
    expect(printed).toEqual([`hai@mau.example owns ${slug}`])
    const member = await database.db
      .selectFrom('members as m')
      .innerJoin('auth.user as u', 'u.id', 'm.user_id')
      .select('m.role')
      .where('u.email', '=', 'hai@mau.example')
      .executeTakeFirstOrThrow()
    expect(member.role).toBe('owner')
    stdin.mockReturnValue(Readable.from(['short\n']) as never)
    expect(await run(`create-owner --organization ${slug} --email ba@mau.example --password-stdin --name Ba`)).toBe(1)
    stdin.mockReturnValue(Readable.from(['mat-khau-thu-nghiem\n']) as never)
    expect(await run(`create-owner --organization ${slug} --email hai@mau.example --password-stdin --name Hai`)).toBe(1)
    expect(complained.at(-1)).toBe('create-owner: --email: This address has an account already.')
  })

  it('does not guess the name of an organisation that is not there', async () => {
    expect(await run('create-owner --organization khong-co --email chu@mau.example --name Chủ')).toBe(1)
    expect(complained[0]).toContain('--organization-name makes it')
  })
})

describe('erase-contacts', () => {
  it('leaves of a person nothing to reach them by, and keeps the record', async () => {
    const organization = await createOrganization(database.db)
    const seminar = await createSeminar(database.db, organization.id)
    const email = 'Quen.Toi@mau.example'
    const person = await createPerson(database.db, organization.id, { email, phone: '0912 345 678', note: 'dị ứng' })
    const other = await createInvitation(database.db, seminar, { email: 'khac@mau.example' })
    const invitation = await createInvitation(database.db, seminar, {
      person_id: person.id,
      email,
      phone: '0912 345 678',
      answer: 'declined',
      reason: 'Đi viện',
    })
    const ctx = systemContext()
    await transaction(database.db, (trx) =>
      issueLinks(trx, ctx, [
        { purpose: 'invitation', organizationId: organization.id, targetId: invitation.id, generation: 1 },
      ]),
    )
    const letter = (id: string, to: string, state: string) =>
      database.sql`insert into messages (organization_id, invitation_id, kind, to_name, to_address, from_address, subject, text, html, message_id, state)
        values (${organization.id}, ${id}, 'invitation', 'Trần Thị Thuỷ', ${to}, 'a@mau.example', 'Kính gửi', 'Kính gửi Thuỷ', '<p>Thuỷ', ${crypto.randomUUID()}, ${state})`
    await letter(invitation.id, email, 'sent')
    await letter(invitation.id, email.toLowerCase(), 'queued')
    await letter(other.id, 'khac@mau.example', 'queued')
    await database.sql`update messages set last_reply = '550 5.1.1 <quen.toi@mau.example>: no such user' where state = 'sent' and invitation_id = ${invitation.id}`
    // One invitation of theirs went to an office, and a speech was asked for there; letters to others there stay.
    const atOffice = await createInvitation(database.db, await createSeminar(database.db, organization.id), {
      person_id: person.id,
      email: 'Van.Phong@mau.example',
    })
    const colleague = await createInvitation(database.db, seminar, { email: 'van.phong@mau.example' })
    await letter(atOffice.id, 'van.phong@mau.example', 'sent')
    await letter(colleague.id, 'van.phong@mau.example', 'sent')
    await database.sql`insert into presentations (organization_id, seminar_id, person_id, name, topic, email, decline_reason)
      values (${organization.id}, ${seminar.id}, ${person.id}, 'Thuỷ', 'Cải cách', 'van.phong@mau.example', 'Đi viện')`

    expect(await run(`erase-contacts --organization ${organization.slug} --email quen.toi@mau.example`)).toBe(0)
    expect(printed).toEqual(['erased in 1 people, 2 invitations, 1 speeches, 3 letters; their links no longer open'])
    const tables = ['people', 'invitations', 'answers', 'messages', 'mailbox_messages', 'audit_events', 'presentations']
    for (const table of tables) {
      const [row] = await database.sql.unsafe(
        `select count(*)::int as n from ${table} x where x::text ~* 'quen.toi|0912 345 678|dị ứng|Đi viện'`,
      )
      expect([table, row?.n]).toEqual([table, 0])
    }
    const kept = await database.db
      .selectFrom('invitations')
      .selectAll()
      .where('id', '=', invitation.id)
      .executeTakeFirst()
    expect(kept).toMatchObject({ name: 'Trần Thị Thuỷ', answer: 'declined' })
    const states = await database.sql`select state, to_address from messages where organization_id = ${organization.id}`
    expect(states.map((row) => `${row.state} ${row.to_address}`).sort()).toEqual([
      'cancelled erased@invalid',
      'queued khac@mau.example',
      'sent erased@invalid',
      'sent erased@invalid',
      'sent van.phong@mau.example',
    ])
    const token = await linkToken(ctx.linkKey, 'invitation', invitation.id, 1)
    expect((await findLink(database.db, token))?.revoked).toBe(true)
    expect(await run(`erase-contacts --organization ${organization.slug} --email quen.toi@mau.example`)).toBe(1)
    expect(complained.at(-1)).toContain('has nothing of this address')
  })
})

it('migrates: nothing where everything is there', async () => {
  expect(await run('migrate')).toBe(0)
  expect(printed).toEqual(['nothing to apply'])
})

it('says what became of filling the quarantine, also where there was nothing to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hoithao-cli-'))
  vi.stubEnv('DATA_DIR', folder)
  try {
    expect(await run('quarantine fill')).toBe(0)
    expect(printed).toEqual([
      '0 files were put aside; every other one is named by this database, or younger than a day',
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('does not load the demo where there are organisations', async () => {
  expect(await run('demo')).toBe(1)
  expect(complained).toEqual([expect.stringContaining('into an empty one')])
})

it('prints the address of the database alone, for pg_dump', async () => {
  expect(await run('database-url')).toBe(0)
  expect(printed).toEqual([database.url])
})

it('prints the route table without a database', async () => {
  vi.stubEnv('DATABASE_URL', 'postgres://nobody@127.0.0.1:1/none')
  expect(await run('routes')).toBe(0)
  expect(printed).toContain('GET     /s/:slug  +en')
  expect(printed).toContain('PUT     /api/v1/invitations/:id/answer')
})

it('says in one line that the database cannot be reached, or is named badly', async () => {
  vi.stubEnv('DATABASE_URL', 'postgres://nobody@127.0.0.1:1/none')
  expect(await run('migrate')).toBe(1)
  vi.stubEnv('DATABASE_URL', 'nope')
  expect(await run('migrate')).toBe(1)
  expect(complained).toEqual([
    expect.stringContaining('ECONNREFUSED'),
    expect.stringContaining('configuration: DATABASE_URL'),
  ])
})

it('lists its commands when asked for none it has', async () => {
  expect(await run('')).toBe(0)
  expect(await run('make-coffee')).toBe(1)
  expect(complained[1]).toContain('api-key create --organization <slug>')
})
