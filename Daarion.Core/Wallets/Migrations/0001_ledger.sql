create schema wallet;

create table wallet.tokens (
  symbol         text collate "C" primary key,
  transfer_limit numeric(28,9) not null check (transfer_limit >= 0)
);

insert into wallet.tokens (symbol, transfer_limit) values ('KWT', 10000), ('1T', 10000), ('RINGK', 10000), ('DAARION', 10000);

-- The accounts where tokens come from and end are boundless: they may go below zero, take part in nearly every transaction, and so keep no
-- balance that all of those would have to wait for. Their balance is the sum of their entries.
create table wallet.wallets (
  id         text collate "C" primary key,
  owner_kind text collate "C" not null,
  owner_id   text collate "C" not null,
  boundless  boolean not null generated always as (owner_kind = 'city' and (owner_id like 'mint:%' or owner_id like 'burn:%')) stored,
  created_at timestamptz(3) not null,
  constraint wallets_owner unique (owner_kind, owner_id),
  constraint wallets_owner_kind check (owner_kind in ('user', 'team', 'city'))
);

insert into wallet.wallets (id, owner_kind, owner_id, created_at) values
  ('w_00000000000000000000000001', 'city', 'mint:KWT', now()),
  ('w_00000000000000000000000002', 'city', 'mint:1T', now()),
  ('w_00000000000000000000000003', 'city', 'mint:RINGK', now()),
  ('w_00000000000000000000000004', 'city', 'mint:DAARION', now()),
  ('w_00000000000000000000000005', 'city', 'burn:KWT', now()),
  ('w_00000000000000000000000006', 'city', 'burn:1T', now()),
  ('w_00000000000000000000000007', 'city', 'burn:RINGK', now()),
  ('w_00000000000000000000000008', 'city', 'burn:DAARION', now()),
  ('w_00000000000000000000000009', 'city', 'treasury', now()),
  ('w_0000000000000000000000000a', 'city', 'escrow', now());

create table wallet.wallet_balances (
  wallet_id text collate "C" not null references wallet.wallets (id),
  symbol    text collate "C" not null references wallet.tokens (symbol),
  available numeric(28,9) not null default 0,
  locked    numeric(28,9) not null default 0,
  primary key (wallet_id, symbol),
  constraint wallet_balances_available check (available >= 0),
  constraint wallet_balances_locked check (locked >= 0)
) with (fillfactor = 50);

create table wallet.wallet_transfers (
  id              text collate "C" primary key,
  kind            text collate "C" not null,
  idempotency_key text collate "C" not null,
  at              timestamptz(3) not null,
  actor           text collate "C" not null,
  ref             text collate "C",
  memo            text,
  constraint wallet_transfers_once unique (idempotency_key),
  constraint wallet_transfers_kind check (kind in ('payout', 'transfer'))
);

create table wallet.wallet_entries (
  transfer_id   text collate "C" not null references wallet.wallet_transfers (id),
  position      smallint not null,
  wallet_id     text collate "C" not null,
  symbol        text collate "C" not null,
  amount        numeric(28,9) not null,
  balance_after numeric(28,9),
  sequence      bigint not null generated always as identity,
  primary key (transfer_id, position),
  constraint wallet_entries_move check (amount <> 0),
  constraint wallet_entries_balance check (balance_after >= 0)
);

create unique index wallet_entries_statement on wallet.wallet_entries (wallet_id, sequence);

-- The rows of the ledger change through the functions below and no other way: each of them carries the setting wallet.moving for as long as it runs.
create function wallet.refuse_change() returns trigger
  language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create function wallet.refuse_outside_transfer() returns trigger
  language plpgsql as $$
begin
  if current_setting('wallet.moving', true) is distinct from 'on' then
    raise exception '% changes only through the functions of the ledger', tg_table_name using errcode = 'restrict_violation';
  end if;
  return null;
end $$;

create trigger wallet_transfers_append_only before update or delete on wallet.wallet_transfers for each row execute function wallet.refuse_change();
create trigger wallet_transfers_no_truncate before truncate on wallet.wallet_transfers for each statement execute function wallet.refuse_change();
create trigger wallet_transfers_guarded before insert on wallet.wallet_transfers for each statement execute function wallet.refuse_outside_transfer();
create trigger wallet_entries_append_only before update or delete on wallet.wallet_entries for each row execute function wallet.refuse_change();
create trigger wallet_entries_no_truncate before truncate on wallet.wallet_entries for each statement execute function wallet.refuse_change();
create trigger wallet_entries_guarded before insert on wallet.wallet_entries for each statement execute function wallet.refuse_outside_transfer();
create trigger wallet_balances_guarded before insert or update on wallet.wallet_balances for each statement execute function wallet.refuse_outside_transfer();
create trigger wallet_balances_stay before delete on wallet.wallet_balances for each row execute function wallet.refuse_change();
create trigger wallet_balances_no_truncate before truncate on wallet.wallet_balances for each statement execute function wallet.refuse_change();
create trigger wallets_stay before update or delete on wallet.wallets for each row execute function wallet.refuse_change();

