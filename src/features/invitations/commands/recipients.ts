/** What a letter to an invitee is written from, of `invitations as i`. */
export const recipientColumns = [
  'i.id',
  'i.person_id',
  'i.name',
  'i.gender',
  'i.positions',
  'i.positions_en',
  'i.email',
  'i.locale',
  'i.generation',
] as const
