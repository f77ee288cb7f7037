-- Words and place of a photo are edited by programs too: each carries the version an edit was made on.
alter table summary_photos add column version integer not null default 1;
