-- What the public search compares is the published text, never a draft.
alter table summaries add column published_search text generated always as (
  fold(coalesce(published ->> 'title', '') || ' ' || coalesce(published ->> 'lead', '') || ' ' || coalesce(published ->> 'body', '')
    || ' ' || coalesce(published ->> 'conclusions', ''))) stored;
create index summaries_published_search on summaries using gin (published_search gin_trgm_ops) where state = 'published';
create index summaries_published on summaries (published_at desc, id) where state = 'published';

-- People as they are printed: chairs and speakers.
create index chairs_name_search on chairs using gin (fold(name) gin_trgm_ops);
create index agenda_speakers_name_search on agenda_speakers using gin (fold(name) gin_trgm_ops);

-- Every text that was ever published, so that corrections can be compared.
create table summary_revisions (
  organization_id uuid not null,
  id uuid not null default new_id(),
  summary_id uuid not null,
  number integer not null,
  content jsonb not null,
  note text,
  by_name text,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, summary_id, number),
  foreign key (organization_id, summary_id) references summaries (organization_id, id) on delete cascade
);
