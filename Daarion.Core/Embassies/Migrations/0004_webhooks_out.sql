-- Who wants to be told of what: a team of its own events, a platform of those that name it.
create table embassy.webhook_subscriptions (
  id              text collate "C" primary key,
  team_id         text collate "C",
  platform        text collate "C" references embassy.embassy_platforms,
  url             text not null check (length(url) between 1 and 2048),
  events          text[] not null check (cardinality(events) between 1 and 50),
  secret          bytea not null,
  previous_secret bytea,
  rotates_at      timestamptz(3),
  status          text not null default 'active' check (status in ('active', 'disabled', 'deleted')),
  disabled_reason text,
  disabled_at     timestamptz(3),
  failing_since   timestamptz(3),
  created_at      timestamptz(3) not null,
  created_by      text not null,
  version         integer not null default 1,
  constraint webhook_subscriptions_of_one check ((team_id is null) <> (platform is null)),
  constraint webhook_subscriptions_rotation check ((previous_secret is null) = (rotates_at is null)),
  constraint webhook_subscriptions_disabled check ((status = 'disabled') = (disabled_reason is not null and disabled_at is not null) or status = 'deleted')
);

create index webhook_subscriptions_team on embassy.webhook_subscriptions (team_id, id) where team_id is not null;
create index webhook_subscriptions_platform on embassy.webhook_subscriptions (platform, id) where platform is not null;

-- What is told, to whom, and how it goes. One event is told once to each; an attempt is begun by whoever holds the lease.
create table embassy.webhook_messages (
  id              text collate "C" primary key,
  subscription_id text collate "C" not null references embassy.webhook_subscriptions,
  event_id        text collate "C" not null,
  topic           text not null,
  body            text not null,
  state           text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts        integer not null default 0,
  created_at      timestamptz(3) not null,
  next_attempt_at timestamptz(3) not null,
  expires_at      timestamptz(3) not null,
  lease_until     timestamptz(3),
  last_attempt_at timestamptz(3),
  last_status     integer,
  last_error      text,
  duration_ms     integer,
  unique (subscription_id, event_id)
) with (fillfactor = 70);

create index webhook_messages_due on embassy.webhook_messages (next_attempt_at) where state = 'waiting';
create index webhook_messages_log on embassy.webhook_messages (subscription_id, id);
create index webhook_messages_old on embassy.webhook_messages (created_at) where state <> 'waiting';
