-- Readings that wait are decided by an operator, once; nothing else of a row ever changes.
alter table oracles.oracles drop constraint oracles_kind_check;
alter table oracles.oracles add constraint oracles_kind_check check (kind in ('reading', 'correction', 'witness'));
alter table oracles.oracles add column decided_by text collate "C";
alter table oracles.oracles add column decided_at timestamptz(3);
create index oracles_held on oracles.oracles (id) where state = 'held';

create or replace function oracles.append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and tg_table_name = 'oracles' then
    if old.state = 'held' and new.state in ('published', 'rejected') and new.decided_by is not null and new.decided_at is not null
       and (to_jsonb(new) - '{state,rule,delta,kind,normalized_value,team_id,user_id,decided_by,decided_at}'::text[])
         = (to_jsonb(old) - '{state,rule,delta,kind,normalized_value,team_id,user_id,decided_by,decided_at}'::text[]) then
      return new;
    end if;
  end if;
  raise exception 'oracles.% is append-only', tg_table_name;
end $$;

-- Of a site's oracles the one that began first counts; the others are compared with it.
alter table oracles.oracle_sites add column rank integer;
update oracles.oracle_sites as s set rank = told.rank
from (
  select o.platform, o.domain, o.site_id, row_number() over (partition by o.site_id, o.domain order by o.begun) - 1 as rank
  from (
    select x.platform, x.domain, x.site_id, min(r.id) as begun
    from oracles.oracle_sites as x
    left join oracles.oracles as r on r.platform = x.platform and r.site_id = x.site_id and r.domain = x.domain and r.state = 'published'
    group by 1, 2, 3) as o) as told
where (told.platform, told.domain, told.site_id) = (s.platform, s.domain, s.site_id);
alter table oracles.oracle_sites alter column rank set not null;
create index oracle_sites_told on oracles.oracle_sites (site_id, domain);

-- What a piece weighs where pieces are counted, in kilograms.
create table oracles.site_weights (
  platform     text collate "C" not null,
  domain       text collate "C" not null,
  site_id      text collate "C" not null,
  piece_weighs numeric(28,9) not null check (piece_weighs > 0),
  set_at       timestamptz(3) not null,
  set_by       text not null,
  primary key (platform, site_id, domain)
);

drop function oracles.open_sites(text[], text[], text[]);

-- Locks sites against other writers of their readings, whichever platform tells of them, and answers where they stand. Sites share 1 024 locks, taken in one order.
create function oracles.open_sites(platforms text[], domains text[], site_ids text[])
  returns table (place bigint, first_ts timestamptz, first_value numeric, last_id text, last_ts timestamptz, last_value numeric, last_team text, last_user text,
                 readings bigint, appended bigint, spacing numeric, peak numeric, changes timestamptz[], rank integer, piece_weighs numeric, others text[])
  language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7213, slot)
  from (select distinct hashtext(k.site) & 1023 as slot from unnest(site_ids) as k (site) order by 1) as slots;

  return query
  select k.place, s.first_ts, s.first_value, s.last_id, s.last_ts, s.last_value, s.last_team, s.last_user, s.readings, s.appended, s.spacing, s.peak,
         (select array_agg(m.at order by m.at) from oracles.meter_changes as m where m.platform = k.platform and m.site_id = k.site and m.domain = k.domain),
         s.rank,
         (select w.piece_weighs from oracles.site_weights as w where w.platform = k.platform and w.site_id = k.site and w.domain = k.domain),
         (select array_agg(o.platform) from oracles.oracle_sites as o where o.site_id = k.site and o.domain = k.domain and o.platform <> k.platform)
  from unnest(platforms, domains, site_ids) with ordinality as k (platform, domain, site, place)
  left join oracles.oracle_sites as s on s.platform = k.platform and s.site_id = k.site and s.domain = k.domain;
end $$;
