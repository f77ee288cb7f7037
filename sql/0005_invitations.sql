create table invitations (
  organization_id uuid not null,
  id uuid not null default new_id(),
  seminar_id uuid not null,
  person_id uuid,
  name text not null,
  family text collate "vi-x-icu" not null default '',
  middle text collate "vi-x-icu" not null default '',
  given text collate "vi-x-icu" not null,
  gender text check (gender in ('male', 'female')),
  -- as printed, in order; a person of two positions has one invitation that lists both
  positions text[] not null default '{}',
  positions_en text[] not null default '{}',
  email text,
  phone text,
  locale text not null default 'vi' check (locale in ('vi', 'en')),
  -- the first of its seats' delegations in order of precedence
  delegation_id uuid,
  status text not null default 'draft' check (status in ('draft', 'sent', 'withdrawn')),
  -- a new generation of the personal link revokes the old one
  generation integer not null default 1,
  sent_at timestamptz,
  opened_at timestamptz,
  withdrawn_at timestamptz,
  answer text check (answer in ('accepted', 'online', 'waitlisted', 'declined', 'substitute_pending', 'substituted')),
  answered_at timestamptz,
  answered_via text check (answered_via in ('link', 'organizer', 'calendar', 'api')),
  reason text,
  note text,
  holds_place boolean not null default false,
  -- number in the waiting line
  waiting_no integer,
  search text not null generated always as (fold(name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''))) stored,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, id, seminar_id),
  foreign key (organization_id, seminar_id) references seminars (organization_id, id) on delete cascade,
  foreign key (organization_id, person_id) references people (organization_id, id) on delete set null (person_id),
  foreign key (organization_id, delegation_id) references delegations (organization_id, id) on delete set null (delegation_id),
  check ((answer = 'waitlisted') = (waiting_no is not null) or answer is null),
  check (not holds_place or answer in ('accepted', 'substitute_pending', 'substituted'))
);
create unique index invitations_once on invitations (organization_id, seminar_id, person_id) where person_id is not null and status <> 'withdrawn';
create unique index invitations_once_by_hand on invitations (organization_id, seminar_id, fold(name), lower(coalesce(email, ''))) where person_id is null and status <> 'withdrawn';
create index on invitations (organization_id, seminar_id, given, family, middle, id);
create index on invitations (organization_id, seminar_id, status, answer, id);
create index on invitations (organization_id, seminar_id, waiting_no) where answer = 'waitlisted';
create index on invitations (organization_id, person_id);
create index invitations_search on invitations using gin (search gin_trgm_ops);

-- One row a position invited: 239 seats, 238 people.
create table invitation_seats (
  organization_id uuid not null,
  id uuid not null default new_id(),
  invitation_id uuid not null,
  delegation_id uuid,
  position_id uuid,
  text text not null,
  text_en text,
  primary key (organization_id, id),
  foreign key (organization_id, invitation_id) references invitations (organization_id, id) on delete cascade,
  foreign key (organization_id, delegation_id) references delegations (organization_id, id) on delete set null (delegation_id),
  foreign key (organization_id, position_id) references positions (organization_id, id) on delete set null (position_id)
);
create unique index on invitation_seats (organization_id, invitation_id, position_id) where position_id is not null;
create index on invitation_seats (organization_id, delegation_id);

-- Every answer ever given, in order.
create table answers (
  organization_id uuid not null,
  id uuid not null default new_id(),
  invitation_id uuid not null,
  at timestamptz not null default now(),
  via text not null check (via in ('link', 'organizer', 'calendar', 'api')),
  asked text not null check (asked in ('attend', 'attend_online', 'decline', 'substitute')),
  result text not null,
  reason text,
  note text,
  actor_name text,
  primary key (organization_id, id),
  foreign key (organization_id, invitation_id) references invitations (organization_id, id) on delete cascade
);
create index on answers (organization_id, invitation_id, id);

-- người dự thay: keeps their own rank; the chair's consent where the seminar's policy asks for it (QĐ 45/2018/QĐ-TTg).
create table substitutions (
  organization_id uuid not null,
  id uuid not null default new_id(),
  invitation_id uuid not null,
  name text not null,
  position text not null,
  email text,
  state text not null check (state in ('pending', 'approved', 'declined', 'withdrawn')),
  decided_at timestamptz,
  decided_by text,
  decision_note text,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, invitation_id) references invitations (organization_id, id) on delete cascade
);
create unique index on substitutions (organization_id, invitation_id) where state in ('pending', 'approved');
