-- Days that are over, added up once and for good: what agents, models, routers and storage used, by team and by what is asked for later. Rows are kept by
-- `subject_id` too, as the counters have it. A day is added up as a whole or not at all, and days follow one another without a gap.
create table usage.rolled_days (
  day       date primary key,
  rolled_at timestamptz(3) not null
);

create table usage.usage_agent_runs (
  day        date not null references usage.rolled_days,
  team_id    text collate "C" not null,
  subject_id text collate "C" not null,
  agent      text collate "C" not null,
  key_id     text collate "C" not null,
  runs       numeric(38,9) not null,
  tools      numeric(38,9) not null,
  primary key (day, team_id, subject_id, agent, key_id)
);

create table usage.usage_llm (
  day           date not null references usage.rolled_days,
  team_id       text collate "C" not null,
  subject_id    text collate "C" not null,
  agent         text collate "C" not null,
  model         text collate "C" not null,
  key_id        text collate "C" not null,
  tokens        numeric(38,9) not null,
  tokens_input  numeric(38,9) not null,
  tokens_output numeric(38,9) not null,
  cost_1t       numeric(38,9) not null,
  primary key (day, team_id, subject_id, agent, model, key_id)
);

create table usage.usage_router (
  day        date not null references usage.rolled_days,
  team_id    text collate "C" not null,
  subject_id text collate "C" not null,
  agent      text collate "C" not null,
  key_id     text collate "C" not null,
  invokes    numeric(38,9) not null,
  steps      numeric(38,9) not null,
  primary key (day, team_id, subject_id, agent, key_id)
);

create table usage.usage_storage (
  day        date not null references usage.rolled_days,
  team_id    text collate "C" not null,
  subject_id text collate "C" not null,
  key_id     text collate "C" not null,
  bytes      numeric(38,9) not null,
  primary key (day, team_id, subject_id, key_id)
);

-- The days that were added up, one row for each metric, as the rows of usage_events are.
create view usage.daily as
  select day, 'agent_runs' as metric, team_id, subject_id, agent, '' as model, key_id, runs as units from usage.usage_agent_runs
  union all select day, 'agent_tools_used', team_id, subject_id, agent, '', key_id, tools from usage.usage_agent_runs
  union all select day, 'llm_tokens', team_id, subject_id, agent, model, key_id, tokens from usage.usage_llm
  union all select day, 'llm_tokens_input', team_id, subject_id, agent, model, key_id, tokens_input from usage.usage_llm
  union all select day, 'llm_tokens_output', team_id, subject_id, agent, model, key_id, tokens_output from usage.usage_llm
  union all select day, 'compute_1t', team_id, subject_id, agent, model, key_id, cost_1t from usage.usage_llm
  union all select day, 'router_invokes', team_id, subject_id, agent, '', key_id, invokes from usage.usage_router
  union all select day, 'router_steps', team_id, subject_id, agent, '', key_id, steps from usage.usage_router
  union all select day, 'storage_bytes', team_id, subject_id, '', '', key_id, bytes from usage.usage_storage;

-- Adds up the days before a day that are not yet, at most a month of them at once; answers how many. One process at a time.
create function usage.roll_up(p_before date, p_at timestamptz) returns integer
  language plpgsql as $$
