-- What a transaction moved goes back by a new one, asked for by one operator and let go by another: nothing that was written is taken out.
alter table wallet.wallet_transfers drop constraint wallet_transfers_kind;
alter table wallet.wallet_transfers add constraint wallet_transfers_kind check (kind in ('payout', 'transfer', 'conversion', 'reversal'));

-- Which transaction a waiting one takes back. The keys of what people ask for begin otherwise.
alter table wallet.held_transfers add column reverses text collate "C"
  generated always as (case when idempotency_key like 'reversal:%' then split_part(idempotency_key, ':', 2) end) stored;

create unique index held_transfers_reverse_once on wallet.held_transfers (reverses) where status <> 'cancelled';
create unique index wallet_transfers_reverse_once on wallet.wallet_transfers (ref) where kind = 'reversal';
