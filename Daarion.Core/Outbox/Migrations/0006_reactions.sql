-- Failures of handling, counted by what the reaction did and not by how often JetStream brought the event: it also brings it again while the city is down.
create table outbox.reaction_failures (
  consumer  text not null,
  event_id  text not null collate "C",
  failures  integer not null default 1,
  failed_at timestamptz(3) not null default now(),
  primary key (consumer, event_id)
);

-- The durable consumers that the city has made. One that JetStream no longer has begins where the inbox still knows what was handled.
create table outbox.durables (
  name    text primary key,
  stream  text not null,
  made_at timestamptz(3) not null default now()
);
