-- Whichever index of the counters a plan chooses, it leads to one row: one of the window alone led to all the counters of an hour.
drop index usage.usage_counters_window;
create index usage_counters_window on usage.usage_counters (window_start, team_id, metric, subject_id);

-- Takes units for a group of requests, each with its own answer: counted at once, or held until `p_expires` where that is given. Each is let in where it
-- fits at its turn, in the order of the group; a limit of null always fits. One whose id is known already has been let in before: then nothing changes.
-- The id of what is held is the caller's own and new: it is looked up only where the group is sent again. Answers how each counter stood at its turn.
-- Each counter is locked and read once, in one order that all keep, and written once. The joins are few rows against an index; they are planned once and
-- for good, maybe while the tables are empty and a look at all of their rows seems cheap: so that is not to be chosen, and what is known is looked up one
-- by one (lateral, limit 1): no plan gathers a whole table for it.
create or replace function usage.take(
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
             counted.there is not null or held_before.there is not null or row_number() over (partition by a.id order by a.place) > 1 as known
      from asked a
      left join locked l on (l.team_id, l.metric, l.window_start, l.subject_id) = (a.team_id, a.metric, a.window_start, a.subject_id)
      left join lateral (select true as there from usage.usage_events e where e.source_id = a.id limit 1) as counted on a.expires_at is null or p_again
      left join lateral (select true as there from usage.reservations h where h.id = a.id limit 1) as held_before on p_again
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
