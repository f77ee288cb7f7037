-- Looks at a document that were begun. A row goes when its look ends; one that stays did not end: it ran out of its limits
-- (`stopped`), or its process was killed. After the second the same bytes are not looked at again.
create table inspections (
  organization_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  sha256 bytea not null,
  act text not null check (act in ('check', 'words')),
  started_at timestamptz not null default now(),
  stopped text check (stopped in ('time', 'memory', 'fault')),
  primary key (organization_id, id)
);
create index on inspections (organization_id, sha256, act);
