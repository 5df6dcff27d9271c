-- The memory of the PDP: every refusal and a sample of the allowances, by day, kept 14 days. The identifier begins with the time, so that it is
-- the order as well, and so that a decision is found in its own day.
create table capabilities.decisions (
  id               text collate "C" not null,
  at               timestamptz(3) not null,
  subject_id       text collate "C" not null,
  subject_kind     text not null,
  action           text collate "C" not null,
  team_id          text collate "C",
  resource_kind    text,
  resource_id      text,
  key_id           text,
  allow            boolean not null,
  reason           text not null,
  registry_version bigint not null,
  trace_id         text,
  explanation      jsonb not null,
  primary key (id, at)
) partition by range (at);

create index decisions_subject on capabilities.decisions (subject_id, id);
create index decisions_action on capabilities.decisions (action, id);
create index decisions_team on capabilities.decisions (team_id, id) where team_id is not null;
create index decisions_reason on capabilities.decisions (reason, id);

-- Days are made ahead; what falls outside them is not lost.
create table capabilities.decisions_default partition of capabilities.decisions default;

create function capabilities.turn_decision_days(ahead integer, keep integer) returns void
  language plpgsql as $$
declare
  today date := (now() at time zone 'utc')::date;
  day date;
  name text;
begin
  for i in 0 .. ahead loop
    day := today + i;
    name := 'decisions_' || to_char(day, 'YYYYMMDD');
    if to_regclass('capabilities.' || name) is null then
      execute format(
        'create table capabilities.%I partition of capabilities.decisions for values from (%L) to (%L)',
        name, day::timestamp at time zone 'utc', (day + 1)::timestamp at time zone 'utc');
    end if;
  end loop;

  for name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'capabilities.decisions'::regclass and c.relname ~ '^decisions_\d{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') < today - keep
  loop
    execute format('drop table capabilities.%I', name);
  end loop;

  delete from capabilities.decisions_default where at < (today - keep)::timestamp at time zone 'utc';
end $$;

select capabilities.turn_decision_days(2, 14);
