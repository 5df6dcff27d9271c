-- Each entry carries a hash over itself and over the entry before it of the same wallet and token; the last one stands in the balance. A row that is
-- changed, left out or put in between, by whatever means, breaks the chain there. Entries of accounts without a balance have a hash of their own only.
alter table wallet.wallet_entries add column hash bytea;
alter table wallet.wallet_balances add column head bytea;

create function wallet.entry_hash(previous bytea, transfer_id text, place smallint, wallet_id text, symbol text, amount numeric, balance_after numeric) returns bytea
  language sql immutable as $$
  select sha256(coalesce(previous, ''::bytea) || convert_to(
    transfer_id || '|' || place || '|' || wallet_id || '|' || symbol || '|' || amount::numeric(28,9) || '|' || coalesce((balance_after::numeric(28,9))::text, ''), 'UTF8'))
$$;

do $$
declare
  e      record;
  wallet text;
  token  text;
  last   bytea;
begin
  alter table wallet.wallet_entries disable trigger user;
  alter table wallet.wallet_balances disable trigger user;
  for e in
    select x.transfer_id, x.position, x.wallet_id, x.symbol, x.amount, x.balance_after from wallet.wallet_entries x order by x.wallet_id, x.symbol, x.sequence
  loop
    if e.wallet_id is distinct from wallet or e.symbol is distinct from token or e.balance_after is null then
      last := null;
    end if;
    wallet := e.wallet_id;
    token := e.symbol;
    last := wallet.entry_hash(last, e.transfer_id, e.position, e.wallet_id, e.symbol, e.amount, e.balance_after);
    update wallet.wallet_entries x set hash = last where (x.transfer_id, x.position) = (e.transfer_id, e.position);
    update wallet.wallet_balances b set head = last where (b.wallet_id, b.symbol) = (e.wallet_id, e.symbol);
  end loop;
  alter table wallet.wallet_entries enable trigger user;
  alter table wallet.wallet_balances enable trigger user;
end $$;

alter table wallet.wallet_entries alter column hash set not null, add constraint wallet_entries_hash check (octet_length(hash) = 32);

-- The one way in which tokens move: transfers in the order given, each from one wallet to another, each with its own outcome:
--   done          it moved
--   repeated      its key moved the same before: `transfer_id` says which it was, here or among those that wait for a second operator
--   mismatch      its key moved something else before
--   insufficient  there was not enough at its turn
-- A bad one leaves its neighbours as they are. Balances are locked and read once, in one order by everybody, so that transfers that cross cannot wait
-- for each other, and written once. Keys are looked up where asked. Answers each side of each transfer that moved or would have; one row for the others.
create function wallet.book(
  p_ids text[], p_kinds text[], p_keys text[], p_look boolean[], p_refs text[], p_memos text[], p_sources text[], p_targets text[], p_symbols text[], p_amounts numeric[],
  p_actors text[], p_ats timestamptz[])
  returns table (place integer, outcome text, transfer_id text, side smallint, wallet_id text, symbol text, amount numeric, balance_after numeric)
  language plpgsql
  set wallet.moving to 'on' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  as $$
#variable_conflict use_variable
declare
  n          constant integer := cardinality(p_ids);
  tids       tid[];
  wallets    text[];
  tokens     text[];
  available  numeric[];
  totals     numeric[];
  heads      bytea[];
  moved      boolean[];
  source_of  integer[];
  target_of  integer[];
  missing    boolean;
  outcomes   text[] := array_fill(null::text, array[n]);
  earlier    text[] := array_fill(null::text, array[n]);
  again      integer[] := array_fill(null::integer, array[n]);
  entry_ids       text[] := '{}';
  entry_sides     smallint[] := '{}';
  entry_wallets   text[] := '{}';
  entry_symbols   text[] := '{}';
  entry_amounts   numeric[] := '{}';
  entry_balances  numeric[] := '{}';
  entry_hashes    bytea[] := '{}';
  account    integer;
  written    integer;
  r          record;
