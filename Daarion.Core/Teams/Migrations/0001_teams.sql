create schema teams;

create table teams.users (
  id            text collate "C" primary key,
  email         text not null,
  display_name  text not null,
  locale        text not null default 'uk',
  created_at    timestamptz(3) not null,
  last_login_at timestamptz(3),
  disabled_at   timestamptz(3),
  constraint users_email_shape check (email = lower(email) and length(email) between 3 and 254 and position('@' in email) > 1),
  constraint users_name_length check (length(display_name) between 1 and 80),
  constraint users_locale check (locale in ('uk', 'en'))
);

create unique index users_email on teams.users (email);

create table teams.teams (
  id          text collate "C" primary key,
  name        text not null,
  slug        text not null,
  mode        text not null,
  state       text not null,
  plan        text not null,
  created_at  timestamptz(3) not null,
  archived_at timestamptz(3),
  version     bigint not null default 1,
  constraint teams_name_length check (length(name) between 1 and 80),
  constraint teams_slug_shape check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) between 3 and 48),
  constraint teams_mode check (mode in ('public', 'confidential')),
  constraint teams_state check (state in ('active', 'locked', 'suspended', 'archived')),
  constraint teams_plan check (plan in ('freemium', 'casual', 'premium', 'platformium')),
  constraint teams_archived check ((state = 'archived') = (archived_at is not null))
);

create unique index teams_slug on teams.teams (slug);

create table teams.team_members (
  team_id     text collate "C" not null references teams.teams (id),
  user_id     text collate "C" not null references teams.users (id),
  role        text not null,
  viewer_type text,
  joined_at   timestamptz(3) not null,
  primary key (team_id, user_id),
  constraint team_members_role check (role in ('owner', 'guardian', 'member', 'visitor')),
  constraint team_members_viewer check ((role = 'member') = (viewer_type is not null) and (viewer_type is null or viewer_type in ('reader', 'commenter', 'contributor')))
);

create index team_members_user on teams.team_members (user_id, joined_at);

-- Never two Owners …
create unique index team_members_one_owner on teams.team_members (team_id) where role = 'owner';

-- … and never none: a team whose members changed has its Owner when the transaction ends. Only the city itself begins without members.
create function teams.ensure_owner() returns trigger
  language plpgsql as $$
declare
  team text := coalesce(new.team_id, old.team_id);
begin
  if not exists (select from teams.team_members where team_id = team and role = 'owner') then
    raise exception 'the team % would be without an Owner', team using errcode = 'check_violation', constraint = 'team_members_has_owner';
  end if;
  return null;
end $$;

create constraint trigger team_members_has_owner after insert or update or delete on teams.team_members
  deferrable initially deferred for each row execute function teams.ensure_owner();

create function teams.ensure_owner_of_new_team() returns trigger
  language plpgsql as $$
begin
  if not exists (select from teams.team_members where team_id = new.id and role = 'owner') then
    raise exception 'the team % would begin without an Owner', new.id using errcode = 'check_violation', constraint = 'teams_begin_with_owner';
  end if;
  return null;
end $$;

create table teams.team_invitations (
  id          text collate "C" primary key,
  team_id     text collate "C" not null references teams.teams (id),
  email       text not null,
  role        text not null,
  viewer_type text,
  token_hash  bytea not null,
  invited_by  text collate "C",
  created_at  timestamptz(3) not null,
  expires_at  timestamptz(3) not null,
  accepted_at timestamptz(3),
  accepted_by text collate "C",
  revoked_at  timestamptz(3),
  constraint team_invitations_email check (email = lower(email)),
  constraint team_invitations_role check (role in ('guardian', 'member', 'visitor')),
  constraint team_invitations_viewer check ((role = 'member') = (viewer_type is not null)),
  constraint team_invitations_one_end check (accepted_at is null or revoked_at is null)
);

create unique index team_invitations_token on teams.team_invitations (token_hash);
create unique index team_invitations_open on teams.team_invitations (team_id, email) where accepted_at is null and revoked_at is null;
create index team_invitations_team on teams.team_invitations (team_id, id);
create index team_invitations_email on teams.team_invitations (email) where accepted_at is null and revoked_at is null;

-- The city is a team of its own; its members are the operators.
insert into teams.teams (id, name, slug, mode, state, plan, created_at)
values ('t_city', 'Daarion', 'city', 'confidential', 'active', 'platformium', now());

create constraint trigger teams_begin_with_owner after insert on teams.teams
  deferrable initially deferred for each row execute function teams.ensure_owner_of_new_team();
