-- What is known of a stored file beyond its bytes: what the virus scanner said, and whether the bytes are still there.
alter table files
  -- `none`: came while no scanner was set. `waiting`: nobody opens it. `found`: nobody ever does.
  add column scan text not null default 'none' check (scan in ('none', 'waiting', 'clean', 'found')),
  -- what the scanner called what it found
  add column virus text,
  add column scanned_at timestamptz,
  -- the scanner answered and could not look at it: why, in its words, and when
  add column scan_refusal text,
  add column scan_tried_at timestamptz,
  -- the store has no such file, one of another size, or one of other bytes
  add column damage text check (damage in ('missing', 'size', 'content')),
  add column damaged_at timestamptz,
  -- when its SHA-256 was last compared; it was taken when the file came
  add column checked_at timestamptz not null default now(),
  add constraint files_virus_named check ((scan = 'found') = (virus is not null)),
  add constraint files_damage_dated check ((damage is null) = (damaged_at is null));
update files set checked_at = created_at;

create index files_to_scan on files (created_at) where purpose = 'presentation' and scan in ('none', 'waiting');
create index files_damaged on files (organization_id, damaged_at) where damaged_at is not null;
create index files_to_check on files (checked_at);

-- Where a speech stood when a version came: it goes back there when that version is locked away.
alter table presentation_versions add column state_before text;
-- A version's file says to which speech it belongs.
create index on presentation_versions (organization_id, file_id);
