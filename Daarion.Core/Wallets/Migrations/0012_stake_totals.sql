-- What a team's multiplier goes by, added up without a look at what was unlocked long ago.
create index staking_ringk_now on wallet.staking_ringk (team_id) include (amount) where unlocked_at is null;
