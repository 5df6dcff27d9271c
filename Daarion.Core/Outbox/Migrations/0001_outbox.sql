create schema outbox;

-- 16 lanes: the key space in hash partitions, each owned by one relay at a time.
create function outbox.lane(sequence_key text) returns smallint
  language sql immutable parallel safe
  return (hashtextextended(sequence_key, 0) & 15)::smallint;

create sequence outbox.outbox_sequence;

create table outbox.outbox_events (
  sequence        bigint not null default nextval('outbox.outbox_sequence'),
  id              text not null,
  stream          text not null,
  topic           text not null,
  sequence_key    text not null,
  lane            smallint not null,
  payload         jsonb not null,
  headers         jsonb not null default '{}',
  created_at      timestamptz(3) not null default now(),
  processed       boolean not null default false,
  processed_at    timestamptz(3),
  attempts        integer not null default 0,
  next_attempt_at timestamptz(3),
  dead            boolean not null default false,
  error           text,
  primary key (sequence, created_at)
) partition by range (created_at);

create index outbox_events_waiting on outbox.outbox_events (lane, sequence) where not processed;
create index outbox_events_key on outbox.outbox_events (sequence_key, sequence);
create index outbox_events_id on outbox.outbox_events (id);

-- Months are made ahead by outbox.ensure_partitions; what falls outside them is not lost.
create table outbox.outbox_events_default partition of outbox.outbox_events default;

create function outbox.ensure_partitions(months integer) returns void
  language plpgsql as $$
declare
  month date;
  name text;
begin
  for i in 0 .. months loop
    month := (date_trunc('month', now() at time zone 'utc') + make_interval(months => i))::date;
    name := format('outbox_events_%s', to_char(month, 'YYYYMM'));
    if to_regclass('outbox.' || name) is null then
      execute format(
        'create table outbox.%I partition of outbox.outbox_events for values from (%L) to (%L)',
        name, month::timestamp at time zone 'utc', (month + interval '1 month')::timestamp at time zone 'utc');
    end if;
  end loop;
end $$;

select outbox.ensure_partitions(2);

-- Appends events as the last thing before commit. Identity values are not commit order; holding the lock of each key until commit makes
-- them so for the events of one key. Locks are taken in one order by all writers, so that two of them cannot wait for each other.
create function outbox.append(ids text[], streams text[], topics text[], sequence_keys text[], payloads jsonb[], trace_parents text[]) returns void
  language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hash)
  from (select distinct hashtextextended(key, 1) as hash from unnest(sequence_keys) as key order by 1) as keys;

  insert into outbox.outbox_events (id, stream, topic, sequence_key, lane, payload, headers)
  select e.id, e.stream, e.topic, e.sequence_key, outbox.lane(e.sequence_key), e.payload,
         case when e.trace_parent is null then '{}'::jsonb else jsonb_build_object('traceparent', e.trace_parent) end
  from unnest(ids, streams, topics, sequence_keys, payloads, trace_parents) with ordinality
       as e (id, stream, topic, sequence_key, payload, trace_parent, position)
  order by e.position;
end $$;

-- A consumer's inbox: written in the same transaction as the effect, it makes each reaction happen once.
create table outbox.inbox_events (
  consumer   text not null,
  event_id   text not null,
  handled_at timestamptz(3) not null default now(),
  primary key (consumer, event_id)
);

create index inbox_events_age on outbox.inbox_events using brin (handled_at);

-- Idempotency keys of the HTTP entrances, kept 24 hours for each caller.
create table outbox.idempotency_keys (
  caller       text not null,
  key          text not null,
  request_hash bytea not null,
  status       integer,
  content_type text,
  headers      jsonb,
  body         bytea,
  created_at   timestamptz(3) not null default now(),
  primary key (caller, key)
);

create index idempotency_keys_age on outbox.idempotency_keys (created_at);
