-- Whoever runs a request holds its claim: the answer is stored only by the claim that is still in place.
alter table idempotency_keys add column claim uuid not null default gen_random_uuid();
create index on idempotency_keys (created_at);
