-- What was told of a counter, beside the counters themselves: writing news keeps nobody waiting who takes units.
create table usage.told_counters (
  team_id      text collate "C" not null,
  subject_id   text collate "C" not null,
  metric       text collate "C" not null,
  window_start timestamptz(3) not null,
  announced    numeric(38,9) not null default 0,
  announced_at timestamptz(3),
  warned_at    timestamptz(3),
  exceeded_at  timestamptz(3),
  primary key (team_id, metric, window_start, subject_id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

insert into usage.told_counters (team_id, subject_id, metric, window_start, announced, announced_at, warned_at, exceeded_at)
select team_id, subject_id, metric, window_start, announced, announced_at, warned_at, exceeded_at from usage.usage_counters
where announced <> 0 or announced_at is not null or warned_at is not null or exceeded_at is not null;

alter table usage.usage_counters drop column announced, drop column announced_at, drop column warned_at, drop column exceeded_at;

-- Notes what is told now of counters that moved or refused somebody, and answers it: how far each moved since it was told of last, at most once a second,
-- and whether its warning and its refusal are told for the first time in its window.
create function usage.tell(
  p_teams text[], p_metrics text[], p_windows timestamptz[], p_subjects text[], p_refused boolean[], p_limits numeric[], p_warn_from numeric, p_at timestamptz)
  returns table (team_id text, metric text, window_start timestamptz, subject_id text, used numeric, reserved numeric, moved numeric, max numeric, told boolean, warns boolean, exceeds boolean, later boolean)
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  as $$
#variable_conflict use_column
begin
  insert into usage.told_counters (team_id, metric, window_start, subject_id)
  select a.team_id, a.metric, a.window_start, a.subject_id
  from unnest(p_teams, p_metrics, p_windows, p_subjects) as a (team_id, metric, window_start, subject_id)
  where not exists (select from usage.told_counters t where (t.team_id, t.metric, t.window_start, t.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id))
  order by 1, 2, 3, 4
  on conflict do nothing;

  perform from usage.told_counters t
  join unnest(p_teams, p_metrics, p_windows, p_subjects) as a (team_id, metric, window_start, subject_id)
    on (t.team_id, t.metric, t.window_start, t.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id)
  order by t.team_id, t.metric, t.window_start, t.subject_id for update of t;

  return query
  with before as (
    select c.team_id, c.metric, c.window_start, c.subject_id, c.used, c.reserved, c.used - t.announced as moved, a.max,
           c.used <> t.announced and (t.announced_at is null or t.announced_at <= p_at - interval '1 second') as told,
           a.max is not null and t.warned_at is null and c.used + c.reserved >= a.max * p_warn_from as warns,
           a.refused and t.exceeded_at is null as exceeds
    from unnest(p_teams, p_metrics, p_windows, p_subjects, p_refused, p_limits) as a (team_id, metric, window_start, subject_id, refused, max)
    join usage.usage_counters c on (c.team_id, c.metric, c.window_start, c.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id)
    join usage.told_counters t on (t.team_id, t.metric, t.window_start, t.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id)),
  noted as (
    update usage.told_counters t
    set announced = case when b.told then b.used else t.announced end, announced_at = case when b.told then p_at else t.announced_at end,
        warned_at = case when b.warns then p_at else t.warned_at end, exceeded_at = case when b.exceeds then p_at else t.exceeded_at end
    from before b
    where (t.team_id, t.metric, t.window_start, t.subject_id) = (b.team_id, b.metric, b.window_start, b.subject_id) and (b.told or b.warns or b.exceeds))
  select b.team_id, b.metric, b.window_start, b.subject_id, b.used, b.reserved, b.moved, b.max, b.told, b.warns, b.exceeds, b.moved <> 0 and not b.told from before b;
end $$;

drop function usage.take(text[], text[], text[], text[], timestamptz[], numeric[], numeric[], timestamptz[], text[], text[], text[], timestamptz);

-- Takes units for a group of requests, each with its own answer: counted at once, or held until `p_expires` where that is given. Each is let in where it
-- fits at its turn, in the order of the group; a limit of null always fits. One whose id is known already has been let in before: then nothing changes.
-- The id of what is held is the caller's own and new: it is looked up only where the group is sent again. Answers how each counter stood at its turn.
-- Each counter is locked and read once, in one order that all keep, and written once. The joins are few rows against an index; they are planned once and
-- for good, maybe while the tables are empty and a look at all of their rows seems cheap: so that is not to be chosen.
create function usage.take(
  p_ids text[], p_teams text[], p_subjects text[], p_metrics text[], p_windows timestamptz[], p_units numeric[], p_limits numeric[], p_expires timestamptz[],
  p_agents text[], p_models text[], p_keys text[], p_at timestamptz, p_again boolean)
  returns table (place integer, accepted boolean, used numeric, reserved numeric)
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  as $$
#variable_conflict use_variable
declare
  fresh    boolean[] := array_fill(false, array[cardinality(p_ids)]);
  holds    boolean := false;
  counts   boolean := false;
  missing  boolean;
  tids     tid[] := '{}';
  added    numeric[] := '{}';
  held     numeric[] := '{}';
  more_used     numeric := 0;
  more_reserved numeric := 0;
  counter  tid;
  written  integer;
  r        record;
begin
  -- What ran out is given back before anybody is refused for it. Whoever settles such a reservation at this moment waits for the counter.
  if exists (select from usage.reservations h where h.expires_at <= p_at and not h.expired) then
    perform from usage.usage_counters c
    where (c.team_id, c.metric, c.window_start, c.subject_id) in (
      select a.team_id, a.metric, a.window_start, a.subject_id from unnest(p_teams, p_metrics, p_windows, p_subjects) as a (team_id, metric, window_start, subject_id))
    order by c.team_id, c.metric, c.window_start, c.subject_id for update;
    with asked as (select distinct a.* from unnest(p_teams, p_metrics, p_windows, p_subjects) as a (team_id, metric, window_start, subject_id)),
    over as (
      update usage.reservations h set expired = true from asked a
      where h.expires_at <= p_at and not h.expired and (h.team_id, h.metric, h.window_start, h.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id)
      returning h.team_id, h.metric, h.window_start, h.subject_id, h.units)
    update usage.usage_counters c set reserved = c.reserved - s.units
    from (select o.team_id, o.metric, o.window_start, o.subject_id, sum(o.units) as units from over o group by 1, 2, 3, 4) s
    where (c.team_id, c.metric, c.window_start, c.subject_id) = (s.team_id, s.metric, s.window_start, s.subject_id);
  end if;

  loop
    missing := false;
    for r in
      with asked as materialized (
        select * from unnest(p_ids, p_teams, p_metrics, p_windows, p_subjects, p_units, p_limits, p_expires) with ordinality
          as a (id, team_id, metric, window_start, subject_id, units, max, expires_at, place)),
      locked as materialized (
        select c.ctid as counter, c.team_id, c.metric, c.window_start, c.subject_id, c.used, c.reserved from usage.usage_counters c
        join (select distinct a.team_id, a.metric, a.window_start, a.subject_id from asked a) as a
          on (c.team_id, c.metric, c.window_start, c.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id)
        order by c.team_id, c.metric, c.window_start, c.subject_id for update of c)
      select a.place, a.units, a.max, a.expires_at is not null as holds, l.counter, l.used, l.reserved,
             case when a.expires_at is null or p_again then exists (select from usage.usage_events e where e.source_id = a.id) else false end
               or case when p_again then exists (select from usage.reservations h where h.id = a.id) else false end
               or row_number() over (partition by a.id order by a.place) > 1 as known
      from asked a
      left join locked l on (l.team_id, l.metric, l.window_start, l.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id)
      order by l.counter nulls first, a.place
    loop
      if r.counter is null then
        missing := true;
        exit;
      end if;
      if r.counter is distinct from counter then
        if more_used <> 0 or more_reserved <> 0 then
          tids := tids || counter;
          added := added || more_used;
          held := held || more_reserved;
        end if;
        counter := r.counter;
        more_used := 0;
        more_reserved := 0;
      end if;
      accepted := r.known or r.max is null or r.units <= 0 or r.used + r.reserved + more_used + more_reserved + r.units <= r.max;
      if accepted and not r.known then
        fresh[r.place] := true;
        if r.holds then
          holds := true;
          more_reserved := more_reserved + r.units;
        else
          counts := true;
          more_used := more_used + r.units;
        end if;
      end if;
      place := r.place;
      used := r.used + more_used;
      reserved := r.reserved + more_reserved;
      return next;
    end loop;
    exit when not missing;

    insert into usage.usage_counters (team_id, metric, window_start, subject_id)
    select distinct a.team_id, a.metric, a.window_start, a.subject_id
    from unnest(p_teams, p_metrics, p_windows, p_subjects) as a (team_id, metric, window_start, subject_id)
    where not exists (
      select from usage.usage_counters c where (c.team_id, c.metric, c.window_start, c.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id))
    order by 1, 2, 3, 4
    on conflict do nothing;
  end loop;
  if more_used <> 0 or more_reserved <> 0 then
    tids := tids || counter;
    added := added || more_used;
    held := held || more_reserved;
  end if;

  if holds then
    insert into usage.reservations (id, team_id, subject_id, metric, window_start, units, expires_at)
    select a.id, a.team_id, a.subject_id, a.metric, a.window_start, a.units, a.expires_at
    from unnest(p_ids, p_teams, p_subjects, p_metrics, p_windows, p_units, p_expires, fresh) as a (id, team_id, subject_id, metric, window_start, units, expires_at, fresh)
    where a.fresh and a.expires_at is not null;
  end if;

  if counts then
    insert into usage.usage_events (source_id, team_id, subject_id, metric, window_start, units, at, agent, model, key_id)
    select a.id, a.team_id, a.subject_id, a.metric, a.window_start, a.units, p_at, a.agent, a.model, a.key_id
    from unnest(p_ids, p_teams, p_subjects, p_metrics, p_windows, p_units, p_expires, p_agents, p_models, p_keys, fresh)
         as a (id, team_id, subject_id, metric, window_start, units, expires_at, agent, model, key_id, fresh)
    where a.fresh and a.expires_at is null;
  end if;

  if cardinality(tids) > 0 then
    update usage.usage_counters c set used = c.used + s.used, reserved = c.reserved + s.reserved from unnest(tids, added, held) as s (counter, used, reserved) where c.ctid = s.counter;
    get diagnostics written = row_count;
    -- A counter that is locked does not move; were it to, the group is done again rather than counted wrongly.
    if written <> cardinality(tids) then
      raise exception 'a locked counter has moved' using errcode = 'serialization_failure';
    end if;
  end if;
end $$;

-- Ends a group of reservations: with the real figure it is counted, without (null) what was held is given back. The figure may be above what was held;
-- it has happened, so it counts, and whoever comes next is refused. Settling twice changes nothing and answers as the first time.
create or replace function usage.finish(p_ids text[], p_units numeric[], p_at timestamptz)
  returns table (place integer, outcome text, team_id text, subject_id text, metric text, window_start timestamptz, used numeric, reserved numeric)
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  as $$
#variable_conflict use_variable
declare
  ids      text[];
  figures  numeric[];
  places   bigint[];
  counters tid[];
  used_before     numeric[];
  reserved_before numeric[];
  answered boolean[] := array_fill(false, array[cardinality(p_ids)]);
  tids     tid[] := '{}';
  added    numeric[] := '{}';
  freed    numeric[] := '{}';
  more     numeric := 0;
  less     numeric := 0;
  counter  tid;
  written  integer;
  r        record;
begin
  -- The counters first, in the order that all keep; then the reservations that are still there, which nobody touches who does not hold their counter.
  select array_agg(s.id), array_agg(s.units), array_agg(s.place), array_agg(s.counter), array_agg(s.used), array_agg(s.reserved)
  into ids, figures, places, counters, used_before, reserved_before
  from (
    select a.id, a.units, a.place, c.ctid as counter, c.used, c.reserved
    from (select distinct on (b.id) b.id, b.units, b.place from unnest(p_ids, p_units) with ordinality as b (id, units, place) order by b.id, b.place) a
    join usage.reservations h on h.id = a.id
    join usage.usage_counters c on (c.team_id, c.metric, c.window_start, c.subject_id) = (h.team_id, h.metric, h.window_start, h.subject_id)
    order by c.team_id, c.metric, c.window_start, c.subject_id, a.place for update of c) s;

  for r in
    with ended as (
      delete from usage.reservations h using unnest(ids, figures, places, counters, used_before, reserved_before) as m (id, real, place, counter, used, reserved)
      where h.id = m.id
      returning m.place, m.real, m.counter, m.used as used_before, m.reserved as reserved_before, h.id, h.team_id, h.metric, h.window_start, h.subject_id,
                case when h.expired then 0 else h.units end as held),
    noted as (
      insert into usage.usage_events (source_id, team_id, subject_id, metric, window_start, units, at)
      select e.id, e.team_id, e.subject_id, e.metric, e.window_start, e.real, p_at from ended e where e.real is not null)
    select e.* from ended e order by e.counter, e.place
  loop
    if r.counter is distinct from counter then
      if more <> 0 or less <> 0 then
        tids := tids || counter;
        added := added || more;
        freed := freed || less;
      end if;
      counter := r.counter;
      more := 0;
      less := 0;
    end if;
    answered[r.place] := true;
    more := more + coalesce(r.real, 0);
    less := less + r.held;
    place := r.place;
    outcome := 'done';
    team_id := r.team_id;
    subject_id := r.subject_id;
    metric := r.metric;
    window_start := r.window_start;
    used := r.used_before + more;
    reserved := r.reserved_before - less;
    return next;
  end loop;
  if more <> 0 or less <> 0 then
    tids := tids || counter;
    added := added || more;
    freed := freed || less;
  end if;

  if cardinality(tids) > 0 then
    update usage.usage_counters c set used = c.used + s.used, reserved = c.reserved - s.freed from unnest(tids, added, freed) as s (counter, used, freed) where c.ctid = s.counter;
    get diagnostics written = row_count;
    if written <> cardinality(tids) then
      raise exception 'a locked counter has moved' using errcode = 'serialization_failure';
    end if;
  end if;

  if false = any (answered) then
    return query
    select a.place::integer, case when known.source_id is null then 'unknown' when known.units = a.units then 'done' else 'other' end,
           known.team_id, known.subject_id, known.metric, known.window_start, c.used, c.reserved
    from unnest(p_ids, p_units, answered) with ordinality as a (id, units, answered, place)
    left join usage.usage_events known on known.source_id = a.id
    left join usage.usage_counters c on (c.team_id, c.metric, c.window_start, c.subject_id) = (known.team_id, known.metric, known.window_start, known.subject_id)
    where not a.answered;
  end if;
end $$;
