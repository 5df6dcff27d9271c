create table wallet.payout_rules (
  code         text collate "C" primary key,
  domain       text collate "C" not null,
  unit         text collate "C" not null,
  symbol       text collate "C" not null references wallet.tokens (symbol),
  rate         numeric(28,9) not null check (rate > 0),
  daily_cap    numeric(28,9) not null check (daily_cap >= 0),
  review_limit numeric(28,9) not null check (review_limit >= 0),
  active       boolean not null default true
);

insert into wallet.payout_rules (code, domain, unit, symbol, rate, daily_cap, review_limit) values ('energy', 'energy', 'kwh', 'KWT', 1, 10000, 1000);

create table wallet.payouts (
  id               text collate "C" primary key,
  team_id          text collate "C" not null,
  symbol           text collate "C" not null,
  amount           numeric(28,9) not null,
  status           text collate "C" not null,
  rwa_ref          text collate "C" not null,
  rule             text collate "C" not null,
  beneficiary_kind text collate "C" not null,
  beneficiary_id   text collate "C" not null,
  domain           text collate "C" not null,
  site_id          text collate "C" not null,
  inventory_id     text collate "C" not null,
  oracle_id        text collate "C" not null,
  delta            numeric(28,9) not null,
  unit             text collate "C" not null,
  rate             numeric(28,9) not null,
  unpaid           numeric(28,9) not null,
  reading_ts       timestamptz(3) not null,
  created_at       timestamptz(3) not null,
  reviewed_by      text collate "C",
  reviewed_at      timestamptz(3),
  review_note      text,
  claimed_by       text collate "C",
  claimed_at       timestamptz(3),
  transaction_id   text collate "C",
  trace_id         text collate "C",
  constraint payouts_once unique (rwa_ref, rule),
  constraint payouts_amount check (amount > 0),
  constraint payouts_unpaid check (unpaid >= 0),
  constraint payouts_status check (status in ('generated', 'review', 'claimed', 'cancelled')),
  constraint payouts_beneficiary_kind check (beneficiary_kind in ('team', 'user')),
  constraint payouts_claimed check ((status = 'claimed') = (claimed_by is not null and claimed_at is not null and transaction_id is not null))
) with (fillfactor = 80);

create index payouts_team on wallet.payouts (team_id, id);
create index payouts_unclaimed on wallet.payouts (team_id, id) where status = 'generated';
create index payouts_review on wallet.payouts (id) where status = 'review';
create index payouts_person on wallet.payouts (beneficiary_id, id) where beneficiary_kind = 'user';
create index payouts_site on wallet.payouts (site_id, id);

-- A payout keeps what it says; only its status goes on, and to claimed only by the function below.
create function wallet.check_payout() returns trigger
  language plpgsql as $$
begin
  if (new.id, new.team_id, new.symbol, new.amount, new.rwa_ref, new.rule, new.beneficiary_kind, new.beneficiary_id, new.unpaid, new.delta)
     is distinct from (old.id, old.team_id, old.symbol, old.amount, old.rwa_ref, old.rule, old.beneficiary_kind, old.beneficiary_id, old.unpaid, old.delta)
     or (old.status, new.status) not in (('review', 'generated'), ('review', 'cancelled'), ('generated', 'claimed'))
     or (new.status = 'claimed' and current_setting('wallet.moving', true) is distinct from 'on')
  then
    raise exception 'a payout that is % does not become % so', old.status, new.status using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger payouts_keep before update on wallet.payouts for each row execute function wallet.check_payout();
create trigger payouts_stay before delete on wallet.payouts for each row execute function wallet.refuse_change();
create trigger payouts_no_truncate before truncate on wallet.payouts for each statement execute function wallet.refuse_change();

-- How far a team's UTC day of readings is filled.
create table wallet.reward_days (
  team_id text collate "C" not null,
  day     date not null,
  domain  text collate "C" not null,
  symbol  text collate "C" not null,
  paid    numeric(28,9) not null default 0,
  unpaid  numeric(28,9) not null default 0,
  primary key (team_id, day, domain, symbol),
  constraint reward_days_paid check (paid >= 0),
  constraint reward_days_unpaid check (unpaid >= 0)
) with (fillfactor = 50);

