-- Positions are edited by programs too: each carries the version an edit was made on.
alter table positions add column version integer not null default 1;
-- The calendar addresses of an organisation's people that hold now, the latest first.
create index on links (organization_id, created_at desc, ref desc) where purpose = 'person-feed' and revoked_at is null;
