alter table wallet.wallet_transfers drop constraint wallet_transfers_kind;
alter table wallet.wallet_transfers add constraint wallet_transfers_kind check (kind in ('payout', 'transfer', 'conversion', 'reversal', 'withdrawal'));

-- What is out on the chain stands here: the ledger's tokens and the chain's are never counted twice.
insert into wallet.wallets (id, owner_kind, owner_id, created_at) values
  ('w_0000000000000000000000000b', 'city', 'chain:KWT', now()),
  ('w_0000000000000000000000000c', 'city', 'chain:1T', now()),
  ('w_0000000000000000000000000d', 'city', 'chain:RINGK', now()),
  ('w_0000000000000000000000000e', 'city', 'chain:DAARION', now());

-- Addresses of owners on the chain; one is used once its owner has shown, by a signature, that it is theirs.
create table wallet.addresses (
  id          text collate "C" primary key,
  owner_id    text collate "C" not null,
  address     text collate "C" not null,
  label       text not null,
  challenge   text not null,
  expires_at  timestamptz(3) not null,
  proven_at   timestamptz(3),
  proven_by   text collate "C",
  payouts     boolean not null default false,
  created_at  timestamptz(3) not null,
  created_by  text collate "C" not null,
  removed_at  timestamptz(3),
  constraint addresses_proven check ((proven_at is null) = (proven_by is null) and (not payouts or (proven_at is not null and removed_at is null)))
);

create unique index addresses_once on wallet.addresses (owner_id, address) where removed_at is null;
create unique index addresses_payouts on wallet.addresses (owner_id) where payouts;

-- A transaction on the chain and how far it is. Its bytes are kept before they are sent, so that after any crash the very same bytes are sent again.
create table wallet.chain_transactions (
  id            text collate "C" primary key,
  kind          text collate "C" not null check (kind in ('payout', 'withdrawal')),
  state         text collate "C" not null check (state in ('pending', 'queued', 'signed', 'sent', 'confirmed', 'failed', 'cancelled')),
  owner_id      text collate "C" not null,
  wallet_id     text collate "C" not null references wallet.wallets (id),
  symbol        text collate "C" not null references wallet.tokens (symbol),
  amount        numeric(28,9) not null check (amount > 0),
  payout_id     text collate "C" references wallet.payouts (id),
  address       text collate "C" not null,
  token         text collate "C" not null,
  requested_by  text collate "C" not null,
  requested_at  timestamptz(3) not null,
  approved_by   text collate "C",
  chain_id      bigint,
  signer        text collate "C",
  nonce         bigint,
  raw           bytea,
  hash          text collate "C",
  sent_at       timestamptz(3),
  sendings      integer not null default 0,
  block_number  bigint,
  block_hash    text collate "C",
  confirmations integer not null default 0,
  reason        text,
  settled_at    timestamptz(3),
  transfer_id   text collate "C",
  trace_id      text collate "C",
  constraint chain_transactions_payout check ((kind = 'payout') = (payout_id is not null)),
  constraint chain_transactions_signed check ((state in ('pending', 'queued')) <= (raw is null) and (state in ('signed', 'sent', 'confirmed')) <= (raw is not null and hash is not null and nonce is not null)),
  constraint chain_transactions_settled check ((state in ('confirmed', 'failed', 'cancelled')) = (settled_at is not null) and (state = 'confirmed') = (transfer_id is not null)),
  constraint chain_transactions_four_eyes check (approved_by is null or approved_by <> requested_by)
);

-- A nonce is spent once, whatever becomes of its transaction.
create unique index chain_transactions_nonce on wallet.chain_transactions (chain_id, signer, nonce) where nonce is not null and state <> 'failed';
create unique index chain_transactions_hash on wallet.chain_transactions (hash) where hash is not null;
create unique index chain_transactions_payout_once on wallet.chain_transactions (payout_id) where payout_id is not null and state not in ('failed', 'cancelled');
create index chain_transactions_open on wallet.chain_transactions (id) where state in ('queued', 'signed', 'sent');
create index chain_transactions_owner on wallet.chain_transactions (owner_id, id);
create trigger chain_transactions_stay before delete on wallet.chain_transactions for each row execute function wallet.refuse_change();
create trigger chain_transactions_no_truncate before truncate on wallet.chain_transactions for each statement execute function wallet.refuse_change();

-- What was signed and sent stays as it is; what is settled stays settled.
create function wallet.keep_chain_transaction() returns trigger
  language plpgsql as $$
begin
  if old.settled_at is not null
     or (old.id, old.kind, old.owner_id, old.wallet_id, old.symbol, old.amount, old.address, old.token, old.requested_by)
        is distinct from (new.id, new.kind, new.owner_id, new.wallet_id, new.symbol, new.amount, new.address, new.token, new.requested_by)
     or (old.raw is not null and (old.raw, old.hash, old.nonce, old.signer, old.chain_id) is distinct from (new.raw, new.hash, new.nonce, new.signer, new.chain_id))
  then
    raise exception 'what is on its way to the chain is not changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger chain_transactions_keep before update on wallet.chain_transactions for each row execute function wallet.keep_chain_transaction();

