create table files (
  organization_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  purpose text not null check (purpose in ('presentation', 'photo')),
  -- ours, never made of the sender's name
  storage_key text not null unique,
  name text not null,
  media_type text not null,
  size bigint not null check (size >= 0),
  sha256 bytea not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id)
);

-- tham luận, báo cáo: what is asked for and submitted.
create table presentations (
  organization_id uuid not null,
  id uuid not null default new_id(),
  seminar_id uuid not null,
  invitation_id uuid,
  person_id uuid,
  -- who is asked, as printed
  name text not null,
  position text,
  email text,
  locale text not null default 'vi' check (locale in ('vi', 'en')),
  topic text not null,
  topic_en text,
  minutes integer not null default 10 check (minutes between 0 and 240),
  delivery text not null default 'read' check (delivery in ('read', 'print')),
  deadline_local timestamp,
  timezone text not null default 'Asia/Ho_Chi_Minh',
  deadline_at timestamptz generated always as (deadline_local at time zone timezone) stored,
  state text not null default 'requested' check (state in ('requested', 'accepted', 'declined', 'received', 'returned', 'approved', 'withdrawn')),
  reader_name text,
  comment text,
  decline_reason text,
  agenda_item_id uuid,
  ordinal integer,
  released_at timestamptz,
  generation integer not null default 1,
  requested_at timestamptz not null default now(),
  received_at timestamptz,
  decided_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, seminar_id) references seminars (organization_id, id) on delete cascade,
  foreign key (organization_id, invitation_id) references invitations (organization_id, id) on delete set null (invitation_id),
  foreign key (organization_id, person_id) references people (organization_id, id) on delete set null (person_id),
  foreign key (organization_id, agenda_item_id) references agenda_items (organization_id, id) on delete set null (agenda_item_id)
);
create index on presentations (organization_id, seminar_id, deadline_at, id);
create index on presentations (organization_id, invitation_id);

create table presentation_versions (
  organization_id uuid not null,
  id uuid not null default new_id(),
  presentation_id uuid not null,
  number integer not null,
  file_id uuid not null,
  sent_by text not null check (sent_by in ('speaker', 'organizer')),
  note text,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, presentation_id, number),
  foreign key (organization_id, presentation_id) references presentations (organization_id, id) on delete cascade,
  foreign key (organization_id, file_id) references files (organization_id, id)
);
