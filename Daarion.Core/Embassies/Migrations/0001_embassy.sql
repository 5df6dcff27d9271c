create schema embassy;

create table embassy.embassy_platforms (
  platform        text collate "C" primary key check (platform ~ '^[a-z0-9][a-z0-9_-]{1,39}$'),
  name            text not null check (length(name) between 1 and 120),
  domains         text[] not null check (cardinality(domains) between 1 and 8),
  status          text not null default 'active' check (status in ('active', 'suspended')),
  rate_per_minute integer not null default 1200 check (rate_per_minute > 0),
  created_at      timestamptz(3) not null,
  version         integer not null default 1
);

-- The secret is encrypted by the host before it comes here. During a rotation the one before it is good until rotates_at.
create table embassy.embassy_webhooks (
  id              text collate "C" primary key,
  platform        text collate "C" not null unique references embassy.embassy_platforms,
  secret          bytea not null,
  previous_secret bytea,
  rotates_at      timestamptz(3),
  status          text not null default 'active' check (status in ('active', 'disabled')),
  created_at      timestamptz(3) not null,
  check ((previous_secret is null) = (rotates_at is null))
);

create table embassy.embassy_identities (
  id          text collate "C" primary key,
  platform    text collate "C" not null references embassy.embassy_platforms,
  external_id text collate "C" not null check (length(external_id) between 1 and 120),
  kind        text not null default 'site' check (kind in ('site', 'resident', 'district')),
  team_id     text collate "C",
  user_id     text collate "C",
  metadata    jsonb not null default '{}',
  created_at  timestamptz(3) not null,
  updated_at  timestamptz not null default now(),
  version     integer not null default 1,
  unique (platform, external_id),
  check (user_id is null or (kind = 'resident' and team_id is not null))
);

create index embassy_identities_team on embassy.embassy_identities (team_id) where team_id is not null;
create index embassy_identities_changed on embassy.embassy_identities (updated_at);

-- Replicas look for what changed in the last seconds by the database's own clock.
create function embassy.touch_identity() returns trigger language plpgsql as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end $$;

create trigger touch before update on embassy.embassy_identities for each row execute function embassy.touch_identity();

-- The delivery log: one row for each request that named a platform.
create table embassy.embassy_events (
  id              text collate "C" primary key,
  platform        text collate "C" not null,
  domain          text not null,
  site_id         text collate "C",
  readings        integer not null default 0,
  accepted        integer not null default 0,
  signature_state text not null check (signature_state in ('valid', 'valid_previous', 'missing', 'mismatch', 'stale', 'unknown_platform')),
  outcome         text not null check (outcome in ('accepted', 'duplicate', 'rejected')),
  reason          text,
  detail          text,
  received_at     timestamptz(3) not null,
  webhook_id      text,
  trace_id        text,
  body            bytea
);

create index embassy_events_site on embassy.embassy_events (platform, site_id, id);
create index embassy_events_platform on embassy.embassy_events (platform, id);
create index embassy_events_rejected on embassy.embassy_events (id) where outcome = 'rejected';

-- Accepted readings. What must not happen twice is a unique index, so that it is right under any concurrency and on any number of replicas.
-- The first reading of a delivery has the delivery's own id, the next ones count on from it.
create table embassy.embassy_readings (
  id          text collate "C" primary key,
  delivery_id text collate "C" not null,
  position    integer not null,
  platform    text collate "C" not null,
  domain      text collate "C" not null,
  site_id     text collate "C" not null,
  value       numeric(28,9) not null,
  unit        text not null,
  ts          timestamptz(3) not null,
  reading_id  text collate "C",
  webhook_id  text collate "C",
  held        boolean not null default false,
  received_at timestamptz(3) not null
);

create unique index embassy_readings_once on embassy.embassy_readings (platform, site_id, ts, domain);
create unique index embassy_readings_reading_id on embassy.embassy_readings (platform, reading_id) where reading_id is not null;
create unique index embassy_readings_webhook_id on embassy.embassy_readings (platform, webhook_id, position) where webhook_id is not null;
create index embassy_readings_held on embassy.embassy_readings (platform, site_id, ts) where held;

create function embassy.append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (to_jsonb(new) - 'held') = (to_jsonb(old) - 'held') then
    return new;
  end if;
  raise exception 'embassy.% is append-only', tg_table_name;
end $$;

create trigger append_only before update or delete on embassy.embassy_readings for each row execute function embassy.append_only();
create trigger append_only before update or delete on embassy.embassy_events for each row execute function embassy.append_only();

-- Accepts deliveries in one transaction, each with its own outcome: many of one reading, or one of many readings. Readings that collide with a
-- known one are left out; the answer says by their places which were new, which are in conflict, and which held ones have got a team since
-- the caller looked (then nothing was written, and the caller looks again). One delivery of many readings is all or nothing: a conflict in it raises DA409 with its place.
-- An event names its owner: the place of a reading, or minus the place of a delivery; it is written only where that was accepted.
create function embassy.accept(
  d_ids text[], d_platforms text[], d_domains text[], d_sites text[], d_readings integer[], d_signatures text[], d_webhooks text[], d_traces text[], d_bodies bytea[], d_at timestamptz[],
  r_ids text[], r_deliveries integer[], r_positions integer[], r_platforms text[], r_domains text[], r_sites text[], r_values numeric[], r_units text[], r_ts timestamptz[], r_reading_ids text[], r_webhooks text[], r_held boolean[], r_at timestamptz[],
  e_ids text[], e_streams text[], e_topics text[], e_keys text[], e_payloads jsonb[], e_traces text[], e_owners integer[],
  any_held boolean,
  out accepted integer[], out conflicts integer[], out assigned integer[])
  language plpgsql as $$
