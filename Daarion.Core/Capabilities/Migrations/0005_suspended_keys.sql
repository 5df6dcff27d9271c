-- A key that was used in an unusual way may be suspended until somebody has looked at it.
alter table capabilities.access_keys
  add column suspended_at  timestamptz(3),
  add column suspended_for text collate "C",
  add constraint access_keys_suspended check ((suspended_at is null) = (suspended_for is null));
