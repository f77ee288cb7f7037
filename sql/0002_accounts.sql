-- better-auth owns this schema and its ids; column names are its own.
create schema auth;

create table auth."user" (
  id text primary key,
  name text not null,
  email text not null unique,
  "emailVerified" boolean not null default false,
  image text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);

create table auth.session (
  id text primary key,
  "expiresAt" timestamptz not null,
  token text not null unique,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  "ipAddress" text,
  "userAgent" text,
  "userId" text not null references auth."user" (id) on delete cascade
);
create index on auth.session ("userId");

create table auth.account (
  id text primary key,
  "accountId" text not null,
  "providerId" text not null,
  "userId" text not null references auth."user" (id) on delete cascade,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  scope text,
  password text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index on auth.account ("userId");

create table auth.verification (
  id text primary key,
  identifier text not null,
  value text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index on auth.verification (identifier);

-- cơ quan: the tenant.
create table organizations (
  id uuid primary key default new_id(),
  slug text not null,
  name text not null,
  name_en text,
  accent_hue smallint not null default 24 check (accent_hue between 0 and 359),
  -- đồng chí · ông/bà · thầy/cô
  honorific text not null default 'comrade' check (honorific in ('comrade', 'neutral', 'academic')),
  locale text not null default 'vi' check (locale in ('vi', 'en')),
  timezone text not null default 'Asia/Ho_Chi_Minh',
  -- the organisation's own monitored mailbox: From, Reply-To and ORGANIZER until inbound mail is configured
  email text,
  contact_name text,
  contact_phone text,
  demo boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Public addresses, unique in the deployment; kept after a change of slug so that old addresses lead on.
create table slugs (
  slug text not null,
  kind text not null check (kind in ('organization', 'seminar')),
  organization_id uuid not null references organizations (id) on delete cascade,
  target_id uuid not null,
  current boolean not null default true,
  primary key (kind, slug)
);

create table members (
  organization_id uuid not null references organizations (id) on delete cascade,
  user_id text not null references auth."user" (id) on delete cascade,
  role text not null check (role in ('owner', 'organizer', 'viewer')),
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);
create index on members (user_id);

create table member_invitations (
  organization_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  email text not null,
  role text not null check (role in ('owner', 'organizer', 'viewer')),
  generation integer not null default 1,
  invited_by text,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organization_id, id)
);

-- Personal links: the token is HMAC(LINK_KEY, purpose | id | generation); only its SHA-256 is stored.
-- `organization_id` is null for links that belong to the deployment (set-up, password reset).
create table links (
  token_hash bytea primary key,
  ref text not null unique,
  purpose text not null,
  organization_id uuid references organizations (id) on delete cascade,
  target_id text not null,
  generation integer not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  used_at timestamptz
);
create unique index on links (purpose, target_id, generation);

create table api_keys (
  organization_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  name text not null,
  -- the first characters, to tell keys apart; the key itself is shown once
  hint text not null,
  key_hash bytea not null unique,
  scopes text[] not null default '{}',
  created_by text references auth."user" (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (organization_id, id)
);

create table idempotency_keys (
  organization_id uuid not null references organizations (id) on delete cascade,
  key text not null,
  actor text not null,
  request_hash bytea not null,
  status integer,
  headers jsonb,
  body text,
  created_at timestamptz not null default now(),
  primary key (organization_id, actor, key)
);

-- Counted by the database's clock; one row a key and window.
create table rate_limits (
  key text not null,
  window_start timestamptz not null,
  hits integer not null default 1,
  primary key (key, window_start)
);

create table audit_events (
  organization_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  at timestamptz not null default now(),
  actor_kind text not null check (actor_kind in ('user', 'key', 'link', 'mail', 'system')),
  actor_id text,
  actor_name text,
  action text not null,
  subject_kind text not null,
  subject_id uuid,
  seminar_id uuid,
  details jsonb not null default '{}',
  primary key (organization_id, id)
);
create index on audit_events (organization_id, seminar_id, id);
create index on audit_events (organization_id, subject_id, id);

create function audit_events_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit_events is append-only';
end $$;
create trigger audit_events_append_only before update on audit_events
  for each row execute function audit_events_append_only();
