create schema usage;

-- How much of a metric somebody has used in a window, and how much is reserved in it. `subject_id` tells apart what a team pays for more than once:
-- in the city's own team the people (for what is theirs alone) and the outside platforms.
create table usage.usage_counters (
  team_id      text collate "C" not null,
  subject_id   text collate "C" not null default '',
  metric       text collate "C" not null,
  window_start timestamptz(3) not null,
  used         numeric(38,9) not null default 0,
  reserved     numeric(38,9) not null default 0,
  announced    numeric(38,9) not null default 0,
  announced_at timestamptz(3),
  warned_at    timestamptz(3),
  exceeded_at  timestamptz(3),
  primary key (team_id, metric, window_start, subject_id),
  constraint usage_counters_reserved check (reserved >= 0)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

create index usage_counters_window on usage.usage_counters (window_start);

-- What is held for something that has begun. One that ran out holds nothing any more, but may still be settled for a day: the figure is real.
create table usage.reservations (
  id           text collate "C" primary key,
  team_id      text collate "C" not null,
  subject_id   text collate "C" not null,
  metric       text collate "C" not null,
  window_start timestamptz(3) not null,
  units        numeric(38,9) not null,
  expires_at   timestamptz(3) not null,
  expired      boolean not null default false,
  constraint reservations_units check (units > 0)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create index reservations_expiry on usage.reservations (expires_at);

-- Every unit that was ever counted, once: the counters are the sums of these rows, which the reconciliation holds them to. What was given back is a
-- row of its own below zero. `window_start` is null for what is only statistics and has no counter.
create table usage.usage_events (
  source_id    text collate "C" primary key,
  team_id      text collate "C" not null,
  subject_id   text collate "C" not null default '',
  metric       text collate "C" not null,
  window_start timestamptz(3),
  units        numeric(38,9) not null,
  at           timestamptz(3) not null,
  agent        text collate "C",
  model        text collate "C",
  key_id       text collate "C"
);

create index usage_events_series on usage.usage_events (metric, at) include (team_id, units);

create function usage.refuse_change() returns trigger
  language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger usage_events_append_only before update or delete on usage.usage_events for each row execute function usage.refuse_change();
create trigger usage_events_no_truncate before truncate on usage.usage_events for each statement execute function usage.refuse_change();

-- RINGK staked by a team, as the events of staking say.
create table usage.stakes (
  team_id    text collate "C" primary key,
  amount     numeric(28,9) not null,
  updated_at timestamptz(3) not null,
  constraint stakes_amount check (amount >= 0)
);

create table usage.usage_anomalies (
  id         text collate "C" primary key,
  kind       text collate "C" not null,
  team_id    text collate "C" not null,
  subject_id text collate "C" not null,
  metric     text collate "C" not null,
  hour       timestamptz(3) not null,
  value      numeric(38,9) not null,
  usual      numeric(38,9) not null,
  found_at   timestamptz(3) not null,
  constraint usage_anomalies_once unique (kind, team_id, subject_id, metric, hour),
  constraint usage_anomalies_kind check (kind in ('above_usual', 'bad_signatures'))
);

-- Requests of the last 60 seconds, second by second; the last is the newest. Not worth a write-ahead log: after a crash a minute begins anew.
create unlogged table usage.rates (
  name   text collate "C" primary key,
  second bigint not null,
  counts smallint[] not null
) with (fillfactor = 50);

-- Reservations that ran out give back what they held. With counters given, only theirs, which the caller has locked.
create function usage.let_expire(p_at timestamptz) returns bigint
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  as $$
declare
  let_go bigint;
begin
  -- Counters are always locked before reservations, in one order, by everybody.
  perform from usage.usage_counters c
  where (c.team_id, c.metric, c.window_start, c.subject_id) in (
    select r.team_id, r.metric, r.window_start, r.subject_id from usage.reservations r where r.expires_at <= p_at and not r.expired)
  order by c.team_id, c.metric, c.window_start, c.subject_id for update;

  with over as (
    update usage.reservations r set expired = true where r.expires_at <= p_at and not r.expired returning r.team_id, r.metric, r.window_start, r.subject_id, r.units),
  back as (
    update usage.usage_counters c set reserved = c.reserved - s.units
    from (select o.team_id, o.metric, o.window_start, o.subject_id, sum(o.units) as units from over o group by 1, 2, 3, 4) s
    where (c.team_id, c.metric, c.window_start, c.subject_id) = (s.team_id, s.metric, s.window_start, s.subject_id))
  select count(*) into let_go from over;

  delete from usage.reservations r where r.expired and r.expires_at < p_at - interval '1 day';
  return let_go;
end $$;

-- Takes units for a group of requests, each with its own answer: counted at once, or held until `p_expires` where that is given. Each is let in where it
-- fits at its turn, in the order of the group; a limit of null always fits. One whose id is known already has been let in before: then nothing changes.
-- The joins of this function and of the next are few rows against an index. They are planned once and for good, maybe while the tables are empty and a look
-- at all of their rows seems cheap: so that is not to be chosen.
create function usage.take(
  p_ids text[], p_teams text[], p_subjects text[], p_metrics text[], p_windows timestamptz[], p_units numeric[], p_limits numeric[], p_expires timestamptz[],
  p_agents text[], p_models text[], p_keys text[], p_at timestamptz)
  returns table (place integer, accepted boolean, used numeric, reserved numeric)
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  as $$
#variable_conflict use_column
declare
  fits  boolean[] := array_fill(false, array[cardinality(p_ids)]);
  fresh boolean[] := array_fill(false, array[cardinality(p_ids)]);
  counter tid;
  total numeric;
  r     record;
begin
  insert into usage.usage_counters (team_id, metric, window_start, subject_id)
  select distinct a.team_id, a.metric, a.window_start, a.subject_id
  from unnest(p_teams, p_metrics, p_windows, p_subjects) as a (team_id, metric, window_start, subject_id)
  where not exists (
    select from usage.usage_counters c where (c.team_id, c.metric, c.window_start, c.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id))
  order by 1, 2, 3, 4
  on conflict do nothing;

  perform from usage.usage_counters c
  join (select distinct a.* from unnest(p_teams, p_metrics, p_windows, p_subjects) as a (team_id, metric, window_start, subject_id)) as a
    on (c.team_id, c.metric, c.window_start, c.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id)
  order by c.team_id, c.metric, c.window_start, c.subject_id for update of c;

  -- What ran out is given back before anybody is refused for it. Whoever settles such a reservation at this moment waits for the counter.
  if exists (select from usage.reservations r where r.expires_at <= p_at and not r.expired) then
    with asked as (select distinct a.* from unnest(p_teams, p_metrics, p_windows, p_subjects) as a (team_id, metric, window_start, subject_id)),
    over as (
      update usage.reservations r set expired = true from asked a
      where r.expires_at <= p_at and not r.expired and (r.team_id, r.metric, r.window_start, r.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id)
      returning r.team_id, r.metric, r.window_start, r.subject_id, r.units)
    update usage.usage_counters c set reserved = c.reserved - s.units
    from (select o.team_id, o.metric, o.window_start, o.subject_id, sum(o.units) as units from over o group by 1, 2, 3, 4) s
    where (c.team_id, c.metric, c.window_start, c.subject_id) = (s.team_id, s.metric, s.window_start, s.subject_id);
  end if;

  for r in
    select a.place, a.units, a.max, c.ctid as counter, c.used + c.reserved as total,
           e.source_id is not null or h.id is not null as known,
           row_number() over (partition by a.id order by a.place) as turn
    from unnest(p_ids, p_teams, p_metrics, p_windows, p_subjects, p_units, p_limits) with ordinality
         as a (id, team_id, metric, window_start, subject_id, units, max, place)
    join usage.usage_counters c on (c.team_id, c.metric, c.window_start, c.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id)
    left join usage.usage_events e on e.source_id = a.id
    left join usage.reservations h on h.id = a.id
    order by c.ctid, a.place
  loop
    if r.counter is distinct from counter then
      counter := r.counter;
      total := r.total;
    end if;
    if r.known or r.turn > 1 then
      fits[r.place] := true;
    elsif r.max is null or r.units <= 0 or total + r.units <= r.max then
      fits[r.place] := true;
      fresh[r.place] := true;
      total := total + r.units;
    end if;
  end loop;

  insert into usage.reservations (id, team_id, subject_id, metric, window_start, units, expires_at)
  select a.id, a.team_id, a.subject_id, a.metric, a.window_start, a.units, a.expires_at
  from unnest(p_ids, p_teams, p_subjects, p_metrics, p_windows, p_units, p_expires, fresh) as a (id, team_id, subject_id, metric, window_start, units, expires_at, fresh)
  where a.fresh and a.expires_at is not null;

  insert into usage.usage_events (source_id, team_id, subject_id, metric, window_start, units, at, agent, model, key_id)
  select a.id, a.team_id, a.subject_id, a.metric, a.window_start, a.units, p_at, a.agent, a.model, a.key_id
  from unnest(p_ids, p_teams, p_subjects, p_metrics, p_windows, p_units, p_expires, p_agents, p_models, p_keys, fresh)
       as a (id, team_id, subject_id, metric, window_start, units, expires_at, agent, model, key_id, fresh)
  where a.fresh and a.expires_at is null;

  update usage.usage_counters c set used = c.used + s.used, reserved = c.reserved + s.reserved
  from (
    select a.team_id, a.metric, a.window_start, a.subject_id,
           coalesce(sum(a.units) filter (where a.expires_at is null), 0) as used, coalesce(sum(a.units) filter (where a.expires_at is not null), 0) as reserved
    from unnest(p_teams, p_metrics, p_windows, p_subjects, p_units, p_expires, fresh) as a (team_id, metric, window_start, subject_id, units, expires_at, fresh)
    where a.fresh group by 1, 2, 3, 4) s
  where (c.team_id, c.metric, c.window_start, c.subject_id) = (s.team_id, s.metric, s.window_start, s.subject_id);

  return query
  select a.place::integer, fits[a.place], c.used, c.reserved
  from unnest(p_teams, p_metrics, p_windows, p_subjects) with ordinality as a (team_id, metric, window_start, subject_id, place)
  join usage.usage_counters c on (c.team_id, c.metric, c.window_start, c.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id);
end $$;

-- Ends a group of reservations: with the real figure it is counted, without (null) what was held is given back. The figure may be above what was held;
-- it has happened, so it counts, and whoever comes next is refused. Settling twice changes nothing and answers as the first time.
create function usage.finish(p_ids text[], p_units numeric[], p_at timestamptz)
  returns table (place integer, outcome text, team_id text, subject_id text, metric text, window_start timestamptz, used numeric, reserved numeric)
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  as $$
#variable_conflict use_column
begin
  perform from usage.usage_counters c
  join (select distinct r.team_id, r.metric, r.window_start, r.subject_id from usage.reservations r where r.id = any (p_ids)) as r
    on (c.team_id, c.metric, c.window_start, c.subject_id) = (r.team_id, r.metric, r.window_start, r.subject_id)
  order by c.team_id, c.metric, c.window_start, c.subject_id for update of c;

  return query
  with asked as (select distinct on (a.id) a.id, a.units, a.place from unnest(p_ids, p_units) with ordinality as a (id, units, place) order by a.id, a.place),
  ended as (
    delete from usage.reservations r using asked a where r.id = a.id
    returning a.place, a.units as real, r.id, r.team_id, r.metric, r.window_start, r.subject_id, case when r.expired then 0 else r.units end as held),
  moved as (
    update usage.usage_counters c set used = c.used + s.real, reserved = c.reserved - s.held
    from (select e.team_id, e.metric, e.window_start, e.subject_id, sum(coalesce(e.real, 0)) as real, sum(e.held) as held from ended e group by 1, 2, 3, 4) s
    where (c.team_id, c.metric, c.window_start, c.subject_id) = (s.team_id, s.metric, s.window_start, s.subject_id)
    returning c.team_id, c.metric, c.window_start, c.subject_id, c.used, c.reserved),
  noted as (
    insert into usage.usage_events (source_id, team_id, subject_id, metric, window_start, units, at)
    select e.id, e.team_id, e.subject_id, e.metric, e.window_start, e.real, p_at from ended e where e.real is not null)
  select a.place::integer,
         case when e.id is not null then 'done' when known.source_id is null then 'unknown' when known.units = a.units then 'done' else 'other' end,
         coalesce(e.team_id, known.team_id), coalesce(e.subject_id, known.subject_id), coalesce(e.metric, known.metric), coalesce(e.window_start, known.window_start),
         coalesce(m.used, c.used), coalesce(m.reserved, c.reserved)
  from unnest(p_ids, p_units) with ordinality as a (id, units, place)
  left join ended e on e.place = a.place
  left join moved m on (m.team_id, m.metric, m.window_start, m.subject_id) = (e.team_id, e.metric, e.window_start, e.subject_id)
  left join usage.usage_events known on known.source_id = a.id and e.id is null
  left join usage.usage_counters c on (c.team_id, c.metric, c.window_start, c.subject_id) = (known.team_id, known.metric, known.window_start, known.subject_id);
end $$;

-- Lets in, of a group of requests, those that fit among the last 60 seconds of their name; the others are told after how many seconds one more fits.
create function usage.admit(p_names text[], p_limits integer[], p_second bigint)
  returns table (place integer, remaining integer, wait integer)
  language plpgsql as $$
declare
  v_length  constant integer := 60;
  v_name    text;
  v_now     bigint;
  v_counts  integer[];
  v_total   integer;
  v_elapsed integer;
  r         record;
begin
  insert into usage.rates (name, second, counts)
  select distinct a.name, p_second, array_fill(0::smallint, array[v_length]) from unnest(p_names) as a (name)
  where not exists (select from usage.rates known where known.name = a.name)
  order by 1 on conflict do nothing;

  perform from usage.rates known where known.name = any (p_names) order by known.name for update;

  for r in
    select a.name, a.max, a.place, known.second, known.counts
    from unnest(p_names, p_limits) with ordinality as a (name, max, place) join usage.rates known on known.name = a.name
    order by a.name, a.place
  loop
    if r.name is distinct from v_name then
      if v_name is not null then
        update usage.rates known set second = v_now, counts = v_counts::smallint[] where known.name = v_name;
      end if;
      v_name := r.name;
      v_now := greatest(p_second, r.second);
      v_elapsed := least(v_now - r.second, v_length);
      v_counts := r.counts[v_elapsed + 1:v_length]::integer[] || array_fill(0, array[v_elapsed]);
      select sum(c) into v_total from unnest(v_counts) as c;
    end if;
    place := r.place;
    if v_total < r.max then
      v_total := v_total + 1;
      v_counts[v_length] := v_counts[v_length] + 1;
      remaining := r.max - v_total;
      wait := 0;
    else
      remaining := 0;
      -- The request that has to leave the window before one more fits.
      select min(s.i) into wait
      from (select i, sum(v_counts[i]) over (order by i) as gone from generate_series(1, v_length) as i) as s
      where v_total - s.gone < r.max;
      wait := coalesce(wait, v_length);
    end if;
    return next;
  end loop;
  if v_name is not null then
    update usage.rates known set second = v_now, counts = v_counts::smallint[] where known.name = v_name;
  end if;
end $$;