begin
  if exists (select from unnest(p_amounts, p_sources, p_targets) as t (amount, source, target) where t.amount <= 0 or t.source = t.target) then
    raise exception 'a transfer moves something from one wallet to another' using errcode = 'check_violation', constraint = 'wallet_transfers_move';
  end if;

  loop
    select array_agg(l.counter), array_agg(l.wallet_id), array_agg(l.symbol), array_agg(l.available), array_agg(l.available + l.locked), array_agg(l.head)
    into tids, wallets, tokens, available, totals, heads
    from (
      select b.ctid as counter, b.wallet_id, b.symbol, b.available, b.locked, b.head from wallet.wallet_balances b
      join (select unnest(p_sources) as wallet_id, unnest(p_symbols) as symbol union select unnest(p_targets), unnest(p_symbols)) as leg
        on (b.wallet_id, b.symbol) = (leg.wallet_id, leg.symbol)
      order by b.wallet_id, b.symbol for update of b) as l;

    -- Where each side's balance stands in the arrays; nothing for accounts that keep none.
    source_of := array_fill(null::integer, array[n]);
    target_of := array_fill(null::integer, array[n]);
    missing := false;
    for r in
      select t.place, t.target_side, a.account, w.boundless
      from (
        select t.place, false as target_side, t.source as wallet_id, t.symbol from unnest(p_sources, p_symbols) with ordinality as t (source, symbol, place)
        union all
        select t.place, true, t.target, t.symbol from unnest(p_targets, p_symbols) with ordinality as t (target, symbol, place)) as t
      left join unnest(wallets, tokens) with ordinality as a (wallet_id, symbol, account) on (a.wallet_id, a.symbol) = (t.wallet_id, t.symbol)
      left join wallet.wallets w on a.account is null and w.id = t.wallet_id
    loop
      if r.account is null and r.boundless is null then
        raise exception 'there is no such wallet' using errcode = 'foreign_key_violation', constraint = 'wallet_balances_wallet_id_fkey';
      end if;
      missing := missing or r.account is null and not r.boundless;
      if r.target_side then
        target_of[r.place] := r.account;
      else
        source_of[r.place] := r.account;
      end if;
    end loop;
    exit when not missing;

    insert into wallet.wallet_balances (wallet_id, symbol)
    select leg.wallet_id, leg.symbol
    from (select unnest(p_sources) as wallet_id, unnest(p_symbols) as symbol union select unnest(p_targets), unnest(p_symbols)) as leg
    join wallet.wallets w on w.id = leg.wallet_id and not w.boundless
    where not exists (select from wallet.wallet_balances b where (b.wallet_id, b.symbol) = (leg.wallet_id, leg.symbol))
    order by 1, 2
    on conflict do nothing;
  end loop;
  moved := array_fill(false, array[greatest(cardinality(tids), 1)]);

  -- What a key moved before, and the first in this group that bears it. Looked at under the locks: whoever moved with it holds them until its commit.
  for r in
    select k.place, coalesce(x.id, h.id) as id,
           case when x.id is not null then exists (
                  select from wallet.wallet_entries s join wallet.wallet_entries t on t.transfer_id = s.transfer_id
                  where s.transfer_id = x.id and s.wallet_id = k.source and t.wallet_id = k.target and t.symbol = k.symbol and t.amount = k.amount and s.amount = -k.amount)
                when h.id is not null then h.from_wallet_id = k.source and h.to_id = w.owner_id and h.symbol = k.symbol and h.amount = k.amount end as same,
           k.first
    from (
      select u.*, min(u.place) over (partition by u.key) as first
      from unnest(p_keys, p_sources, p_targets, p_symbols, p_amounts, p_look) with ordinality as u (key, source, target, symbol, amount, look, place)) as k
    left join wallet.wallet_transfers x on k.look and x.idempotency_key = k.key
    left join wallet.held_transfers h on k.look and h.idempotency_key = k.key
    left join wallet.wallets w on h.id is not null and w.id = k.target
    where k.look or k.first < k.place
  loop
    if r.id is not null then
      outcomes[r.place] := case when r.same then 'repeated' else 'mismatch' end;
      earlier[r.place] := r.id;
    elsif r.first < r.place then
      again[r.place] := r.first;
    end if;
  end loop;

  for i in 1 .. n loop
    -- The same key twice in a group: what the first of them came to.
    if outcomes[i] is null and again[i] is not null and outcomes[again[i]] = 'done' then
      outcomes[i] := case when (p_sources[i], p_targets[i], p_symbols[i], p_amounts[i]) = (p_sources[again[i]], p_targets[again[i]], p_symbols[again[i]], p_amounts[again[i]])
                          then 'repeated' else 'mismatch' end;
      earlier[i] := p_ids[again[i]];
    end if;
    if outcomes[i] is null and source_of[i] is not null and available[source_of[i]] < p_amounts[i] then
      outcomes[i] := 'insufficient';
    end if;

    place := i;
    symbol := p_symbols[i];
    if outcomes[i] is not null then
      outcome := outcomes[i];
      transfer_id := earlier[i];
      side := null;
      wallet_id := null;
      amount := null;
      balance_after := null;
      return next;
      continue;
    end if;

    outcomes[i] := 'done';
    outcome := 'done';
    transfer_id := p_ids[i];
    for s in 0 .. 1 loop
      side := s;
      account := case s when 0 then source_of[i] else target_of[i] end;
      wallet_id := case s when 0 then p_sources[i] else p_targets[i] end;
      amount := case s when 0 then -p_amounts[i] else p_amounts[i] end;
      balance_after := null;
      if account is not null then
        available[account] := available[account] + amount;
        totals[account] := totals[account] + amount;
        balance_after := totals[account];
        heads[account] := wallet.entry_hash(heads[account], transfer_id, side, wallet_id, symbol, amount, balance_after);
        moved[account] := true;
        entry_hashes := entry_hashes || heads[account];
      else
        entry_hashes := entry_hashes || wallet.entry_hash(null, transfer_id, side, wallet_id, symbol, amount, null);
      end if;
      entry_ids := entry_ids || transfer_id;
      entry_sides := entry_sides || side;
      entry_wallets := entry_wallets || wallet_id;
      entry_symbols := entry_symbols || symbol;
      entry_amounts := entry_amounts || amount;
      entry_balances := array_append(entry_balances, balance_after);
      return next;
    end loop;
  end loop;

  if cardinality(entry_ids) = 0 then
    return;
  end if;

  insert into wallet.wallet_transfers (id, kind, idempotency_key, at, actor, ref, memo)
  select t.id, t.kind, t.key, t.at, t.actor, t.ref, t.memo
  from unnest(p_ids, p_kinds, p_keys, p_ats, p_actors, p_refs, p_memos, outcomes) with ordinality as t (id, kind, key, at, actor, ref, memo, outcome, place)
  where t.outcome = 'done' order by t.place;

  insert into wallet.wallet_entries (transfer_id, position, wallet_id, symbol, amount, balance_after, hash)
  select e.id, e.side, e.wallet_id, e.symbol, e.amount, e.balance_after, e.hash
  from unnest(entry_ids, entry_sides, entry_wallets, entry_symbols, entry_amounts, entry_balances, entry_hashes) with ordinality
    as e (id, side, wallet_id, symbol, amount, balance_after, hash, place)
  order by e.place;

  update wallet.wallet_balances b set available = a.available, head = a.head
  from unnest(tids, available, heads, moved) as a (counter, available, head, moved) where a.moved and b.ctid = a.counter;
  get diagnostics written = row_count;
  if written <> (select count(*) from unnest(moved) as m where m) then
    raise exception 'a locked balance has moved' using errcode = 'serialization_failure';
  end if;
