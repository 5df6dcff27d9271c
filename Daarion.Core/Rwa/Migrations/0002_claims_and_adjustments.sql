-- An asset is what governance says it is.
alter table rwa.rwa_inventory drop constraint rwa_inventory_domain;

-- A movement names what made it: a reading, a claim or an adjustment; each makes one.
alter table rwa.rwa_movements add column ref text collate "C";
alter table rwa.rwa_movements disable trigger user;
update rwa.rwa_movements set ref = oracle_id;
alter table rwa.rwa_movements enable trigger user;
alter table rwa.rwa_movements alter column ref set not null;
alter table rwa.rwa_movements add constraint rwa_movements_ref unique (ref);
alter table rwa.rwa_movements alter column oracle_id drop not null;
alter table rwa.rwa_movements drop constraint rwa_movements_kind;
alter table rwa.rwa_movements add constraint rwa_movements_kind check (kind in ('reading', 'correction', 'claim', 'adjustment'));
alter table rwa.rwa_movements add constraint rwa_movements_reading check ((kind in ('reading', 'correction')) = (oracle_id is not null));
create index rwa_movements_time on rwa.rwa_movements (inventory_id, ts) include (delta);

-- What platforms say about assets: a claim moves the inventory, a statement and a certificate are kept beside it.
create table rwa.rwa_claims (
  id               text collate "C" primary key,
  team_id          text collate "C" not null,
  platform         text collate "C" not null,
  domain           text collate "C" not null,
  site_id          text collate "C" not null,
  kind             text collate "C" not null check (kind in ('claim', 'statement', 'certificate')),
  value            numeric(28,9) not null,
  unit             text collate "C" not null,
  sent_value       numeric(28,9) not null,
  sent_unit        text collate "C" not null,
  counted          numeric(28,9) not null,
  state            text collate "C" not null check (state in ('recorded', 'disputed')),
  reference        text,
  movement_id      text collate "C",
  webhook_event_id text collate "C" not null unique,
  ts               timestamptz(3) not null,
  recorded_at      timestamptz(3) not null,
  trace_id         text collate "C"
);

create index rwa_claims_team on rwa.rwa_claims (team_id, id);
create index rwa_claims_site on rwa.rwa_claims (site_id, id);
create trigger rwa_claims_append_only before update or delete on rwa.rwa_claims for each row execute function rwa.refuse_change();
create trigger rwa_claims_no_truncate before truncate on rwa.rwa_claims for each statement execute function rwa.refuse_change();

-- Adjustments by hand: one operator asks, another lets it move.
create table rwa.rwa_adjustments (
  id           text collate "C" primary key,
  inventory_id text collate "C" not null references rwa.rwa_inventory (id),
  team_id      text collate "C" not null,
  delta        numeric(28,9) not null check (delta <> 0),
  reason       text not null,
  status       text collate "C" not null check (status in ('pending', 'applied', 'cancelled')),
  requested_by text collate "C" not null,
  requested_at timestamptz(3) not null,
  decided_by   text collate "C",
  decided_at   timestamptz(3),
  movement_id  text collate "C",
  constraint rwa_adjustments_decided check ((status = 'pending') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
  constraint rwa_adjustments_applied check ((status = 'applied') = (movement_id is not null)),
  constraint rwa_adjustments_four_eyes check (status <> 'applied' or decided_by <> requested_by)
);

create index rwa_adjustments_pending on rwa.rwa_adjustments (id) where status = 'pending';
create index rwa_adjustments_inventory on rwa.rwa_adjustments (inventory_id, id);

create function rwa.keep_adjustment() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.status = 'pending' and (new.id, new.inventory_id, new.team_id, new.delta, new.reason, new.requested_by, new.requested_at)
       = (old.id, old.inventory_id, old.team_id, old.delta, old.reason, old.requested_by, old.requested_at) then
      return new;
    end if;
  end if;
  raise exception 'an adjustment is decided once and kept' using errcode = 'restrict_violation';
end $$;

create trigger rwa_adjustments_keep before update or delete on rwa.rwa_adjustments for each row execute function rwa.keep_adjustment();

drop function rwa.move(text[], text[], text[], text[], text[], text[], numeric[], text[], text[], text[], timestamptz[], text[], timestamptz);

-- Moves inventories, in the order given. Inventories that are not there yet are made; their rows are locked in one order by all who move them. What moved
-- something already moves nothing. Readings and their corrections move whatever they say; what claims and adjustments take must be there, or they move nothing.
create function rwa.move(
  ids text[], inventory_ids text[], team_ids text[], domains text[], site_ids text[], units text[], deltas numeric[], kinds text[],
  oracle_ids text[], refs text[], beneficiary_ids text[], times timestamptz[], trace_ids text[], at timestamptz)
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
  with asked as (
    select m.*, i.id as place, i.version, i.value,
           i.value + sum(m.delta) over (partition by i.id order by m.position) as would_be
    from unnest(ids, team_ids, domains, site_ids, units, deltas, kinds, oracle_ids, refs, beneficiary_ids, times, trace_ids) with ordinality
         as m (id, team_id, domain, site_id, unit, delta, kind, oracle_id, ref, beneficiary_id, ts, trace_id, position)
    join rwa.rwa_inventory i on (i.team_id, i.domain, i.site_id, i.unit) = (m.team_id, m.domain, m.site_id, m.unit)
    where not exists (select from rwa.rwa_movements known where known.ref = m.ref)),
  moved as (
    select a.*, a.version + row_number() over (partition by a.place order by a.position) as number,
           a.value + sum(a.delta) over (partition by a.place order by a.position) as value_after
    from asked a where a.kind in ('reading', 'correction') or a.delta > 0 or a.would_be >= 0),
  stands as (
    update rwa.rwa_inventory i
    set value = last.value_after, version = last.number, updated_at = at,
        beneficiary_user_id = case when last.kind in ('reading', 'correction') then last.beneficiary_id else i.beneficiary_user_id end
    from (select distinct on (moved.place) moved.* from moved order by moved.place, moved.number desc) as last
    where i.id = last.place)
  insert into rwa.rwa_movements (id, inventory_id, number, team_id, delta, value_after, kind, oracle_id, ref, beneficiary_user_id, ts, recorded_at, trace_id)
  select moved.id, moved.place, moved.number, moved.team_id, moved.delta, moved.value_after, moved.kind, moved.oracle_id, moved.ref, moved.beneficiary_id, moved.ts, at, moved.trace_id
  from moved
  order by moved.place, moved.number
  returning id, inventory_id, value_after;
end $$;