-- The next nonce of each signer.
create table wallet.chain_signers (
  chain_id bigint not null,
  signer   text collate "C" not null,
  next     bigint not null,
  primary key (chain_id, signer)
);

alter table wallet.payouts add column tx_hash text collate "C";
alter table wallet.payouts add column claim_failure text;
alter table wallet.payouts drop constraint payouts_status;
alter table wallet.payouts add constraint payouts_status check (status in ('generated', 'review', 'claiming', 'claimed', 'cancelled'));

create or replace function wallet.check_payout() returns trigger
  language plpgsql as $$
begin
  if (new.id, new.team_id, new.symbol, new.amount, new.rwa_ref, new.rule, new.beneficiary_kind, new.beneficiary_id, new.unpaid, new.delta)
     is distinct from (old.id, old.team_id, old.symbol, old.amount, old.rwa_ref, old.rule, old.beneficiary_kind, old.beneficiary_id, old.unpaid, old.delta)
     or (old.status, new.status) not in (
       ('review', 'generated'), ('review', 'cancelled'), ('generated', 'claimed'), ('generated', 'claiming'), ('claiming', 'claiming'), ('claiming', 'claimed'), ('claiming', 'generated'))
     or (new.status in ('claimed', 'claiming') and current_setting('wallet.moving', true) is distinct from 'on')
  then
    raise exception 'a payout that is % does not become % so', old.status, new.status using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

drop function wallet.claim(text[], text[], text, timestamptz);

-- Claims payouts into their beneficiaries' wallets (which are open), each by a transaction of its own in the ledger. Who comes second waits for
-- the first and finds them claimed. Answers those that were claimed.
create function wallet.claim(payout_ids text[], transfer_ids text[], claimant text, at timestamptz, from_status text default 'generated')
  returns table (payout_id text, transfer_id text, wallet_id text, owner_kind text, owner_id text, symbol text, amount numeric, balance_after numeric)
  language plpgsql set wallet.moving to 'on' as $$
#variable_conflict use_column
declare
  claimed text[];
begin
  select array_agg(p.id) into claimed
  from (select p.id from wallet.payouts p where p.id = any (payout_ids) and p.status = from_status order by p.id for update) as p;
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

-- Payouts that are claimed on the chain: each becomes a transaction in the queue, once. Answers those that did.
create function wallet.claim_on_chain(
  p_payouts text[], p_ids text[], p_addresses text[], p_tokens text[], p_claimant text, p_trace text, p_at timestamptz) returns table (payout_id text)
  language plpgsql set wallet.moving to 'on' as $$
begin
  return query
  with locked as (
    select p.*, t.id as chain, t.address, t.token
    from unnest(p_payouts, p_ids, p_addresses, p_tokens) as t (payout, id, address, token) join wallet.payouts p on p.id = t.payout
    where p.status = 'generated' order by p.id for update of p),
  claiming as (
    update wallet.payouts p set status = 'claiming', claim_failure = null from locked l where p.id = l.id returning p.id)
  insert into wallet.chain_transactions (id, kind, state, owner_id, wallet_id, symbol, amount, payout_id, address, token, requested_by, requested_at, trace_id)
  select l.chain, 'payout', 'queued', l.beneficiary_id, w.id, l.symbol, l.amount, l.id, l.address, l.token, p_claimant, p_at, p_trace
  from locked l join claiming c on c.id = l.id join wallet.wallets w on (w.owner_kind, w.owner_id) = (l.beneficiary_kind, l.beneficiary_id)
  returning chain_transactions.payout_id;
end $$;

-- Locks what an owner takes out to the chain, above the limit until another operator lets it go.
create function wallet.withdraw(
  p_id text, p_wallet text, p_owner text, p_symbol text, p_amount numeric, p_address text, p_token text, p_by text, p_trace text, p_at timestamptz, p_waits boolean) returns void
  language plpgsql set wallet.moving to 'on' as $$
begin
  update wallet.wallet_balances b set available = b.available - p_amount, locked = b.locked + p_amount where b.wallet_id = p_wallet and b.symbol = p_symbol;
  if not found then
    raise exception 'there is not enough' using errcode = 'check_violation', constraint = 'wallet_balances_available';
  end if;
  insert into wallet.chain_transactions (id, kind, state, owner_id, wallet_id, symbol, amount, address, token, requested_by, requested_at, trace_id)
  values (p_id, 'withdrawal', case when p_waits then 'pending' else 'queued' end, p_owner, p_wallet, p_symbol, p_amount, p_address, p_token, p_by, p_at, p_trace);
end $$;

