-- A kilogram of food earns 0.01 of the token of compute, a cubic metre of water 1.
insert into wallet.payout_rules (code, domain, unit, symbol, rate, daily_cap, review_limit) values
  ('food', 'food', 'kg', '1T', 0.01, 10000, 1000),
  ('water', 'water', 'm3', '1T', 1, 10000, 1000)
on conflict do nothing;