end $$;

-- Transfers of one kind by one actor, all or nothing; answers each entry of the accounts that keep a balance.
create or replace function wallet.transfer(
  ids text[], kind text, idempotency_keys text[], refs text[], memos text[], sources text[], targets text[], symbols text[], amounts numeric[],
  actor text, at timestamptz)
  returns table (transfer_id text, wallet_id text, owner_kind text, owner_id text, symbol text, amount numeric, balance_after numeric)
  language plpgsql set wallet.moving to 'on' as $$
#variable_conflict use_variable
declare
  r record;
begin
  for r in
    select b.*, w.owner_kind, w.owner_id
    from wallet.book(
      ids, array_fill(kind, array[cardinality(ids)]), idempotency_keys, array_fill(false, array[cardinality(ids)]), refs, memos, sources, targets, symbols, amounts,
      array_fill(actor, array[cardinality(ids)]), array_fill(at, array[cardinality(ids)])) as b
    left join wallet.wallets w on w.id = b.wallet_id
  loop
    if r.outcome = 'insufficient' then
      raise exception 'there is not enough' using errcode = 'check_violation', constraint = 'wallet_balances_available';
    elsif r.outcome <> 'done' then
      raise exception 'this key was used already' using errcode = 'unique_violation', constraint = 'wallet_transfers_once';
    end if;
    continue when r.balance_after is null;
    transfer_id := r.transfer_id;
    wallet_id := r.wallet_id;
    owner_kind := r.owner_kind;
    owner_id := r.owner_id;
    symbol := r.symbol;
    amount := r.amount;
    balance_after := r.balance_after;
    return next;
  end loop;
