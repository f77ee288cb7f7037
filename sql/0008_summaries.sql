-- tin bài: a press-style summary, one a seminar and language.
create table summaries (
  organization_id uuid not null,
  id uuid not null default new_id(),
  seminar_id uuid not null,
  locale text not null check (locale in ('vi', 'en')),
  state text not null default 'draft' check (state in ('draft', 'published', 'withdrawn')),
  title text not null,
  -- paragraphs of the lead; refreshed from the data until someone edits them
  lead text[] not null default '{}',
  lead_edited boolean not null default false,
  -- Markdown
  body text not null default '',
  byline text,
  -- {caption, columns: [..], rows: [{label, cells: [..]}]}; figures are text, never recomputed
  figures jsonb,
  conclusions text[] not null default '{}',
  conclusions_by text,
  correction_note text,
  published_at timestamptz,
  -- the published text, so that editing a draft never changes what the public reads
  published jsonb,
  search text not null generated always as (fold(title || ' ' || body)) stored,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, seminar_id, locale),
  foreign key (organization_id, seminar_id) references seminars (organization_id, id) on delete cascade
);
create index summaries_search on summaries using gin (search gin_trgm_ops);

create table summary_photos (
  organization_id uuid not null,
  id uuid not null default new_id(),
  seminar_id uuid not null,
  file_id uuid not null,
  ordinal integer not null,
  caption text not null default '',
  caption_en text,
  alt text not null default '',
  alt_en text,
  -- after which paragraph of the body it stands; null: above the lead
  after_paragraph integer,
  width integer not null,
  height integer not null,
  -- [{width, height, mediaType, fileId}]
  variants jsonb not null default '[]',
  primary key (organization_id, id),
  foreign key (organization_id, seminar_id) references seminars (organization_id, id) on delete cascade,
  foreign key (organization_id, file_id) references files (organization_id, id)
);
create index on summary_photos (organization_id, seminar_id, ordinal);
