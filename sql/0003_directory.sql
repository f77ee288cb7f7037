-- đơn vị, tổ chức đảng: a tree with validity.
create table units (
  organization_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  parent_id uuid,
  code text,
  name text not null,
  short_name text,
  name_en text,
  -- letters go to the Đảng ủy (committee), statistics to the Đảng bộ
  committee_name text,
  type text,
  kind text,
  block text,
  rank integer not null default 1000,
  members_count integer,
  email text,
  phone text,
  valid_from date,
  valid_to date,
  successor_id uuid,
  search text not null generated always as (fold(name || ' ' || coalesce(short_name, '') || ' ' || coalesce(name_en, '') || ' ' || coalesce(code, ''))) stored,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, parent_id) references units (organization_id, id),
  foreign key (organization_id, successor_id) references units (organization_id, id),
  check (valid_to is null or valid_from is null or valid_to >= valid_from),
  check (parent_id is null or parent_id <> id)
);
create unique index on units (organization_id, code) where code is not null;
create index on units (organization_id, parent_id, rank, id);
create index on units (organization_id, rank, id);
create index units_search on units using gin (search gin_trgm_ops);

create table people (
  organization_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  code text,
  name text not null,
  family text collate "vi-x-icu" not null default '',
  middle text collate "vi-x-icu" not null default '',
  given text collate "vi-x-icu" not null,
  gender text check (gender in ('male', 'female')),
  email text,
  phone text,
  locale text not null default 'vi' check (locale in ('vi', 'en')),
  note text,
  -- set by a bounce that says the address is dead; mail is held until the address changes
  email_dead_at timestamptz,
  search text not null generated always as (fold(name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''))) stored,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id)
);
create unique index on people (organization_id, code) where code is not null;
create index on people (organization_id, given, family, middle, id);
create index on people (organization_id, lower(email));
create index people_search on people using gin (search gin_trgm_ops);

-- chức vụ: a title held by a person at a unit.
create table positions (
  organization_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  person_id uuid not null,
  unit_id uuid not null,
  title text not null,
  title_en text,
  rank integer not null default 100,
  valid_from date,
  valid_to date,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, person_id) references people (organization_id, id) on delete cascade,
  foreign key (organization_id, unit_id) references units (organization_id, id) on delete cascade,
  check (valid_to is null or valid_from is null or valid_to >= valid_from)
);
create index on positions (organization_id, person_id);
create index on positions (organization_id, unit_id, rank);