-- What was above a day's cap, movement by movement; with no payout where nothing of it was left below.
create table wallet.reward_cuts (
  rwa_ref   text collate "C" not null,
  rule      text collate "C" not null,
  team_id   text collate "C" not null,
  day       date not null,
  amount    numeric(28,9) not null check (amount > 0),
  payout_id text collate "C",
  at        timestamptz(3) not null,
  primary key (rwa_ref, rule)
);

create trigger reward_cuts_append_only before update or delete on wallet.reward_cuts for each row execute function wallet.refuse_change();
create trigger reward_cuts_no_truncate before truncate on wallet.reward_cuts for each statement execute function wallet.refuse_change();

-- Generates the payouts of a batch of movements, in the order given, each up to what the day's cap leaves. Amounts come rounded. A movement that
-- was rewarded or cut already is passed over. Answers the payouts that were made.
create function wallet.generate(
  ids text[], rules text[], caps numeric[], review_limits numeric[], rates numeric[], symbols text[], amounts numeric[], team_ids text[],
  beneficiary_kinds text[], beneficiary_ids text[], domains text[], site_ids text[], units text[], deltas numeric[], rwa_refs text[],
  inventory_ids text[], oracle_ids text[], reading_times timestamptz[], trace_ids text[], at timestamptz)
  returns table (payout_id text, amount numeric, status text)
  language plpgsql as $$
#variable_conflict use_column
begin
  insert into wallet.reward_days (team_id, day, domain, symbol)
  select distinct m.team_id, (m.ts at time zone 'utc')::date, m.domain, m.symbol
  from unnest(team_ids, reading_times, domains, symbols) as m (team_id, ts, domain, symbol)
  order by 1, 2, 3, 4
  on conflict do nothing;

  perform from wallet.reward_days d
  where (d.team_id, d.day, d.domain, d.symbol) in (
    select m.team_id, (m.ts at time zone 'utc')::date, m.domain, m.symbol from unnest(team_ids, reading_times, domains, symbols) as m (team_id, ts, domain, symbol))
  order by d.team_id, d.day, d.domain, d.symbol for update;

  return query
  with earned as (
    select m.*, d.day, greatest(m.cap - d.paid, 0) as room,
           sum(m.amount) over (partition by d.team_id, d.day, d.domain, d.symbol order by m.position) as together
    from unnest(
           ids, rules, caps, review_limits, rates, symbols, amounts, team_ids, beneficiary_kinds, beneficiary_ids, domains, site_ids, units, deltas,
           rwa_refs, inventory_ids, oracle_ids, reading_times, trace_ids) with ordinality
         as m (id, rule, cap, review_limit, rate, symbol, amount, team_id, beneficiary_kind, beneficiary_id, domain, site_id, unit, delta,
               rwa_ref, inventory_id, oracle_id, ts, trace_id, position)
    join wallet.reward_days d on (d.team_id, d.day, d.domain, d.symbol) = (m.team_id, (m.ts at time zone 'utc')::date, m.domain, m.symbol)
    where not exists (select from wallet.payouts p where (p.rwa_ref, p.rule) = (m.rwa_ref, m.rule))
      and not exists (select from wallet.reward_cuts c where (c.rwa_ref, c.rule) = (m.rwa_ref, m.rule))),
  capped as (
    select e.*, least(e.room, e.together) - least(e.room, e.together - e.amount) as paid from earned e),
  filled as (
    update wallet.reward_days d set paid = d.paid + day.paid, unpaid = d.unpaid + day.unpaid
    from (
      select c.team_id, c.day, c.domain, c.symbol, sum(c.paid) as paid, sum(c.amount - c.paid) as unpaid from capped c group by 1, 2, 3, 4) as day
    where (d.team_id, d.day, d.domain, d.symbol) = (day.team_id, day.day, day.domain, day.symbol)),
  cut as (
    insert into wallet.reward_cuts (rwa_ref, rule, team_id, day, amount, payout_id, at)
    select c.rwa_ref, c.rule, c.team_id, c.day, c.amount - c.paid, case when c.paid > 0 then c.id end, at from capped c where c.paid < c.amount)
  insert into wallet.payouts (
    id, team_id, symbol, amount, status, rwa_ref, rule, beneficiary_kind, beneficiary_id, domain, site_id, inventory_id, oracle_id, delta, unit, rate,
    unpaid, reading_ts, created_at, trace_id)
  select c.id, c.team_id, c.symbol, c.paid, case when c.paid > c.review_limit then 'review' else 'generated' end, c.rwa_ref, c.rule, c.beneficiary_kind,
         c.beneficiary_id, c.domain, c.site_id, c.inventory_id, c.oracle_id, c.delta, c.unit, c.rate, c.amount - c.paid, c.ts, at, c.trace_id
  from capped c where c.paid > 0 order by c.position
  returning id, amount, status;