-- Two invariants are checked when a transaction commits, whoever wrote the rows.
create function wallet.check_transfer() returns trigger
  language plpgsql as $$
begin
  if exists (select from wallet.wallet_entries where transfer_id = new.transfer_id group by symbol having sum(amount) <> 0) then
    raise exception 'the entries of % do not sum to zero', new.transfer_id using errcode = 'check_violation', constraint = 'wallet_entries_sum_to_zero';
  end if;
  return null;
end $$;

create constraint trigger wallet_entries_sum_to_zero after insert on wallet.wallet_entries
  deferrable initially deferred for each row execute function wallet.check_transfer();

create function wallet.check_balance() returns trigger
  language plpgsql as $$
begin
  if exists (
    select from wallet.wallet_balances b
    where b.wallet_id = new.wallet_id and b.symbol = new.symbol
      and b.available + b.locked <> coalesce((
        select e.balance_after from wallet.wallet_entries e
        where e.wallet_id = new.wallet_id and e.symbol = new.symbol order by e.sequence desc limit 1), 0))
  then
    raise exception 'the balance of % does not stand where its entries end', new.wallet_id
      using errcode = 'check_violation', constraint = 'wallet_balances_are_entries';
  end if;
  return null;
end $$;

create constraint trigger wallet_balances_are_entries after insert or update on wallet.wallet_balances
  deferrable initially deferred for each row execute function wallet.check_balance();

-- Makes the wallets of owners who have none yet.
create function wallet.open(ids text[], owner_kinds text[], owner_ids text[], at timestamptz) returns void
  language sql as $$
  insert into wallet.wallets (id, owner_kind, owner_id, created_at)
  select distinct on (o.owner_kind, o.owner_id) o.id, o.owner_kind, o.owner_id, at
  from unnest(ids, owner_kinds, owner_ids) as o (id, owner_kind, owner_id)
  where not exists (select from wallet.wallets w where (w.owner_kind, w.owner_id) = (o.owner_kind, o.owner_id))
  order by o.owner_kind, o.owner_id
  on conflict do nothing;
$$;

-- The one way in which tokens move: transfers in the order given, each from one wallet to another, all or nothing. Balances are locked in one
-- order by everybody, so that transfers that cross cannot wait for each other. Answers each entry of the accounts that keep a balance.
create function wallet.transfer(
  ids text[], kind text, idempotency_keys text[], refs text[], memos text[], sources text[], targets text[], symbols text[], amounts numeric[],
  actor text, at timestamptz)
  returns table (transfer_id text, wallet_id text, owner_kind text, owner_id text, symbol text, amount numeric, balance_after numeric)
  language plpgsql set wallet.moving to 'on' as $$