end $$;

-- A group of transfers that arrived together, each with its own outcome, and the events of those that moved. The event of a side is given with a balance
-- of zero, which is replaced by what there is after it.
create function wallet.post(
  p_ids text[], p_keys text[], p_look boolean[], p_memos text[], p_sources text[], p_targets text[], p_symbols text[], p_amounts numeric[], p_actors text[], p_ats timestamptz[],
  e_places integer[], e_sides smallint[], e_ids text[], e_streams text[], e_topics text[], e_keys text[], e_payloads text[], e_traces text[])
  returns table (place integer, outcome text, transfer_id text)
  language plpgsql set wallet.moving to 'on' as $$
#variable_conflict use_variable
declare
  places   integer[] := '{}';
  outcomes text[] := '{}';
  ids      text[] := '{}';
  sides    text[];
begin
  select array_agg(b.place order by b.place) filter (where b.side is null or b.side = 0),
         array_agg(b.outcome order by b.place) filter (where b.side is null or b.side = 0),
         array_agg(b.transfer_id order by b.place) filter (where b.side is null or b.side = 0),
         array_agg(b.balance_after::numeric(28,9)::text order by b.place, b.side) filter (where b.side is not null)
  into places, outcomes, ids, sides
  from wallet.book(
    p_ids, array_fill('transfer'::text, array[cardinality(p_ids)]), p_keys, p_look, array_fill(null::text, array[cardinality(p_ids)]), p_memos, p_sources, p_targets, p_symbols,
    p_amounts, p_actors, p_ats) as b;

  if sides is not null then
    perform outbox.append(
      array_agg(e.id order by e.nr), array_agg(e.stream order by e.nr), array_agg(e.topic order by e.nr), array_agg(e.key order by e.nr),
      array_agg((case when e.side is null then e.payload else replace(e.payload, '"balance":"0.000000000"', '"balance":"' || sides[d.turn * 2 - 1 + e.side] || '"') end)::json order by e.nr),
      array_agg(e.trace order by e.nr))
    from unnest(e_places, e_sides, e_ids, e_streams, e_topics, e_keys, e_payloads, e_traces) with ordinality as e (place, side, id, stream, topic, key, payload, trace, nr)
    join (
      select o.place, row_number() over (order by o.place) as turn from unnest(places, outcomes) as o (place, outcome) where o.outcome = 'done') as d on d.place = e.place;
  end if;

  return query select o.place, o.outcome, o.id from unnest(places, outcomes, ids) as o (place, outcome, id);