end $$;

-- Claims payouts into their beneficiaries' wallets (which are open), each by a transaction of its own in the ledger. Who comes second waits for
-- the first and finds them claimed. Answers those that were claimed.
create function wallet.claim(payout_ids text[], transfer_ids text[], claimant text, at timestamptz)
  returns table (payout_id text, transfer_id text, wallet_id text, owner_kind text, owner_id text, symbol text, amount numeric, balance_after numeric)
  language plpgsql set wallet.moving to 'on' as $$
#variable_conflict use_column
declare
  claimed text[];
begin
  select array_agg(p.id) into claimed
  from (select p.id from wallet.payouts p where p.id = any (payout_ids) and p.status = 'generated' order by p.id for update) as p;
  if claimed is null then
    return;
  end if;

  return query
  with orders as (
    select t.transfer_id, p.id, p.symbol, p.amount, mint.id as mint, owner.id as owner
    from unnest(payout_ids, transfer_ids) as t (payout_id, transfer_id)
    join wallet.payouts p on p.id = t.payout_id
    join wallet.wallets mint on mint.owner_kind = 'city' and mint.owner_id = 'mint:' || p.symbol
    join wallet.wallets owner on (owner.owner_kind, owner.owner_id) = (p.beneficiary_kind, p.beneficiary_id)
    where p.id = any (claimed)),
  batch as (
    select array_agg(o.transfer_id order by o.id) as ids, array_agg('payout:' || o.id order by o.id) as keys, array_agg(o.id order by o.id) as refs,
           array_agg(null::text) as memos, array_agg(o.mint order by o.id) as mints, array_agg(o.owner order by o.id) as owners,
           array_agg(o.symbol order by o.id) as symbols, array_agg(o.amount order by o.id) as amounts
    from orders o),
  moved as materialized (
    select m.* from batch b, wallet.transfer(b.ids, 'payout', b.keys, b.refs, b.memos, b.mints, b.owners, b.symbols, b.amounts, claimant, at) as m),
  paid as (
    update wallet.payouts p set status = 'claimed', claimed_by = claimant, claimed_at = at, transaction_id = o.transfer_id
    from orders o where p.id = o.id
    returning p.id, p.transaction_id)
  select paid.id, m.transfer_id, m.wallet_id, m.owner_kind, m.owner_id, m.symbol, m.amount, m.balance_after
  from moved m join paid on paid.transaction_id = m.transfer_id;

  if not found then
    raise exception 'the wallets of the beneficiaries are not open';
  end if;
end $$;

-- Cancels a payout in review and gives its part of the day back; answers whether it was in review.
create function wallet.cancel_payout(payout_id text, operator text, note text, at timestamptz) returns boolean
  language plpgsql as $$
declare
  cancelled wallet.payouts;
begin
  update wallet.payouts p set status = 'cancelled', reviewed_by = operator, reviewed_at = at, review_note = note
  where p.id = payout_id and p.status = 'review' returning p.* into cancelled;
  if not found then
    return false;
  end if;
  update wallet.reward_days d set paid = d.paid - cancelled.amount
  where (d.team_id, d.day, d.domain, d.symbol)
      = (cancelled.team_id, (cancelled.reading_ts at time zone 'utc')::date, cancelled.domain, cancelled.symbol);
  return true;
end $$;
