import type { Insertable } from 'kysely'
import type { Role } from '../../src/context.ts'
import { type Db, transaction } from '../../src/db/transaction.ts'
import type { Invitations, Organizations, People, Seminars, Units } from '../../src/db/types.ts'
import { createAccount } from '../../src/features/accounts/commands/accounts.ts'
import type { Services } from '../../src/services.ts'
import { vietnamDay } from './days.ts'

let n = 0
const next = () => `${Date.now().toString(36)}${(n++).toString(36)}${Math.random().toString(36).slice(2, 6)}`

export async function createOrganization(db: Db, overrides: Partial<Insertable<Organizations>> = {}) {
  const slug = overrides.slug ?? `co-quan-${next()}`
  const row = await db
    .insertInto('organizations')
    .values({
      slug,
      name: 'Thành ủy Mẫu',
      name_en: 'Mau City Party Committee',
      email: 'vanphong@mau.example',
      contact_name: 'Văn phòng Thành ủy',
      contact_phone: '0203 000 000',
      ...overrides,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await db
    .insertInto('slugs')
    .values({ slug, kind: 'organization', organization_id: row.id, target_id: row.id })
    .execute()
  return row
}

/** A member with a session: `cookie` signs requests in. */
export async function createMember(services: Services, organizationId: string, role: Role = 'owner') {
  const email = `${next()}@mau.example`
  const password = 'mat-khau-thu-nghiem'
  const passwordHash = await services.auth.hashPassword(password)
  const userId = await transaction(services.db, (trx) =>
    createAccount(trx, { name: 'Lê Văn Mẫu', email, passwordHash }),
  )
  await services.db.insertInto('members').values({ organization_id: organizationId, user_id: userId, role }).execute()
  const cookies = await services.auth.signIn(email, password, new Headers())
  return { userId, email, password, cookie: (cookies ?? []).map((c) => c.split(';')[0]).join('; ') }
}

export async function createUnit(db: Db, organizationId: string, overrides: Partial<Insertable<Units>> = {}) {
  return db
    .insertInto('units')
    .values({ organization_id: organizationId, name: 'Chi bộ khu 4, Đảng bộ phường Mẫu A', ...overrides })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function createPerson(db: Db, organizationId: string, overrides: Partial<Insertable<People>> = {}) {
  return db
    .insertInto('people')
    .values({
      organization_id: organizationId,
      name: 'Trần Thị Thuỷ',
      family: 'Trần',
      middle: 'Thị',
      given: 'Thuỷ',
      email: `${next()}@mau.example`,
      ...overrides,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** A scheduled public seminar thirty days from now, 14:00–17:00, with its counter of places. */
export async function createSeminar(
  db: Db,
  organizationId: string,
  overrides: Partial<Insertable<Seminars>> & { capacity?: number | null } = {},
) {
  const { capacity = null, ...columns } = overrides
  const day = vietnamDay(30)
  const slug = columns.slug ?? `hoi-thao-${next()}`
  const row = await db
    .insertInto('seminars')
    .values({
      organization_id: organizationId,
      slug,
      state: 'scheduled',
      subtype: 'chuyên đề',
      subtype_en: 'thematic',
      theme: 'Nâng cao chất lượng sinh hoạt chi bộ ở thôn, khu dân cư',
      theme_en: 'Raising the quality of Party cell meetings in villages and neighbourhoods',
      host: 'Ban Thường vụ Thành ủy',
      venue: 'Hội trường Trung tâm Chính trị thành phố',
      starts_local: `${day}T14:00:00`,
      ends_local: `${day}T17:00:00`,
      ...columns,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await db
    .insertInto('slugs')
    .values({ slug, kind: 'seminar', organization_id: organizationId, target_id: row.id })
    .execute()
  await db
    .insertInto('seminar_places')
    .values({ organization_id: organizationId, seminar_id: row.id, capacity })
    .execute()
  return row
}

/** An invitation that was sent; its link must be issued by the test that opens it (`issueLinks`). */
export async function createInvitation(
  db: Db,
  seminar: { organization_id: string; id: string },
  overrides: Partial<Insertable<Invitations>> = {},
) {
  return db
    .insertInto('invitations')
    .values({
      organization_id: seminar.organization_id,
      seminar_id: seminar.id,
      name: 'Trần Thị Thuỷ',
      family: 'Trần',
      middle: 'Thị',
      given: 'Thuỷ',
      positions: ['Bí thư Chi bộ khu 4, Đảng bộ phường Mẫu A'],
      email: `${next()}@mau.example`,
      status: 'sent',
      sent_at: new Date(),
      ...overrides,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}
