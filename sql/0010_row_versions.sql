-- Chairs, delegations and agenda items are edited one by one: each carries the version its form was opened on.
alter table chairs add column version integer not null default 1;
alter table delegations add column version integer not null default 1;
alter table agenda_items add column version integer not null default 1;
create index on seminars (organization_id, theme collate "vi-x-icu", id);
create index on invitations (organization_id, answered_at desc, id desc) where answered_at is not null;
