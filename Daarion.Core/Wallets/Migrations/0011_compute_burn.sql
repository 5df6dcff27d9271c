create index wallet_transfers_at on wallet.wallet_transfers (at);

-- Compute that a team has used ends its 1T: as much as is there at once, the rest when something comes.
alter table wallet.wallet_transfers drop constraint wallet_transfers_kind;
alter table wallet.wallet_transfers add constraint wallet_transfers_kind check (kind in ('payout', 'transfer', 'conversion', 'reversal', 'withdrawal', 'usage'));

create table wallet.compute_owed (
  owner_id text collate "C" primary key,
  used     numeric(28,9) not null default 0 check (used >= 0),
  burned   numeric(28,9) not null default 0 check (burned >= 0),
  at       timestamptz(3) not null,
  constraint compute_owed_burned check (burned <= used)
);

create trigger compute_owed_stay before delete on wallet.compute_owed for each row execute function wallet.refuse_change();

-- Adds what owners have used and ends what they owe and have; answers each entry of the accounts that keep a balance. Owners are taken in one order by all.
create function wallet.burn_compute(p_owners text[], p_used numeric[], p_ids text[], p_refs text[], p_actor text, p_at timestamptz)
  returns table (transfer_id text, wallet_id text, owner_kind text, owner_id text, symbol text, amount numeric, balance_after numeric)
  language plpgsql set wallet.moving to 'on' as $$
#variable_conflict use_column
declare
  r    record;
  owed numeric;
  ends numeric;
begin
  for r in
    select u.owner, u.used, u.id, u.ref, w.id as wallet
    from unnest(p_owners, p_used, p_ids, p_refs) as u (owner, used, id, ref)
    left join wallet.wallets w on w.owner_kind = 'team' and w.owner_id = u.owner order by u.owner
  loop
    insert into wallet.compute_owed as o (owner_id, used, at) values (r.owner, greatest(r.used, 0), p_at)
    on conflict (owner_id) do update set used = greatest(o.used + r.used, o.burned), at = p_at returning o.used - o.burned into owed;
    continue when owed <= 0 or r.wallet is null;

    select least(b.available, owed) into ends from wallet.wallet_balances b where b.wallet_id = r.wallet and b.symbol = '1T' for update;
    continue when ends is null or ends <= 0;

    update wallet.compute_owed o set burned = o.burned + ends where o.owner_id = r.owner;
    return query
    select t.* from wallet.transfer(
      array[r.id], 'usage', array['usage:' || r.id], array[r.ref], array[null]::text[], array[r.wallet],
      array[(select w.id from wallet.wallets w where w.owner_kind = 'city' and w.owner_id = 'burn:1T')], array['1T'], array[ends], p_actor, p_at) as t;
  end loop;
end $$;
