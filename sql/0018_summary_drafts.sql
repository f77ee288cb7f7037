-- A photo's place in each text: the two languages have paragraphs of their own.
alter table summary_photos add column after_paragraph_en integer;
update summary_photos set after_paragraph_en = after_paragraph;

-- Who wrote the draft as it stands.
alter table summaries
  add column edited_by text,
  add column edited_by_name text;

-- Earlier drafts: what saving by itself overwrote can be read, compared and brought back.
create table summary_drafts (
  organization_id uuid not null,
  id uuid not null default new_id(),
  summary_id uuid not null,
  -- {title, lead, body, byline, figures, conclusions, conclusionsBy}
  content jsonb not null,
  by_name text,
  -- when the text was last saved, and when it was overwritten
  saved_at timestamptz not null,
  kept_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, summary_id) references summaries (organization_id, id) on delete cascade
);
create index on summary_drafts (organization_id, summary_id, kept_at desc, id desc);
