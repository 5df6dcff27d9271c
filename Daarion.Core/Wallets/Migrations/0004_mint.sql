-- New tokens wait for a second operator as a transfer above its limit does. Where they come from keeps no balance, so that nothing is locked there.
create or replace function wallet.hold(
  id text, idempotency_key text, source text, from_id text, to_id text, symbol text, amount numeric, memo text, requested_by text, at timestamptz) returns void
  language plpgsql set wallet.moving to 'on' as $$
#variable_conflict use_variable
begin
  if not exists (select from wallet.wallets w where w.id = source and w.boundless) then
    update wallet.wallet_balances b set available = b.available - amount, locked = b.locked + amount where b.wallet_id = source and b.symbol = hold.symbol;
    if not found then
      raise exception 'there is not enough' using errcode = 'check_violation', constraint = 'wallet_balances_available';
    end if;
  end if;
  insert into wallet.held_transfers (id, idempotency_key, status, from_wallet_id, from_id, to_id, symbol, amount, memo, requested_by, requested_at)
  values (id, idempotency_key, 'pending', source, from_id, to_id, symbol, amount, memo, requested_by, at);
end $$;
