create table seminars (
  organization_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  slug text not null,
  state text not null default 'draft' check (state in ('draft', 'scheduled', 'held', 'postponed', 'cancelled')),
  kind text not null default 'hoi_thao' check (kind in ('hoi_thao', 'hoi_nghi', 'toa_dam')),
  -- 'chuyên đề', 'khoa học', 'tổng kết'…: printed after the kind
  subtype text,
  subtype_en text,
  -- a full printed title, where kind, subtype and theme do not make it
  title text,
  title_en text,
  theme text not null,
  theme_en text,
  host text not null,
  host_en text,
  cohosts text[] not null default '{}',
  cohosts_en text[] not null default '{}',
  introduction text,
  introduction_en text,
  venue text,
  venue_en text,
  online_url text,
  online_offered boolean not null default false,
  starts_local timestamp,
  ends_local timestamp,
  timezone text not null default 'Asia/Ho_Chi_Minh',
  starts_at timestamptz generated always as (starts_local at time zone timezone) stored,
  ends_at timestamptz generated always as (ends_local at time zone timezone) stored,
  answer_deadline_local timestamp,
  answer_deadline_at timestamptz generated always as (answer_deadline_local at time zone timezone) stored,
  speech_deadline_local timestamp,
  speech_deadline_at timestamptz generated always as (speech_deadline_local at time zone timezone) stored,
  visibility text not null default 'public' check (visibility in ('public', 'unlisted', 'private')),
  language text not null default 'vi' check (language in ('vi', 'en')),
  substitute_policy text not null default 'consent' check (substitute_policy in ('none', 'free', 'consent')),
  contact_name text,
  contact_phone text,
  contact_email text,
  -- iCalendar: random, never changes (RFC 5545 3.8.4.7); sequence by RFC 5546 2.1.4
  uid text not null default gen_random_uuid()::text,
  sequence integer not null default 0,
  -- the stored time of the last revision: DTSTAMP and LAST-MODIFIED of feeds
  revised_at timestamptz not null default now(),
  cancelled_at timestamptz,
  postponed_note text,
  copied_from uuid,
  search text not null generated always as (fold(coalesce(title, '') || ' ' || theme || ' ' || coalesce(theme_en, '') || ' ' || host || ' ' || coalesce(venue, ''))) stored,
  version integer not null default 1,
  created_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  check ((starts_local is null) = (ends_local is null)),
  check (ends_local is null or ends_local > starts_local)
);
create unique index on seminars (uid);
create unique index on seminars (slug);
create index on seminars (organization_id, starts_at desc, id desc);
create index on seminars (starts_at, id) where visibility = 'public' and state <> 'draft';
create index seminars_search on seminars using gin (search gin_trgm_ops);

-- The one counter of places: taken by a conditional update, so that nobody locks the seminar's row.
create table seminar_places (
  organization_id uuid not null,
  seminar_id uuid not null,
  capacity integer check (capacity is null or capacity >= 0),
  taken integer not null default 0,
  -- the last number handed out in the waiting line
  waiting_last integer not null default 0,
  -- whether the last update that asked for a place got one: read back by the same statement
  granted boolean not null default false,
  primary key (organization_id, seminar_id),
  foreign key (organization_id, seminar_id) references seminars (organization_id, id) on delete cascade,
  check (taken >= 0),
  check (capacity is null or taken <= capacity)
);

-- (đồng) chủ trì in order; `superior` is a superior who attends and directs.
create table chairs (
  organization_id uuid not null,
  id uuid not null default new_id(),
  seminar_id uuid not null,
  role text not null default 'chair' check (role in ('chair', 'superior')),
  ordinal integer not null,
  person_id uuid,
  name text not null,
  gender text check (gender in ('male', 'female')),
  -- as printed, in order
  positions text[] not null default '{}',
  positions_en text[] not null default '{}',
  primary key (organization_id, id),
  foreign key (organization_id, seminar_id) references seminars (organization_id, id) on delete cascade,
  foreign key (organization_id, person_id) references people (organization_id, id) on delete set null (person_id)
);
create index on chairs (organization_id, seminar_id, role, ordinal);

-- thành phần: a group as it is printed, in order of precedence.
create table delegations (
  organization_id uuid not null,
  id uuid not null default new_id(),
  seminar_id uuid not null,
  ordinal integer not null,
  text text not null,
  text_en text,
  -- written after this group in the press lead, where it departs from '; '
  separator text,
  -- {unitIds?, unitTypes?, unitKinds?, blocks?, parentIds?, titles?}; null: chosen by hand
  selector jsonb,
  primary key (organization_id, id),
  unique (organization_id, id, seminar_id),
  foreign key (organization_id, seminar_id) references seminars (organization_id, id) on delete cascade
);
create index on delegations (organization_id, seminar_id, ordinal);

create table agenda_items (
  organization_id uuid not null,
  id uuid not null default new_id(),
  seminar_id uuid not null,
  ordinal integer not null,
  kind text not null default 'other' check (kind in ('reception', 'introduction', 'opening', 'report', 'speech', 'discussion', 'direction', 'conclusion', 'break', 'other')),
  title text not null,
  title_en text,
  minutes integer not null default 15 check (minutes between 0 and 1440),
  -- a clock time this item keeps whatever comes before it
  fixed_start time,
  primary key (organization_id, id),
  unique (organization_id, id, seminar_id),
  foreign key (organization_id, seminar_id) references seminars (organization_id, id) on delete cascade
);
create index on agenda_items (organization_id, seminar_id, ordinal);

create table agenda_speakers (
  organization_id uuid not null,
  id uuid not null default new_id(),
  agenda_item_id uuid not null,
  ordinal integer not null,
  person_id uuid,
  name text not null,
  position text,
  position_en text,
  primary key (organization_id, id),
  foreign key (organization_id, agenda_item_id) references agenda_items (organization_id, id) on delete cascade,
  foreign key (organization_id, person_id) references people (organization_id, id) on delete set null (person_id)
);
create index on agenda_speakers (organization_id, agenda_item_id, ordinal);

-- Who has which page open: two editors are warned of each other.
create table editors_present (
  organization_id uuid not null references organizations (id) on delete cascade,
  subject_kind text not null,
  subject_id uuid not null,
  user_id text not null references auth."user" (id) on delete cascade,
  seen_at timestamptz not null default now(),
  primary key (organization_id, subject_kind, subject_id, user_id)
);
