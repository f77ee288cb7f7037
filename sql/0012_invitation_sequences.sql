-- The SEQUENCE an invitee's calendar was last sent, null before the first REQUEST. A withdrawal raises it for that invitee
-- alone (RFC 5546 section 3.2.5), so that a second invitation is not older than the cancellation of the first.
alter table invitations add column calendar_sequence integer;
alter table substitutions add column calendar_sequence integer;
create index on invitations (organization_id, seminar_id, answered_at desc, id desc) where answered_at is not null;

-- Marks tell people apart (An, Ân), and so do positions where no address does.
drop index invitations_once_by_hand;
create unique index invitations_once_by_address on invitations (organization_id, seminar_id, lower(name), lower(email))
  where person_id is null and email is not null and status <> 'withdrawn';
create unique index invitations_once_by_position on invitations (organization_id, seminar_id, lower(name), positions)
  where person_id is null and email is null and status <> 'withdrawn';
