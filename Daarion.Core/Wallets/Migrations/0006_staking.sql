-- RINGK that an owner locks for a team: it stays theirs, in `locked`, until it is unlocked, which nobody can before its day.
create table wallet.staking_ringk (
  id          text collate "C" primary key,
  wallet_id   text collate "C" not null references wallet.wallets (id),
  owner_id    text collate "C" not null,
  team_id     text collate "C" not null,
  amount      numeric(28,9) not null check (amount > 0),
  locked_by   text collate "C" not null,
  locked_at   timestamptz(3) not null,
  lock_until  timestamptz(3) not null,
  unlocked_by text collate "C",
  unlocked_at timestamptz(3),
  constraint staking_ringk_time check (lock_until >= locked_at + interval '7 days'),
  constraint staking_ringk_unlocked check ((unlocked_at is null) = (unlocked_by is null) and (unlocked_at is null or unlocked_at >= lock_until))
);

create index staking_ringk_team on wallet.staking_ringk (team_id, id);
create index staking_ringk_owner on wallet.staking_ringk (owner_id, id);
create index staking_ringk_locked on wallet.staking_ringk (wallet_id) where unlocked_at is null;

create trigger staking_ringk_guarded before insert or update on wallet.staking_ringk for each statement execute function wallet.refuse_outside_transfer();
create trigger staking_ringk_stay before delete on wallet.staking_ringk for each row execute function wallet.refuse_change();
create trigger staking_ringk_no_truncate before truncate on wallet.staking_ringk for each statement execute function wallet.refuse_change();

-- Locks an amount for a team; answers what is locked for it now. Stakes of one team are made and ended one after the other, so that the sums that are
-- told follow one another as they came about.
create function wallet.stake(p_id text, p_wallet text, p_owner text, p_team text, p_amount numeric, p_by text, p_at timestamptz, p_until timestamptz) returns numeric
  language plpgsql set wallet.moving to 'on' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('wallet.stake:' || p_team, 0));
  update wallet.wallet_balances b set available = b.available - p_amount, locked = b.locked + p_amount where b.wallet_id = p_wallet and b.symbol = 'RINGK';
  if not found then
    raise exception 'there is not enough' using errcode = 'check_violation', constraint = 'wallet_balances_available';
  end if;
  insert into wallet.staking_ringk (id, wallet_id, owner_id, team_id, amount, locked_by, locked_at, lock_until) values (p_id, p_wallet, p_owner, p_team, p_amount, p_by, p_at, p_until);
  return (select sum(s.amount) from wallet.staking_ringk s where s.team_id = p_team and s.unlocked_at is null);
end $$;

-- Unlocks a stake whose day has come, once; answers what is locked for its team now, or nothing where it was unlocked already.
create function wallet.unstake(p_id text, p_by text, p_at timestamptz) returns numeric
  language plpgsql set wallet.moving to 'on' as $$
declare
  stake wallet.staking_ringk;
begin
  perform pg_advisory_xact_lock(hashtextextended('wallet.stake:' || (select s.team_id from wallet.staking_ringk s where s.id = p_id), 0));
  update wallet.staking_ringk s set unlocked_at = p_at, unlocked_by = p_by where s.id = p_id and s.unlocked_at is null returning s.* into stake;
  if not found then
    return null;
  end if;
  update wallet.wallet_balances b set available = b.available + stake.amount, locked = b.locked - stake.amount where b.wallet_id = stake.wallet_id and b.symbol = 'RINGK';
  return coalesce((select sum(s.amount) from wallet.staking_ringk s where s.team_id = stake.team_id and s.unlocked_at is null), 0);
end $$;

create or replace function wallet.audit() returns table (name text, broken text, looked_at bigint)
  language plpgsql stable set jit to off as $$
begin
  return query select a.name, a.broken, a.looked_at from wallet.audit_sums() as a where a.name <> 'locked_is_held';

  return query
  select 'locked_is_held', min(t.wallet_id) filter (where t.locked <> t.held), count(*)
  from (
    select coalesce(b.wallet_id, h.wallet_id) as wallet_id, coalesce(b.locked, 0) as locked, coalesce(h.held, 0) as held
    from wallet.wallet_balances b
    full join (
      select l.wallet_id, l.symbol, sum(l.amount) as held
      from (
        select x.from_wallet_id as wallet_id, x.symbol, x.amount from wallet.held_transfers x join wallet.wallets w on w.id = x.from_wallet_id and not w.boundless where x.status = 'pending'
        union all
        select s.wallet_id, 'RINGK', s.amount from wallet.staking_ringk s where s.unlocked_at is null) as l
      group by 1, 2) as h
      on (h.wallet_id, h.symbol) = (b.wallet_id, b.symbol)) as t;

  return query select a.name, a.broken, a.looked_at from wallet.audit_chains() as a;
end $$;