-- What is confirmed on the chain is booked: a payout comes into its beneficiary's wallet first; from the wallet it goes where all is that is out on the chain.
-- Answers each entry of the accounts that keep a balance; nothing where it was settled before.
create function wallet.settle_on_chain(p_id text, p_claim text, p_transfer text, p_confirmations integer, p_at timestamptz)
  returns table (transfer_id text, wallet_id text, owner_kind text, owner_id text, symbol text, amount numeric, balance_after numeric)
  language plpgsql set wallet.moving to 'on' as $$
#variable_conflict use_column
declare
  tx wallet.chain_transactions;
begin
  select c.* into tx from wallet.chain_transactions c where c.id = p_id and c.state = 'sent' for update;
  if not found then
    return;
  end if;

  if tx.kind = 'payout' then
    update wallet.payouts p set tx_hash = tx.hash where p.id = tx.payout_id;
    return query
    select m.transfer_id, m.wallet_id, m.owner_kind, m.owner_id, m.symbol, m.amount, m.balance_after
    from wallet.claim(array[tx.payout_id], array[p_claim], tx.requested_by, p_at, 'claiming') as m;
  else
    update wallet.wallet_balances b set available = b.available + tx.amount, locked = b.locked - tx.amount where b.wallet_id = tx.wallet_id and b.symbol = tx.symbol;
  end if;

  return query
  select t.* from wallet.transfer(
    array[p_transfer], 'withdrawal', array['chain:' || tx.id], array[tx.id], array[tx.hash], array[tx.wallet_id],
    array[(select w.id from wallet.wallets w where w.owner_kind = 'city' and w.owner_id = 'chain:' || tx.symbol)], array[tx.symbol], array[tx.amount], tx.requested_by, p_at) as t;

  update wallet.chain_transactions c set state = 'confirmed', confirmations = p_confirmations, settled_at = p_at, transfer_id = p_transfer where c.id = p_id;
end $$;

-- What did not and will not happen on the chain: a payout can be claimed again, what was locked is free again. Answers whether it was still open.
create function wallet.fail_on_chain(p_id text, p_state text, p_reason text, p_at timestamptz) returns boolean
  language plpgsql set wallet.moving to 'on' as $$
declare
  tx wallet.chain_transactions;
begin
  update wallet.chain_transactions c set state = p_state, reason = p_reason, settled_at = p_at where c.id = p_id and c.settled_at is null returning c.* into tx;
  if not found then
    return false;
  end if;
  if tx.kind = 'payout' then
    update wallet.payouts p set status = 'generated', claim_failure = p_reason where p.id = tx.payout_id and p.status = 'claiming';
  else
    update wallet.wallet_balances b set available = b.available + tx.amount, locked = b.locked - tx.amount where b.wallet_id = tx.wallet_id and b.symbol = tx.symbol;
  end if;
  return true;
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
        select s.wallet_id, 'RINGK', s.amount from wallet.staking_ringk s where s.unlocked_at is null
        union all
        select c.wallet_id, c.symbol, c.amount from wallet.chain_transactions c where c.kind = 'withdrawal' and c.settled_at is null) as l
      group by 1, 2) as h
      on (h.wallet_id, h.symbol) = (b.wallet_id, b.symbol)) as t;

  return query
  select 'on_chain_is_confirmed', min(t.symbol) filter (where t.out <> t.confirmed), count(*)
  from (
    select k.symbol,
           coalesce((
             select b.available + b.locked from wallet.wallet_balances b
             join wallet.wallets w on w.id = b.wallet_id and w.owner_kind = 'city' and w.owner_id = 'chain:' || k.symbol where b.symbol = k.symbol), 0) as out,
           coalesce((select sum(c.amount) from wallet.chain_transactions c where c.symbol = k.symbol and c.state = 'confirmed'), 0) as confirmed
    from wallet.tokens k) as t;

  return query
  select 'claiming_is_on_its_way', min(p.id) filter (where c.id is null), count(*)
  from wallet.payouts p left join wallet.chain_transactions c on c.payout_id = p.id and c.settled_at is null where p.status = 'claiming';

  return query select a.name, a.broken, a.looked_at from wallet.audit_chains() as a;
end $$;

create or replace function wallet.totals() returns table (symbol text, minted numeric, burned numeric, held numeric, locked numeric, unclaimed numeric)
  language sql stable set jit to off as $$
  select k.symbol,
         coalesce(-sum(e.total) filter (where w.owner_id like 'mint:%'), 0),
         coalesce(sum(e.total) filter (where w.owner_id like 'burn:%'), 0),
         coalesce((select sum(b.available + b.locked) from wallet.wallet_balances b where b.symbol = k.symbol), 0),
         coalesce((select sum(b.locked) from wallet.wallet_balances b where b.symbol = k.symbol), 0),
         coalesce((select sum(p.amount) from wallet.payouts p where p.symbol = k.symbol and p.status in ('generated', 'review', 'claiming')), 0)
  from wallet.tokens k
  left join wallet.wallets w on w.boundless
  left join lateral (select sum(x.amount) as total from wallet.wallet_entries x where x.wallet_id = w.id and x.symbol = k.symbol) as e on true
  group by k.symbol
  order by k.symbol;
$$;
