-- What a team's multiplier goes by, added up without a look at what was unlocked long ago.
create index staking_ringk_now on wallet.staking_ringk (team_id) include (amount) where unlocked_at is null;

-- The same invariants, checked for all rows of a statement at once instead of one by one: a transfer is written whole by one statement or not at all. That its
-- entries sum to zero is checked once more at the commit. Nothing leaves the tables of the ledger, so a transaction that is there when its entries are
-- written stays there: what the foreign key looked up and locked row by row.
create function wallet.check_entries() returns trigger
  language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  wrong text;
begin
  select f.transfer_id into wrong from fresh f
  group by f.transfer_id having count(*) <> 2 or min(f.symbol) <> max(f.symbol) or sum(f.amount) <> 0 or min(f.position) <> 0 or max(f.position) <> 1 limit 1;
  if found then
    raise exception 'the entries of % are not two that sum to zero', wrong using errcode = 'check_violation', constraint = 'wallet_entries_sum_to_zero';
  end if;

  select f.transfer_id into wrong from fresh f where f.position = 0 and not exists (select from wallet.wallet_transfers t where t.id = f.transfer_id) limit 1;
  if found then
    raise exception 'there is no transaction %', wrong using errcode = 'foreign_key_violation', constraint = 'wallet_entries_transfer_id_fkey';
  end if;
  return null;
end $$;

create or replace function wallet.check_transfer() returns trigger
  language plpgsql as $$
begin
  perform from wallet.wallet_entries e where e.transfer_id = new.transfer_id and e.position = 1 and e.symbol = new.symbol and e.amount = -new.amount;
  if not found then
    raise exception 'the entries of % do not sum to zero', new.transfer_id using errcode = 'check_violation', constraint = 'wallet_entries_sum_to_zero';
  end if;
  return null;
end $$;

alter table wallet.wallet_entries drop constraint wallet_entries_transfer_id_fkey;
drop trigger wallet_entries_sum_to_zero on wallet.wallet_entries;
create constraint trigger wallet_entries_sum_to_zero after insert on wallet.wallet_entries
  deferrable initially deferred for each row when (new.position = 0) execute function wallet.check_transfer();
create trigger wallet_entries_whole after insert on wallet.wallet_entries
  referencing new table as fresh for each statement execute function wallet.check_entries();

create function wallet.check_balances() returns trigger
  language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  wrong text;
begin
  select f.wallet_id into wrong from fresh f
  left join lateral (
    select e.balance_after from wallet.wallet_entries e where e.wallet_id = f.wallet_id and e.symbol = f.symbol order by e.sequence desc limit 1) as last on true
  where f.available + f.locked <> coalesce(last.balance_after, 0) limit 1;
  if found then
    raise exception 'the balance of % does not stand where its entries end', wrong using errcode = 'check_violation', constraint = 'wallet_balances_are_entries';
  end if;
  return null;
end $$;

drop trigger wallet_balances_are_entries on wallet.wallet_balances;
drop function wallet.check_balance();
create trigger wallet_balances_are_entries after update on wallet.wallet_balances
  referencing new table as fresh for each statement execute function wallet.check_balances();
create trigger wallet_balances_begin after insert on wallet.wallet_balances
  referencing new table as fresh for each statement execute function wallet.check_balances();
