-- lĩnh vực: what an organisation files its seminars under. One name for all of them, so that an archive can be narrowed by it.
create table topics (
  organization_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  name text not null check (char_length(name) between 1 and 60),
  name_en text check (char_length(name_en) <= 60),
  -- names that differ in marks and case alone are one topic; across organisations too, in the public archive
  key text not null generated always as (fold(name)) stored,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, key)
);
create index on topics (key);

create table seminar_topics (
  organization_id uuid not null,
  seminar_id uuid not null,
  topic_id uuid not null,
  ordinal integer not null check (ordinal between 1 and 5),
  primary key (organization_id, seminar_id, topic_id),
  foreign key (organization_id, seminar_id) references seminars (organization_id, id) on delete cascade,
  foreign key (organization_id, topic_id) references topics (organization_id, id)
);
create index on seminar_topics (organization_id, topic_id);

-- When a postponed seminar was to be: subscribed calendars show it there as cancelled for a while (RFC 5545 3.8.1.11).
alter table seminars
  add column postponed_starts_local timestamp,
  add column postponed_ends_local timestamp,
  add column postponed_at timestamptz;
