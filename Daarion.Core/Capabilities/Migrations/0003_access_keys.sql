-- Access keys: of their secrets only digests are kept. What a key holds is a row each, so that the registry's own keys hold them together.
create table capabilities.access_keys (
  id              text collate "C" primary key,
  name            text not null,
  subject_kind    text not null check (subject_kind in ('user', 'agent', 'integration')),
  subject_id      text collate "C" not null,
  team_id         text collate "C" not null,
  owner_id        text collate "C" not null,
  secret_digest   bytea not null check (octet_length(secret_digest) = 32),
  previous_digest bytea check (octet_length(previous_digest) = 32),
  previous_until  timestamptz(3),
  created_by      text not null,
  created_at      timestamptz(3) not null,
  expires_at      timestamptz(3) not null,
  rotated_at      timestamptz(3),
  revoked_at      timestamptz(3),
  revoked_by      text,
  last_used_at    timestamptz(3),
  last_used_ip    text,
  rate            integer check (rate > 0),
  budget_1t       numeric(28,9) check (budget_1t >= 0),
  cidrs           text[] not null default '{}',
  constraint access_keys_person check (subject_kind <> 'user' or subject_id = owner_id),
  constraint access_keys_year check (expires_at > created_at and expires_at <= created_at + interval '366 days'),
  constraint access_keys_overlap check ((previous_digest is null) = (previous_until is null)),
  constraint access_keys_revoked check ((revoked_at is null) = (revoked_by is null))
);

create index access_keys_team on capabilities.access_keys (team_id, id);

create table capabilities.access_key_caps (
  key_id        text collate "C" not null references capabilities.access_keys,
  capability_id text collate "C" not null references capabilities.capabilities,
  scope         text not null default 'all' check (scope in ('all', 'own')),
  primary key (key_id, capability_id)
);

create index access_key_caps_capability on capabilities.access_key_caps (capability_id);

create table capabilities.access_key_bundles (
  key_id    text collate "C" not null references capabilities.access_keys,
  bundle_id text collate "C" not null references capabilities.bundles,
  primary key (key_id, bundle_id)
);

create index access_key_bundles_bundle on capabilities.access_key_bundles (bundle_id);

-- Whom a key stands for, where and until when never changes, and what was revoked stays so: a new key is a new row.
create function capabilities.access_key_stays() returns trigger
  language plpgsql as $$
begin
  if (new.id, new.subject_kind, new.subject_id, new.team_id, new.owner_id, new.created_at, new.expires_at)
     is distinct from (old.id, old.subject_kind, old.subject_id, old.team_id, old.owner_id, old.created_at, old.expires_at)
  then
    raise exception 'an access key stays whose and where it was made' using errcode = 'restrict_violation';
  end if;
  if old.revoked_at is not null and (new.revoked_at is distinct from old.revoked_at or new.secret_digest <> old.secret_digest) then
    raise exception 'a revoked access key stays revoked' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger access_keys_stay before update on capabilities.access_keys
  for each row execute function capabilities.access_key_stays();
