create schema governance;

-- Proposals, and the policies they become.
create table governance.governance_policies (
  id               text collate "C" primary key,
  title            text not null,
  body             text,
  policy_type      text not null,
  targets          text[] not null,
  operations       jsonb not null check (jsonb_typeof(operations) = 'array'),
  proposed_by      text collate "C" not null,
  team_id          text collate "C",
  rolls_back       text collate "C" references governance.governance_policies,
  status           text not null check (status in ('draft', 'voting', 'approved', 'rejected', 'applied', 'failed', 'cancelled')),
  created_at       timestamptz(3) not null,
  opens_at         timestamptz(3) not null,
  closes_at        timestamptz(3) not null,
  quorum_pct       numeric(28,9) not null check (quorum_pct between 0 and 100),
  approval_pct     numeric(28,9) not null check (approval_pct between 0 and 100),
  opened_at        timestamptz(3),
  circulating      numeric(28,9) check (circulating >= 0),
  closed_at        timestamptz(3),
  yes              numeric(28,9) not null default 0,
  no               numeric(28,9) not null default 0,
  abstain          numeric(28,9) not null default 0,
  applied_at       timestamptz(3),
  applied_by       text,
  result           jsonb,
  registry_version bigint,
  check (closes_at > opens_at),
  check ((status = 'applied') = (registry_version is not null)),
  check (status in ('draft', 'cancelled', 'approved', 'applied', 'failed') or circulating is not null)
);

create index governance_policies_due on governance.governance_policies (status, closes_at) where status in ('draft', 'voting', 'approved');

-- A policy is rolled back once.
create unique index governance_policies_rolled_back on governance.governance_policies (rolls_back) where status = 'applied';

-- What residents had of DAARION when the vote opened: buying later changes nothing.
create table governance.governance_weights (
  policy_id text collate "C" not null references governance.governance_policies,
  voter_id  text collate "C" not null,
  weight    numeric(28,9) not null check (weight > 0),
  primary key (policy_id, voter_id)
);

create table governance.governance_votes (
  policy_id text collate "C" not null references governance.governance_policies,
  voter_id  text collate "C" not null,
  choice    text not null check (choice in ('yes', 'no', 'abstain')),
  weight    numeric(28,9) not null check (weight >= 0),
  at        timestamptz(3) not null,
  primary key (policy_id, voter_id)
);

-- The first of two operators who roll a policy back without a vote.
create table governance.governance_rollbacks (
  policy_id    text collate "C" primary key references governance.governance_policies,
  requested_by text collate "C" not null,
  reason       text not null,
  requested_at timestamptz(3) not null
);

-- What was decided never changes again, and what is voted on stays what it was when the vote opened.
create function governance.hold_policies() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'governance_policies is never deleted from' using errcode = 'restrict_violation';
  end if;
  if old.status in ('applied', 'rejected', 'failed', 'cancelled') then
    raise exception 'policy % is % and never changes again', old.id, old.status using errcode = 'restrict_violation';
  end if;
  if (new.id, new.title, new.body, new.policy_type, new.targets, new.operations, new.proposed_by, new.team_id, new.rolls_back, new.created_at, new.opens_at, new.closes_at)
       is distinct from
     (old.id, old.title, old.body, old.policy_type, old.targets, old.operations, old.proposed_by, old.team_id, old.rolls_back, old.created_at, old.opens_at, old.closes_at)
  then
    raise exception 'what policy % says is fixed', old.id using errcode = 'restrict_violation';
  end if;
  if (old.status, new.status) not in (
    ('draft', 'voting'), ('draft', 'cancelled'), ('voting', 'approved'), ('voting', 'rejected'), ('voting', 'cancelled'), ('approved', 'applied'), ('approved', 'failed'))
  then
    raise exception 'policy % cannot go from % to %', old.id, old.status, new.status using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger governance_policies_hold before update or delete on governance.governance_policies
  for each row execute function governance.hold_policies();

create function governance.refuse_change() returns trigger
  language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger governance_policies_no_truncate before truncate on governance.governance_policies for each statement execute function governance.refuse_change();
create trigger governance_weights_append_only before update or delete on governance.governance_weights for each row execute function governance.refuse_change();
create trigger governance_weights_no_truncate before truncate on governance.governance_weights for each statement execute function governance.refuse_change();

-- Weights are written while the vote opens, votes while it runs; a vote weighs what the snapshot says.
create function governance.hold_weights() returns trigger
  language plpgsql as $$
begin
  if not exists (select from governance.governance_policies p where p.id = new.policy_id and p.status = 'draft') then
    raise exception 'the weights of policy % are fixed', new.policy_id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger governance_weights_hold before insert on governance.governance_weights for each row execute function governance.hold_weights();

create function governance.hold_votes() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'votes are never deleted' using errcode = 'restrict_violation';
  end if;
  if not exists (select from governance.governance_policies p where p.id = new.policy_id and p.status = 'voting') then
    raise exception 'policy % is not voted on now', new.policy_id using errcode = 'restrict_violation';
  end if;
  if new.weight <> coalesce((select w.weight from governance.governance_weights w where (w.policy_id, w.voter_id) = (new.policy_id, new.voter_id)), 0) then
    raise exception 'the weight of a vote is what the voter had when the vote opened' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger governance_votes_hold before insert or update or delete on governance.governance_votes for each row execute function governance.hold_votes();
create trigger governance_votes_no_truncate before truncate on governance.governance_votes for each statement execute function governance.refuse_change();