#variable_conflict use_column
begin
  if exists (select from unnest(amounts, sources, targets) as t (amount, source, target) where t.amount <= 0 or t.source = t.target) then
    raise exception 'a transfer moves something from one wallet to another' using errcode = 'check_violation', constraint = 'wallet_transfers_move';
  end if;

  insert into wallet.wallet_balances (wallet_id, symbol)
  select distinct leg.wallet_id, leg.symbol
  from (select unnest(targets) as wallet_id, unnest(symbols) as symbol union select unnest(sources), unnest(symbols)) as leg
  join wallet.wallets w on w.id = leg.wallet_id and not w.boundless
  where not exists (select from wallet.wallet_balances b where (b.wallet_id, b.symbol) = (leg.wallet_id, leg.symbol))
  order by 1, 2
  on conflict do nothing;

  perform from wallet.wallet_balances b
  where (b.wallet_id, b.symbol) in (select unnest(targets), unnest(symbols) union select unnest(sources), unnest(symbols))
  order by b.wallet_id, b.symbol for update;

  insert into wallet.wallet_transfers (id, kind, idempotency_key, at, actor, ref, memo)
  select t.id, kind, t.key, at, actor, t.ref, t.memo from unnest(ids, idempotency_keys, refs, memos) as t (id, key, ref, memo);

  return query
  with legs as (
    select t.id, t.position, side.side, case side.side when 0 then t.source else t.target end as wallet_id, t.symbol,
           case side.side when 0 then -t.amount else t.amount end as amount
    from unnest(ids, sources, targets, symbols, amounts) with ordinality as t (id, source, target, symbol, amount, position)
    cross join (values (0), (1)) as side (side)),
  placed as (
    select l.*, w.owner_kind, w.owner_id,
           b.available + b.locked + sum(l.amount) over (partition by l.wallet_id, l.symbol order by l.position, l.side) as balance_after
    from legs l
    join wallet.wallets w on w.id = l.wallet_id
    left join wallet.wallet_balances b on (b.wallet_id, b.symbol) = (l.wallet_id, l.symbol)),
  written as (
    insert into wallet.wallet_entries (transfer_id, position, wallet_id, symbol, amount, balance_after)
    select p.id, p.side, p.wallet_id, p.symbol, p.amount, p.balance_after from placed p order by p.position, p.side),
  changed as (
    update wallet.wallet_balances b set available = b.available + net.amount
    from (select p.wallet_id, p.symbol, sum(p.amount) as amount from placed p where p.balance_after is not null group by 1, 2) as net
    where (b.wallet_id, b.symbol) = (net.wallet_id, net.symbol))
  select p.id, p.wallet_id, p.owner_kind, p.owner_id, p.symbol, p.amount, p.balance_after
  from placed p where p.balance_after is not null order by p.position, p.side;
end $$;

-- A transfer above its token's limit: the amount is locked where it is until a second operator decides.
create table wallet.held_transfers (
  id              text collate "C" primary key,
  idempotency_key text collate "C" not null unique,
  status          text collate "C" not null,
  from_wallet_id  text collate "C" not null references wallet.wallets (id),
  from_id         text collate "C" not null,
  to_id           text collate "C" not null,
  symbol          text collate "C" not null references wallet.tokens (symbol),
  amount          numeric(28,9) not null check (amount > 0),
  memo            text,
  requested_by    text collate "C" not null,
  requested_at    timestamptz(3) not null,
  decided_by      text collate "C",
  decided_at      timestamptz(3),
  constraint held_transfers_status check (status in ('pending', 'completed', 'cancelled')),
  constraint held_transfers_decided check ((status = 'pending') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
  constraint held_transfers_four_eyes check (status <> 'completed' or decided_by <> requested_by)
);

create index held_transfers_pending on wallet.held_transfers (id) where status = 'pending';
create index held_transfers_from on wallet.held_transfers (from_id, id);
create index held_transfers_to on wallet.held_transfers (to_id, id);

create function wallet.hold(
  id text, idempotency_key text, source text, from_id text, to_id text, symbol text, amount numeric, memo text, requested_by text, at timestamptz) returns void
  language plpgsql set wallet.moving to 'on' as $$
#variable_conflict use_variable
begin
  update wallet.wallet_balances b set available = b.available - amount, locked = b.locked + amount where b.wallet_id = source and b.symbol = hold.symbol;
  if not found then
    raise exception 'there is not enough' using errcode = 'check_violation', constraint = 'wallet_balances_available';
  end if;
  insert into wallet.held_transfers (id, idempotency_key, status, from_wallet_id, from_id, to_id, symbol, amount, memo, requested_by, requested_at)
  values (id, idempotency_key, 'pending', source, from_id, to_id, symbol, amount, memo, requested_by, at);
end $$;

-- Unlocks the amount of a waiting transfer, once; answers whether it was still waiting.
create function wallet.release(id text, status text, decided_by text, at timestamptz) returns boolean
  language plpgsql set wallet.moving to 'on' as $$
#variable_conflict use_variable
declare
  held wallet.held_transfers;
begin
  update wallet.held_transfers h set status = release.status, decided_by = release.decided_by, decided_at = at
  where h.id = release.id and h.status = 'pending' returning h.* into held;
  if not found then
    return false;
  end if;
  update wallet.wallet_balances b set available = b.available + held.amount, locked = b.locked - held.amount
  where b.wallet_id = held.from_wallet_id and b.symbol = held.symbol;
  return true;
end $$;

create trigger held_transfers_guarded before insert or update on wallet.held_transfers for each statement execute function wallet.refuse_outside_transfer();
create trigger held_transfers_stay before delete on wallet.held_transfers for each row execute function wallet.refuse_change();
