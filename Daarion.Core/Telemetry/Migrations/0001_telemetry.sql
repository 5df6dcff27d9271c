create schema telemetry;

-- One row a service, minute and process. A process writes its own rows again as the minute goes on, so a repeated write changes nothing.
create table telemetry.service_minutes (
  service         text collate "C" not null,
  minute          timestamptz(3) not null,
  replica         text collate "C" not null,
  requests        bigint not null,
  errors          bigint not null,
  queries         bigint not null,
  query_us        bigint not null,
  cpu_us          bigint not null,
  allocated_bytes bigint not null,
  latency         integer[] not null,
  primary key (service, minute, replica)
);

create index service_minutes_age on telemetry.service_minutes using brin (minute);

create table telemetry.spans (
  trace_id    text collate "C" not null,
  span_id     text collate "C" not null,
  parent_id   text collate "C",
  service     text collate "C" not null,
  name        text not null,
  kind        text not null,
  started_at  timestamptz(6) not null,
  duration_us bigint not null,
  failed      boolean not null,
  tags        jsonb not null
);

create index spans_trace on telemetry.spans (trace_id, started_at);
create index spans_age on telemetry.spans using brin (started_at);

-- The audit log: each record's hash covers the hash of the one before, so none can be changed or taken out unseen.
create table telemetry.audit_records (
  number       bigint not null primary key,
  id           text collate "C" not null unique,
  at           timestamptz(3) not null,
  actor_id     text collate "C" not null,
  actor_kind   text not null,
  action       text collate "C" not null,
  target_kind  text collate "C" not null,
  target_id    text collate "C" not null,
  team_id      text collate "C",
  decision_id  text collate "C",
  event_id     text collate "C" not null unique,
  trace_id     text collate "C",
  causation_id text collate "C",
  details      jsonb not null,
  hash         bytea not null check (length(hash) = 32)
);

create index audit_records_team on telemetry.audit_records (team_id, number) where team_id is not null;
create index audit_records_target on telemetry.audit_records (target_kind, target_id, number);
create index audit_records_actor on telemetry.audit_records (actor_id, number);

create function telemetry.refuse_change() returns trigger
  language plpgsql as $$
begin
  raise exception 'The audit log is append-only' using errcode = 'restrict_violation';
end $$;

create trigger audit_records_append_only before update or delete on telemetry.audit_records
  for each row execute function telemetry.refuse_change();

create trigger audit_records_never_emptied before truncate on telemetry.audit_records
  for each statement execute function telemetry.refuse_change();