declare
  inserted integer;
  accepted_deliveries integer[];
begin
  if any_held then
    -- Assigning a site takes the same lock, so that no reading is held for a site that has just got its team.
    perform pg_advisory_xact_lock(hash)
    from (select distinct hashtextextended(r.platform || '/' || r.site, 1) as hash from unnest(r_platforms, r_sites, r_held) as r (platform, site, held) where r.held order by 1) as keys;

    insert into embassy.embassy_identities (id, platform, external_id, created_at)
    select min(r.id), r.platform, r.site, min(r.at) from unnest(r_ids, r_platforms, r_sites, r_held, r_at) as r (id, platform, site, held, at)
    where r.held group by r.platform, r.site order by r.platform, r.site
    on conflict (platform, external_id) do nothing;

    select array_agg(r.place) into assigned
    from unnest(r_platforms, r_sites, r_held) with ordinality as r (platform, site, held, place)
    join embassy.embassy_identities as i on i.platform = r.platform and i.external_id = r.site
    where r.held and i.team_id is not null;
    if assigned is not null then
      return;
    end if;
  end if;

  insert into embassy.embassy_readings (id, delivery_id, position, platform, domain, site_id, value, unit, ts, reading_id, webhook_id, held, received_at)
  select r.id, d_ids[r.delivery], r.position, r.platform, r.domain, r.site, r.value, r.unit, r.ts, r.reading_id, r.webhook, r.held, r.at
  from unnest(r_ids, r_deliveries, r_positions, r_platforms, r_domains, r_sites, r_values, r_units, r_ts, r_reading_ids, r_webhooks, r_held, r_at)
       with ordinality as r (id, delivery, position, platform, domain, site, value, unit, ts, reading_id, webhook, held, at, place)
  order by r.platform, r.site, r.ts, r.place
  on conflict do nothing;
  get diagnostics inserted = row_count;

  if inserted = cardinality(r_ids) then
    insert into embassy.embassy_events (id, platform, domain, site_id, readings, accepted, signature_state, outcome, received_at, webhook_id, trace_id, body)
    select d.id, d.platform, d.domain, d.site, d.readings, d.readings, d.signature, 'accepted', d.at, d.webhook, d.trace, d.body
    from unnest(d_ids, d_platforms, d_domains, d_sites, d_readings, d_signatures, d_at, d_webhooks, d_traces, d_bodies)
         as d (id, platform, domain, site, readings, signature, at, webhook, trace, body);
    perform outbox.append(e_ids, e_streams, e_topics, e_keys, e_payloads, e_traces);
    return;
  end if;

  select coalesce(array_agg(r.place::integer), '{}'), coalesce(array_agg(distinct r.delivery), '{}') into accepted, accepted_deliveries
  from unnest(r_ids, r_deliveries) with ordinality as r (id, delivery, place)
  where exists (select from embassy.embassy_readings as x where x.id = r.id);

  select coalesce(array_agg(r.place::integer order by r.place), '{}') into conflicts
  from unnest(r_ids, r_platforms, r_domains, r_sites, r_values, r_ts, r_reading_ids, r_webhooks)
       with ordinality as r (id, platform, domain, site, value, ts, reading_id, webhook, place)
  where not exists (select from embassy.embassy_readings as x where x.id = r.id)
    and not exists (select from embassy.embassy_readings as x where x.platform = r.platform and x.reading_id = r.reading_id)
    and not exists (select from embassy.embassy_readings as x where x.platform = r.platform and x.webhook_id = r.webhook)
    and not exists (select from embassy.embassy_readings as x where x.platform = r.platform and x.site_id = r.site and x.ts = r.ts and x.domain = r.domain and x.value = r.value);

  if cardinality(conflicts) > 0 and cardinality(r_ids) > cardinality(d_ids) then
    raise exception using errcode = 'DA409', message = (conflicts[1])::text;
  end if;

  insert into embassy.embassy_events (id, platform, domain, site_id, readings, accepted, signature_state, outcome, received_at, webhook_id, trace_id, body)
  select d.id, d.platform, d.domain, d.site, d.readings, c.accepted, d.signature, case when c.accepted > 0 then 'accepted' else 'duplicate' end, d.at, d.webhook, d.trace, d.body
  from unnest(d_ids, d_platforms, d_domains, d_sites, d_readings, d_signatures, d_at, d_webhooks, d_traces, d_bodies)
       with ordinality as d (id, platform, domain, site, readings, signature, at, webhook, trace, body, place)
  cross join lateral (select count(*)::integer as accepted from unnest(accepted) as a (place) where r_deliveries[a.place] = d.place) as c
  where not exists (select from unnest(conflicts) as x (place) where r_deliveries[x.place] = d.place);

  select array_agg(e.id order by e.place), array_agg(e.stream order by e.place), array_agg(e.topic order by e.place),
         array_agg(e.key order by e.place), array_agg(e.payload order by e.place), array_agg(e.trace order by e.place)
  into e_ids, e_streams, e_topics, e_keys, e_payloads, e_traces
  from unnest(e_ids, e_streams, e_topics, e_keys, e_payloads, e_traces, e_owners) with ordinality as e (id, stream, topic, key, payload, trace, owner, place)
  where e.owner in (select unnest(accepted)) or -e.owner in (select unnest(accepted_deliveries));
  if e_ids is not null then
    perform outbox.append(e_ids, e_streams, e_topics, e_keys, e_payloads, e_traces);
  end if;
end $$;
