-- Every invariant of the ledger, counted from its rows in one look at them: what is broken (the first of it, by its identifier), of how many.
create function wallet.audit() returns table (name text, broken text, looked_at bigint)
  language plpgsql stable set jit to off as $$
begin
  return query
  select 'no_negative_balance', min(b.wallet_id) filter (where b.available < 0 or b.locked < 0), count(*) from wallet.wallet_balances b;

  return query
  select 'transfers_sum_to_zero', min(t.transfer_id) filter (where t.total <> 0), count(*)
  from (select e.transfer_id, sum(e.amount) as total from wallet.wallet_entries e group by e.transfer_id, e.symbol) as t;

  return query
  select 'transfers_have_two_sides', min(t.id) filter (where t.sides < 2), count(*)
  from (select x.id, count(e.transfer_id) as sides from wallet.wallet_transfers x left join wallet.wallet_entries e on e.transfer_id = x.id group by x.id) as t;

  return query
  select 'tokens_sum_to_zero', min(t.symbol) filter (where t.total <> 0), count(*)
  from (select e.symbol, sum(e.amount) as total from wallet.wallet_entries e group by e.symbol) as t;

  return query
  select 'balances_are_sums_of_entries', min(t.wallet_id) filter (where t.held <> t.total), count(*)
  from (
    select coalesce(b.wallet_id, e.wallet_id) as wallet_id, coalesce(b.available + b.locked, 0) as held, coalesce(e.total, 0) as total
    from wallet.wallet_balances b
    full join (
      select x.wallet_id, x.symbol, sum(x.amount) as total
      from wallet.wallet_entries x join wallet.wallets w on w.id = x.wallet_id and not w.boundless group by x.wallet_id, x.symbol) as e
      on (e.wallet_id, e.symbol) = (b.wallet_id, b.symbol)) as t;

  return query
  select 'entries_continue', min(t.transfer_id) filter (where t.balance_after <> t.running), count(*)
  from (
    select e.transfer_id, e.balance_after, sum(e.amount) over (partition by e.wallet_id, e.symbol order by e.sequence) as running
    from wallet.wallet_entries e join wallet.wallets w on w.id = e.wallet_id and not w.boundless) as t;

  return query
  select 'locked_is_held', min(t.wallet_id) filter (where t.locked <> t.held), count(*)
  from (
    select coalesce(b.wallet_id, h.wallet_id) as wallet_id, coalesce(b.locked, 0) as locked, coalesce(h.held, 0) as held
    from wallet.wallet_balances b
    full join (
      select x.from_wallet_id as wallet_id, x.symbol, sum(x.amount) as held from wallet.held_transfers x where x.status = 'pending' group by 1, 2) as h
      on (h.wallet_id, h.symbol) = (b.wallet_id, b.symbol)) as t;

  return query
  select 'payouts_claimed_once', min(t.id) filter (where t.matches is not true), count(*)
  from (
    select coalesce(p.id, x.ref, x.id) as id,
           p.id is not null and x.id is not null and x.ref = p.id and x.idempotency_key = 'payout:' || p.id and e.amount = p.amount and e.symbol = p.symbol
             and (w.owner_kind, w.owner_id) = (p.beneficiary_kind, p.beneficiary_id) as matches
    from (select * from wallet.payouts where status = 'claimed') as p
    full join (select * from wallet.wallet_transfers where kind = 'payout') as x on x.id = p.transaction_id
    left join wallet.wallet_entries e on e.transfer_id = x.id and e.position = 1
    left join wallet.wallets w on w.id = e.wallet_id) as t;

  return query
  select 'claimed_is_minted', min(t.symbol) filter (where t.claimed <> t.minted), count(*)
  from (
    select k.symbol,
           coalesce((select sum(p.amount) from wallet.payouts p where p.status = 'claimed' and p.symbol = k.symbol), 0) as claimed,
           coalesce((
             select -sum(e.amount) from wallet.wallet_entries e
             join wallet.wallets w on w.id = e.wallet_id and w.owner_kind = 'city' and w.owner_id = 'mint:' || k.symbol
             join wallet.wallet_transfers x on x.id = e.transfer_id and x.kind = 'payout'), 0) as minted
    from wallet.tokens k) as t;

  return query
  select 'payouts_are_unique', min(t.rwa_ref) filter (where t.times > 1), coalesce(sum(t.times), 0)::bigint
  from (select p.rwa_ref, count(*) as times from wallet.payouts p group by p.rwa_ref, p.rule) as t;

  return query
  select 'reward_days_are_payouts', min(t.team_id) filter (where t.paid <> t.sum_paid or t.unpaid <> t.sum_unpaid), count(*)
  from (
    select coalesce(d.team_id, p.team_id, c.team_id) as team_id, coalesce(d.paid, 0) as paid, coalesce(p.paid, 0) as sum_paid,
           coalesce(d.unpaid, 0) as unpaid, coalesce(c.unpaid, 0) as sum_unpaid
    from (select x.team_id, x.day, sum(x.paid) as paid, sum(x.unpaid) as unpaid from wallet.reward_days x group by 1, 2) as d
    full join (
      select x.team_id, (x.reading_ts at time zone 'utc')::date as day, sum(x.amount) as paid from wallet.payouts x where x.status <> 'cancelled' group by 1, 2) as p
      on (p.team_id, p.day) = (d.team_id, d.day)
    full join (select x.team_id, x.day, sum(x.amount) as unpaid from wallet.reward_cuts x group by 1, 2) as c on (c.team_id, c.day) = (d.team_id, d.day)) as t;
end $$;

-- Each token: what came, what ended, what all owners have together, what of it is locked, what payouts not claimed yet would add.
create function wallet.totals() returns table (symbol text, minted numeric, burned numeric, held numeric, locked numeric, unclaimed numeric)
  language sql stable set jit to off as $$
  select k.symbol,
         coalesce(-sum(e.total) filter (where w.owner_id like 'mint:%'), 0),
         coalesce(sum(e.total) filter (where w.owner_id like 'burn:%'), 0),
         coalesce((select sum(b.available + b.locked) from wallet.wallet_balances b where b.symbol = k.symbol), 0),
         coalesce((select sum(b.locked) from wallet.wallet_balances b where b.symbol = k.symbol), 0),
         coalesce((select sum(p.amount) from wallet.payouts p where p.symbol = k.symbol and p.status in ('generated', 'review')), 0)
  from wallet.tokens k
  left join wallet.wallets w on w.boundless
  left join lateral (select sum(x.amount) as total from wallet.wallet_entries x where x.wallet_id = w.id and x.symbol = k.symbol) as e on true
  group by k.symbol
  order by k.symbol;
$$;
