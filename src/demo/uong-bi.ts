import type { Trx } from '../db/transaction.ts'
import { type HeldSeminar, loadHeldSeminar } from './held.ts'
import { insertOrganization } from './rows.ts'

/** The workshop of 16/11/2023 and the organisation that held it. */
export async function loadUongBi(
  trx: Trx,
  workshop: HeldSeminar,
): Promise<{ organizationId: string; seminarId: string }> {
  const organizationId = await insertOrganization(trx, {
    slug: 'uong-bi',
    name: 'Thành ủy Uông Bí',
    name_en: 'Uông Bí City Party Committee',
    email: 'vanphong@uongbi.example',
    contact_name: 'Văn phòng Thành ủy',
    demo: true,
  })
  return { organizationId, seminarId: await loadHeldSeminar(trx, organizationId, workshop) }
}
