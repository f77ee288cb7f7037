-- Functions and extensions every table leans on. Postgres 15 or later.

create extension if not exists pg_trgm;

-- UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds, then random bits. uuidv7() exists only from Postgres 18.
create function new_id() returns uuid
language sql volatile parallel safe
return encode(
  set_bit(
    set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1),
    53, 1),
  'hex')::uuid;

-- What search compares: without marks, đ as d, lower case. `unaccent` is not immutable; this is.
create function fold(x text) returns text
language sql immutable parallel safe strict
return lower(translate(regexp_replace(normalize(x, NFD), '[\u0300-\u036f]', '', 'g'), 'đĐðÐ', 'dddd'));