end $$;

alter function wallet.audit() rename to audit_sums;

-- The chains of hashes, computed anew.
create function wallet.audit_chains() returns table (name text, broken text, looked_at bigint)
  language plpgsql stable set jit to off as $$
begin
  return query
  select 'entries_are_chained', (array_agg(t.transfer_id order by t.sequence) filter (where t.hash <> t.hash_again))[1], count(*)
  from (
    select e.transfer_id, e.sequence, e.hash,
           wallet.entry_hash(
             case when e.balance_after is not null then lag(e.hash) over (partition by e.wallet_id, e.symbol order by e.sequence) end,
             e.transfer_id, e.position, e.wallet_id, e.symbol, e.amount, e.balance_after) as hash_again
    from wallet.wallet_entries e) as t;

  return query
  select 'chains_end_in_balances', min(b.wallet_id) filter (where b.head is distinct from e.hash), count(*)
  from wallet.wallet_balances b
  left join lateral (
    select x.hash from wallet.wallet_entries x where x.wallet_id = b.wallet_id and x.symbol = b.symbol order by x.sequence desc limit 1) as e on true;
end $$;

-- Every invariant of the ledger, counted from its rows in one look at them, the chains of hashes with them.
create function wallet.audit() returns table (name text, broken text, looked_at bigint)
  language sql stable as $$
  select * from wallet.audit_sums() union all select * from wallet.audit_chains();
$$;

-- How far the ledger has been looked through in passing.
create table wallet.audit_mark (
  one      boolean primary key default true check (one),
  sequence bigint not null default 0,
  at       timestamptz(3) not null default now()
);

insert into wallet.audit_mark default values;

-- Looks through the entries that came since it was last asked, up to a moment that is past for everybody: each continues its chain and its balance, and each
-- of their transfers sums to zero. Moves on in any case: what is broken is told once here, and by every audit of the whole. Nothing where somebody else is looking.
create function wallet.audit_in_passing(p_until timestamptz, p_at timestamptz) returns table (name text, broken text, looked_at bigint)
  language plpgsql as $$
declare
  since bigint;
  until bigint;
begin
  select m.sequence into since from wallet.audit_mark m for update skip locked;
  if not found then
    return;
  end if;
  select coalesce(max(e.sequence), since) into until
  from wallet.wallet_entries e join wallet.wallet_transfers t on t.id = e.transfer_id where e.sequence > since and t.at <= p_until;

  return query
  with fresh as materialized (
    select e.*, before.hash as previous, before.balance_after as stood
    from wallet.wallet_entries e
    left join lateral (
      select x.hash, x.balance_after from wallet.wallet_entries x
      where x.wallet_id = e.wallet_id and x.symbol = e.symbol and x.sequence < e.sequence order by x.sequence desc limit 1) as before on e.balance_after is not null
    where e.sequence > since and e.sequence <= until)
  select 'entries_are_chained', (array_agg(f.transfer_id order by f.sequence) filter (
           where f.hash <> wallet.entry_hash(f.previous, f.transfer_id, f.position, f.wallet_id, f.symbol, f.amount, f.balance_after)))[1], count(*) from fresh f
  union all
  select 'entries_continue', (array_agg(f.transfer_id order by f.sequence) filter (where f.balance_after <> coalesce(f.stood, 0) + f.amount))[1], count(*) from fresh f
  union all
  select 'transfers_sum_to_zero', min(s.transfer_id) filter (where s.total <> 0), count(*)
  from (
    select e.transfer_id, sum(e.amount) as total from wallet.wallet_entries e where e.transfer_id in (select f.transfer_id from fresh f) group by e.transfer_id, e.symbol) s;
  update wallet.audit_mark m set sequence = until, at = p_at;
end $$;
