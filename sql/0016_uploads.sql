-- A file on its way (tus 1.0.0): what came of it, part by part, until the whole is kept as a version or refused.
create table uploads (
  organization_id uuid not null,
  id uuid not null default new_id(),
  presentation_id uuid not null,
  sent_by text not null check (sent_by in ('speaker', 'organizer')),
  -- who began it: named in the log also where a task finishes it
  actor jsonb not null,
  -- of the creation: repeated after a lost answer, it makes no second upload
  idempotency_key text,
  name text not null,
  size bigint not null check (size > 0),
  received bigint not null default 0 check (received between 0 and size),
  parts integer not null default 0,
  -- by the sender's clock: tells files apart where their page cannot hash (plain http)
  last_modified bigint,
  -- until then somebody is putting the parts together
  checking_until timestamptz,
  version_number integer,
  refusal text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '7 days',
  primary key (organization_id, id),
  check (version_number is null or refusal is null),
  foreign key (organization_id, presentation_id) references presentations (organization_id, id) on delete cascade
);
create index on uploads (organization_id, presentation_id);
create index on uploads (expires_at);
create index on uploads (updated_at) where received = size and version_number is null and refusal is null;

create table upload_parts (
  organization_id uuid not null,
  upload_id uuid not null,
  starts bigint not null,
  size bigint not null check (size > 0),
  storage_key text not null unique,
  sha256 bytea not null,
  primary key (organization_id, upload_id, starts),
  foreign key (organization_id, upload_id) references uploads (organization_id, id) on delete cascade
);
