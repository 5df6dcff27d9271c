create schema capabilities;

-- Versions of the registry: every change is one, with a readable diff and its cause. Never changed, never taken away.
create table capabilities.registry_versions (
  version  bigint primary key check (version > 0),
  at       timestamptz(3) not null,
  cause    text not null check (cause in ('seed', 'operator', 'service', 'policy')),
  cause_id text,
  by       text not null,
  diff     jsonb not null check (jsonb_typeof(diff) = 'array')
);

create table capabilities.capabilities (
  id            text collate "C" primary key,
  code          text collate "C" not null unique check (code ~ '^[a-z0-9_]+(\.[a-z0-9_]+)+$'),
  description   text not null,
  risk          text not null check (risk in ('low', 'medium', 'high')),
  since         timestamptz(3) not null,
  since_version bigint not null references capabilities.registry_versions deferrable initially deferred
);

create table capabilities.bundles (
  id      text collate "C" primary key,
  name    text collate "C" not null unique check (name ~ '^[a-z]+\.[A-Za-z0-9][A-Za-z0-9_.-]*$'),
  kind    text not null check (kind in ('role', 'plan', 'agent', 'platform', 'integration', 'service', 'custom')),
  version bigint not null references capabilities.registry_versions deferrable initially deferred
);

create table capabilities.bundle_caps (
  bundle_id     text collate "C" not null references capabilities.bundles,
  capability_id text collate "C" not null references capabilities.capabilities,
  scope         text not null default 'all' check (scope in ('all', 'own')),
  viewer        text check (viewer in ('reader', 'commenter', 'contributor')),
  primary key (bundle_id, capability_id)
);

create index bundle_caps_capability on capabilities.bundle_caps (capability_id);

create table capabilities.plan_entitlements (
  plan       text not null check (plan in ('freemium', 'casual', 'premium', 'platformium')),
  metric     text collate "C" not null,
  time_window text not null check (time_window in ('hour', 'day', 'month', 'held', 'at_once')),
  quota      numeric(28,9) not null check (quota >= 0),
  hard_limit numeric(28,9) not null,
  primary key (plan, metric),
  check (hard_limit >= quota)
);

create table capabilities.stake_multipliers (
  from_amount numeric(28,9) primary key check (from_amount >= 0),
  multiplier  numeric(28,9) not null check (multiplier >= 1)
);

-- More stake never gives less.
create function capabilities.multipliers_rise() returns trigger
  language plpgsql as $$
begin
  if exists (
    select from (select multiplier, lag(multiplier) over (order by from_amount) as before from capabilities.stake_multipliers) as steps
    where multiplier < before)
  then
    raise exception 'stake multipliers must not fall as the stake rises' using errcode = 'check_violation';
  end if;
  return null;
end $$;

create constraint trigger multipliers_rise after insert or update or delete on capabilities.stake_multipliers
  deferrable initially deferred for each row execute function capabilities.multipliers_rise();

create table capabilities.prices (
  item     text collate "C" primary key,
  unit     text not null,
  price_1t numeric(28,9) not null check (price_1t >= 0)
);

create table capabilities.freezes (
  capability text collate "C" primary key,
  until      timestamptz(3),
  reason     text not null
);

-- What releases have brought so far. A release adds only what no release before it had: what operators or policies took away stays away.
create table capabilities.seeded (
  kind text not null,
  key  text collate "C" not null,
  primary key (kind, key)
);

create function capabilities.refuse_change() returns trigger
  language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger registry_versions_append_only before update or delete or truncate on capabilities.registry_versions
  for each statement execute function capabilities.refuse_change();
