create schema oracles;

-- Append-only. A late reading is placed where it belongs by rows that compensate its neighbour, never by rewriting one.
create table oracles.oracles (
  id               text collate "C" primary key,
  platform         text collate "C" not null,
  domain           text collate "C" not null,
  site_id          text collate "C" not null,
  team_id          text collate "C" not null,
  user_id          text collate "C",
  value            numeric(28,9) not null,
  source_unit      text not null,
  normalized_value numeric(28,9) not null,
  delta            numeric(28,9) not null,
  unit             text not null,
  ts               timestamptz(3) not null,
  received_at      timestamptz(3) not null,
  state            text not null check (state in ('published', 'rejected', 'held')),
  rule             text,
  kind             text not null check (kind in ('reading', 'correction')),
  compensates      text collate "C",
  webhook_event_id text collate "C",
  trace_id         text,
  check ((state = 'published') = (rule is null)),
  check (state = 'published' or delta = 0)
);

create unique index oracles_once on oracles.oracles (platform, site_id, domain, ts) where state = 'published' and compensates is null;
create index oracles_site on oracles.oracles (site_id, id);
create index oracles_team on oracles.oracles (team_id, id);
create index oracles_rejected on oracles.oracles (site_id, ts) where state = 'rejected';

create function oracles.append_only() returns trigger language plpgsql as $$
begin
  raise exception 'oracles.% is append-only', tg_table_name;
end $$;

create trigger append_only before update or delete on oracles.oracles for each row execute function oracles.append_only();

-- Where each site stands: its first and latest reading since the last change of its meter, and what is usual for it.
create table oracles.oracle_sites (
  platform    text collate "C" not null,
  domain      text collate "C" not null,
  site_id     text collate "C" not null,
  first_ts    timestamptz(3) not null,
  first_value numeric(28,9) not null,
  last_id     text collate "C" not null,
  last_ts     timestamptz(3) not null,
  last_value  numeric(28,9) not null,
  last_team   text collate "C" not null,
  last_user   text collate "C",
  readings    bigint not null,
  appended    bigint not null,
  spacing     numeric(28,9) not null,
  peak        numeric(28,9) not null,
  primary key (platform, site_id, domain)
);

create table oracles.meter_changes (
  platform    text collate "C" not null,
  domain      text collate "C" not null,
  site_id     text collate "C" not null,
  at          timestamptz(3) not null,
  declared_at timestamptz(3) not null,
  declared_by text not null,
  primary key (platform, site_id, domain, at)
);

create trigger append_only before update or delete on oracles.meter_changes for each row execute function oracles.append_only();

-- Locks sites against other writers of their readings and answers where they stand. Sites share 1 024 locks, taken in one order.
create function oracles.open_sites(platforms text[], domains text[], site_ids text[])
  returns table (place bigint, first_ts timestamptz, first_value numeric, last_id text, last_ts timestamptz, last_value numeric, last_team text, last_user text,
                 readings bigint, appended bigint, spacing numeric, peak numeric, changes timestamptz[])
  language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7213, slot)
  from (select distinct hashtext(k.platform || '/' || k.site) & 1023 as slot from unnest(platforms, site_ids) as k (platform, site) order by 1) as slots;

  return query
  select k.place, s.first_ts, s.first_value, s.last_id, s.last_ts, s.last_value, s.last_team, s.last_user, s.readings, s.appended, s.spacing, s.peak,
         (select array_agg(m.at order by m.at) from oracles.meter_changes as m where m.platform = k.platform and m.site_id = k.site and m.domain = k.domain)
  from unnest(platforms, domains, site_ids) with ordinality as k (platform, domain, site, place)
  left join oracles.oracle_sites as s on s.platform = k.platform and s.site_id = k.site and s.domain = k.domain;
end $$;

-- The readings beside some times of some sites, before and after.
create function oracles.neighbours(places integer[], platforms text[], domains text[], site_ids text[], times timestamptz[])
  returns table (place integer, id text, ts timestamptz, value numeric, team_id text, user_id text)
  language sql stable as $$
  select distinct k.place, o.id, o.ts, o.normalized_value, o.team_id, o.user_id
  from unnest(places, platforms, domains, site_ids, times) as k (place, platform, domain, site, at)
  cross join lateral (
    (select x.id, x.ts, x.normalized_value, x.team_id, x.user_id from oracles.oracles as x
     where x.platform = k.platform and x.site_id = k.site and x.domain = k.domain and x.state = 'published' and x.compensates is null and x.ts <= k.at order by x.ts desc limit 1)
    union all
    (select x.id, x.ts, x.normalized_value, x.team_id, x.user_id from oracles.oracles as x
     where x.platform = k.platform and x.site_id = k.site and x.domain = k.domain and x.state = 'published' and x.compensates is null and x.ts > k.at order by x.ts limit 1)
  ) as o
$$;
