-- Tokens that an owner changes into another at the rate of the policies: what is given ends, what is got is made, in one transaction of the database.
alter table wallet.wallet_transfers drop constraint wallet_transfers_kind;
alter table wallet.wallet_transfers add constraint wallet_transfers_kind check (kind in ('payout', 'transfer', 'conversion'));

create table wallet.conversions (
  id           text collate "C" primary key,
  wallet_id    text collate "C" not null references wallet.wallets (id),
  owner_id     text collate "C" not null,
  from_symbol  text collate "C" not null references wallet.tokens (symbol),
  to_symbol    text collate "C" not null references wallet.tokens (symbol),
  amount       numeric(28,9) not null check (amount > 0),
  received     numeric(28,9) not null check (received > 0),
  rate         numeric(28,9) not null check (rate > 0),
  given_by     text collate "C" not null references wallet.wallet_transfers (id),
  got_by       text collate "C" not null references wallet.wallet_transfers (id),
  converted_by text collate "C" not null,
  at           timestamptz(3) not null,
  constraint conversions_change check (from_symbol <> to_symbol)
);

create index conversions_owner on wallet.conversions (owner_id, id);

-- How much of a token an owner has changed into another on a day (UTC).
create table wallet.conversion_days (
  wallet_id   text collate "C" not null references wallet.wallets (id),
  from_symbol text collate "C" not null,
  to_symbol   text collate "C" not null,
  day         date not null,
  amount      numeric(28,9) not null check (amount > 0),
  primary key (wallet_id, from_symbol, to_symbol, day)
);

create trigger conversions_append_only before update or delete on wallet.conversions for each row execute function wallet.refuse_change();
create trigger conversions_no_truncate before truncate on wallet.conversions for each statement execute function wallet.refuse_change();
create trigger conversions_guarded before insert on wallet.conversions for each statement execute function wallet.refuse_outside_transfer();
create trigger conversion_days_guarded before insert or update on wallet.conversion_days for each statement execute function wallet.refuse_outside_transfer();
create trigger conversion_days_stay before delete on wallet.conversion_days for each row execute function wallet.refuse_change();
create trigger conversion_days_no_truncate before truncate on wallet.conversion_days for each statement execute function wallet.refuse_change();

-- Answers each entry of the accounts that keep a balance, as wallet.transfer does.
create function wallet.convert(
  p_id text, p_transfers text[], p_wallet text, p_owner text, p_from text, p_to text, p_amount numeric, p_received numeric, p_rate numeric, p_limit numeric, p_by text, p_at timestamptz)
  returns table (transfer_id text, wallet_id text, owner_kind text, owner_id text, symbol text, amount numeric, balance_after numeric)
  language plpgsql set wallet.moving to 'on' as $$
#variable_conflict use_column
declare
  used numeric;
begin
  insert into wallet.conversion_days as d (wallet_id, from_symbol, to_symbol, day, amount) values (p_wallet, p_from, p_to, (p_at at time zone 'UTC')::date, p_amount)
  on conflict (wallet_id, from_symbol, to_symbol, day) do update set amount = d.amount + excluded.amount returning d.amount into used;
  if used > p_limit then
    raise exception 'more than may be converted in a day' using errcode = 'check_violation', constraint = 'conversion_days_limit', detail = (p_limit - (used - p_amount))::text;
  end if;

  return query
  select t.* from wallet.transfer(
    p_transfers, 'conversion', array['convert:given:' || p_id, 'convert:got:' || p_id], array[p_id, p_id], array[null, null]::text[],
    array[p_wallet, (select w.id from wallet.wallets w where w.owner_kind = 'city' and w.owner_id = 'mint:' || p_to)],
    array[(select w.id from wallet.wallets w where w.owner_kind = 'city' and w.owner_id = 'burn:' || p_from), p_wallet],
    array[p_from, p_to], array[p_amount, p_received], p_by, p_at) as t;

  insert into wallet.conversions (id, wallet_id, owner_id, from_symbol, to_symbol, amount, received, rate, given_by, got_by, converted_by, at)
  values (p_id, p_wallet, p_owner, p_from, p_to, p_amount, p_received, p_rate, p_transfers[1], p_transfers[2], p_by, p_at);
end $$;
