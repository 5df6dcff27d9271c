create schema rwa;

create table rwa.rwa_inventory (
  id                  text collate "C" primary key,
  team_id             text collate "C" not null,
  domain              text collate "C" not null,
  site_id             text collate "C" not null,
  unit                text collate "C" not null,
  value               numeric(28,9) not null default 0,
  beneficiary_user_id text collate "C",
  updated_at          timestamptz(3) not null,
  version             bigint not null default 0,
  constraint rwa_inventory_domain check (domain in ('energy', 'food', 'water', 'essence', 'generic')),
  constraint rwa_inventory_site unique (team_id, domain, site_id, unit)
) with (fillfactor = 70);

create index rwa_inventory_site_id on rwa.rwa_inventory (site_id);

create table rwa.rwa_movements (
  id                  text collate "C" primary key,
  inventory_id        text collate "C" not null references rwa.rwa_inventory (id),
  number              bigint not null,
  team_id             text collate "C" not null,
  delta               numeric(28,9) not null,
  value_after         numeric(28,9) not null,
  kind                text collate "C" not null,
  oracle_id           text collate "C" not null,
  beneficiary_user_id text collate "C",
  ts                  timestamptz(3) not null,
  recorded_at         timestamptz(3) not null,
  trace_id            text collate "C",
  constraint rwa_movements_number unique (inventory_id, number),
  constraint rwa_movements_oracle unique (oracle_id),
  constraint rwa_movements_kind check (kind in ('reading', 'correction')),
  constraint rwa_movements_moves check (delta <> 0)
);

create index rwa_movements_team on rwa.rwa_movements (team_id, id);

create function rwa.refuse_change() returns trigger
  language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger rwa_movements_append_only before update or delete on rwa.rwa_movements for each row execute function rwa.refuse_change();
create trigger rwa_movements_no_truncate before truncate on rwa.rwa_movements for each statement execute function rwa.refuse_change();
create trigger rwa_inventory_stays before delete on rwa.rwa_inventory for each row execute function rwa.refuse_change();

-- The value of an inventory is the sum of its movements, checked without ever adding them all up again: movements are numbered without a gap,
-- each continues the one before, and the inventory stands where its last movement ends.
create function rwa.check_movements() returns trigger
  language plpgsql as $$
begin
  if exists (
    select from fresh m
    left join rwa.rwa_movements before on before.inventory_id = m.inventory_id and before.number = m.number - 1
    where m.value_after <> m.delta + coalesce(before.value_after, 0) or (m.number > 1) <> (before.id is not null))
  then
    raise exception 'a movement does not continue the one before it' using errcode = 'check_violation', constraint = 'rwa_movements_continue';
  end if;
  if exists (
    select from (select distinct on (m.inventory_id) m.inventory_id, m.number, m.value_after from fresh m order by m.inventory_id, m.number desc) as last
    join rwa.rwa_inventory i on i.id = last.inventory_id
    where i.version <> last.number or i.value <> last.value_after)
  then
    raise exception 'an inventory does not stand where its movements end' using errcode = 'check_violation', constraint = 'rwa_inventory_is_its_movements';
  end if;
  return null;
end $$;

create trigger rwa_movements_continue after insert on rwa.rwa_movements referencing new table as fresh
  for each statement execute function rwa.check_movements();

create function rwa.check_inventory() returns trigger
  language plpgsql as $$
begin
  if new.value <> coalesce((select value_after from rwa.rwa_movements where inventory_id = new.id and number = new.version), 0)
     or (new.version > 0 and not exists (select from rwa.rwa_movements where inventory_id = new.id and number = new.version))
  then
    raise exception 'an inventory does not stand where its movements end' using errcode = 'check_violation', constraint = 'rwa_inventory_is_its_movements';
  end if;
  return null;
end $$;

create constraint trigger rwa_inventory_is_its_movements after insert or update on rwa.rwa_inventory
  deferrable initially deferred for each row execute function rwa.check_inventory();

-- Moves inventories by a batch of readings, in the order given. Inventories that are not there yet are made; their rows are locked in one
-- order by all who move them. A reading that moved something already moves nothing.
create function rwa.move(
  ids text[], inventory_ids text[], team_ids text[], domains text[], site_ids text[], units text[], deltas numeric[], kinds text[],
  oracle_ids text[], beneficiary_ids text[], reading_times timestamptz[], trace_ids text[], at timestamptz)
  returns table (movement_id text, inventory text, stock numeric)
  language plpgsql as $$
begin
  insert into rwa.rwa_inventory (id, team_id, domain, site_id, unit, updated_at)
  select distinct on (m.team_id, m.domain, m.site_id, m.unit) m.inventory_id, m.team_id, m.domain, m.site_id, m.unit, at
  from unnest(inventory_ids, team_ids, domains, site_ids, units) as m (inventory_id, team_id, domain, site_id, unit)
  where not exists (select from rwa.rwa_inventory i where (i.team_id, i.domain, i.site_id, i.unit) = (m.team_id, m.domain, m.site_id, m.unit))
  order by m.team_id, m.domain, m.site_id, m.unit
  on conflict do nothing;

  perform from rwa.rwa_inventory i
  where i.id in (
    select known.id
    from (select distinct m.team_id, m.domain, m.site_id, m.unit from unnest(team_ids, domains, site_ids, units) as m (team_id, domain, site_id, unit)) as m
    join rwa.rwa_inventory known on (known.team_id, known.domain, known.site_id, known.unit) = (m.team_id, m.domain, m.site_id, m.unit))
  order by i.id for update;

  return query
  with moved as (
    select m.id, i.id as inventory_id, m.team_id, m.delta, m.kind, m.oracle_id, m.beneficiary_id, m.ts, m.trace_id,
           i.version + row_number() over (partition by i.id order by m.position) as number,
           i.value + sum(m.delta) over (partition by i.id order by m.position) as value_after
    from unnest(ids, team_ids, domains, site_ids, units, deltas, kinds, oracle_ids, beneficiary_ids, reading_times, trace_ids) with ordinality
         as m (id, team_id, domain, site_id, unit, delta, kind, oracle_id, beneficiary_id, ts, trace_id, position)
    join rwa.rwa_inventory i on (i.team_id, i.domain, i.site_id, i.unit) = (m.team_id, m.domain, m.site_id, m.unit)
    where not exists (select from rwa.rwa_movements known where known.oracle_id = m.oracle_id)),
  stands as (
    update rwa.rwa_inventory i
    set value = last.value_after, version = last.number, beneficiary_user_id = last.beneficiary_id, updated_at = at
    from (select distinct on (moved.inventory_id) moved.* from moved order by moved.inventory_id, moved.number desc) as last
    where i.id = last.inventory_id)
  insert into rwa.rwa_movements (id, inventory_id, number, team_id, delta, value_after, kind, oracle_id, beneficiary_user_id, ts, recorded_at, trace_id)
  select moved.id, moved.inventory_id, moved.number, moved.team_id, moved.delta, moved.value_after, moved.kind, moved.oracle_id, moved.beneficiary_id, moved.ts, at, moved.trace_id
  from moved
  order by moved.inventory_id, moved.number
  returning id, inventory_id, value_after;
end $$;