declare
  metrics constant text[] := array['agent_runs', 'agent_tools_used', 'llm_tokens', 'llm_tokens_input', 'llm_tokens_output', 'compute_1t', 'router_invokes', 'router_steps', 'storage_bytes'];
  today   date;
  rolled  integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('usage.roll_up', 0)) then
    return 0;
  end if;
  select coalesce((select max(r.day) + 1 from usage.rolled_days r), (select (min(e.at) at time zone 'UTC')::date from usage.usage_events e where e.metric = any (metrics))) into today;
  while today < p_before and rolled < 31 loop
    insert into usage.rolled_days (day, rolled_at) values (today, p_at);
    with u as materialized (
      select e.team_id, e.subject_id, coalesce(e.agent, '') as agent, coalesce(e.model, '') as model, coalesce(e.key_id, '') as key_id, e.metric, sum(e.units) as units
      from usage.usage_events e
      where e.metric = any (metrics) and e.at >= today::timestamp at time zone 'UTC' and e.at < (today + 1)::timestamp at time zone 'UTC'
      group by 1, 2, 3, 4, 5, 6),
    agents as (
      insert into usage.usage_agent_runs
      select today, u.team_id, u.subject_id, u.agent, u.key_id, coalesce(sum(u.units) filter (where u.metric = 'agent_runs'), 0), coalesce(sum(u.units) filter (where u.metric = 'agent_tools_used'), 0)
      from u where u.metric in ('agent_runs', 'agent_tools_used') group by u.team_id, u.subject_id, u.agent, u.key_id),
    llm as (
      insert into usage.usage_llm
      select today, u.team_id, u.subject_id, u.agent, u.model, u.key_id, coalesce(sum(u.units) filter (where u.metric = 'llm_tokens'), 0),
             coalesce(sum(u.units) filter (where u.metric = 'llm_tokens_input'), 0), coalesce(sum(u.units) filter (where u.metric = 'llm_tokens_output'), 0),
             coalesce(sum(u.units) filter (where u.metric = 'compute_1t'), 0)
      from u where u.metric in ('llm_tokens', 'llm_tokens_input', 'llm_tokens_output', 'compute_1t') group by u.team_id, u.subject_id, u.agent, u.model, u.key_id),
    router as (
      insert into usage.usage_router
      select today, u.team_id, u.subject_id, u.agent, u.key_id, coalesce(sum(u.units) filter (where u.metric = 'router_invokes'), 0), coalesce(sum(u.units) filter (where u.metric = 'router_steps'), 0)
      from u where u.metric in ('router_invokes', 'router_steps') group by u.team_id, u.subject_id, u.agent, u.key_id)
    insert into usage.usage_storage
    select today, u.team_id, u.subject_id, u.key_id, sum(u.units) from u where u.metric = 'storage_bytes' group by u.team_id, u.subject_id, u.key_id;
    rolled := rolled + 1;
    today := today + 1;
  end loop;
  return rolled;
end $$;

-- What was used of a metric from a moment to another: days that were added up as their sums, each at its midnight, and the rest row by row. Where the
-- figures are wanted by the hour, row by row throughout.
create function usage.figures(p_metric text, p_from timestamptz, p_to timestamptz, p_by_hour boolean)
  returns table (team_id text, subject_id text, agent text, model text, key_id text, at timestamptz, units numeric)
  language sql stable as $$
  with whole as materialized (
    select greatest(date_trunc('day', p_from + interval '23:59:59.999', 'UTC'), s.first) as first, least(date_trunc('day', p_to, 'UTC'), s.last) as last
    from (select min(r.day)::timestamp at time zone 'UTC' as first, (max(r.day) + 1)::timestamp at time zone 'UTC' as last from usage.rolled_days r) s
    where not p_by_hour and exists (select from usage.daily d where d.metric = p_metric)),
  used as materialized (select w.first, w.last from whole w where w.first < w.last)
  select e.team_id, e.subject_id, e.agent, e.model, e.key_id, e.at, e.units from usage.usage_events e
  where e.metric = p_metric and e.at >= p_from and e.at < coalesce((select u.first from used u), p_to)
  union all
  select e.team_id, e.subject_id, e.agent, e.model, e.key_id, e.at, e.units from usage.usage_events e
  where e.metric = p_metric and e.at >= (select u.last from used u) and e.at < p_to
  union all
  select d.team_id, d.subject_id, nullif(d.agent, ''), nullif(d.model, ''), nullif(d.key_id, ''), d.day::timestamp at time zone 'UTC', d.units from usage.daily d
  where d.metric = p_metric and d.day >= (select (u.first at time zone 'UTC')::date from used u) and d.day < (select (u.last at time zone 'UTC')::date from used u)
$$;
