-- What was committed is a log that never changes; what waits is a narrow queue beside it, and what is on its stream a narrow record. A mark then
-- takes a few bytes from one and adds a few to the other, where it used to write the whole event a second time.
create table outbox.outbox_queue (
  lane            smallint not null,
  sequence        bigint not null,
  id              text not null collate "C",
  created_at      timestamptz(3) not null,
  sequence_key    text not null,
  attempts        integer not null default 0,
  next_attempt_at timestamptz(3),
  dead            boolean not null default false,
  error           text,
  -- How often it was put back in line because its stream no longer had it. JetStream may still know its id within the duplicate window although
  -- the message is gone; the relay then publishes it under this number.
  again           smallint not null default 0,
  primary key (lane, sequence)
);

-- Events that NATS did not take at first; hardly ever any.
create index outbox_queue_troubled on outbox.outbox_queue (lane, sequence_key) where attempts > 0;

create table outbox.outbox_processed (
  sequence        bigint not null,
  created_at      timestamptz(3) not null,
  id              text not null collate "C",
  stream          text not null,
  -- Where it is on its stream, as JetStream acknowledged it; null where an operator gave the event up.
  stream_sequence bigint,
  processed_at    timestamptz(3) not null,
  again           smallint not null default 0,
  attempts        integer not null default 0,
  reason          text,
  primary key (sequence, created_at),
  check ((stream_sequence is null) = (reason is not null))
) partition by range (created_at);

create index outbox_processed_at on outbox.outbox_processed using brin (processed_at) with (pages_per_range = 16);
create index outbox_processed_discarded on outbox.outbox_processed (sequence) where reason is not null;
create table outbox.outbox_processed_default partition of outbox.outbox_processed default;

-- Makes the months ahead. What was written before its month was made (the city was off for long) lies in the default partition and moves over.
create or replace function outbox.ensure_partitions(months integer) returns void
  language plpgsql as $$
declare
  starts timestamptz;
  ends timestamptz;
  parent text;
  name text;
  strays boolean;
begin
  for i in 0 .. months loop
    starts := (date_trunc('month', now() at time zone 'utc') + make_interval(months => i)) at time zone 'utc';
    ends := (date_trunc('month', now() at time zone 'utc') + make_interval(months => i + 1)) at time zone 'utc';
    foreach parent in array array['outbox_events', 'outbox_processed'] loop
      name := format('%s_%s', parent, to_char(starts at time zone 'utc', 'YYYYMM'));
      if to_regclass('outbox.' || name) is not null then
        continue;
      end if;

      execute format('lock table outbox.%I in access exclusive mode', parent || '_default');
      execute format('select exists (select from outbox.%I where created_at >= %L and created_at < %L)', parent || '_default', starts, ends) into strays;
      if strays then
        execute format('create temporary table strays on commit drop as select * from outbox.%I where created_at >= %L and created_at < %L', parent || '_default', starts, ends);
        execute format('alter table outbox.%I disable trigger user', parent || '_default');
        execute format('delete from outbox.%I where created_at >= %L and created_at < %L', parent || '_default', starts, ends);
        execute format('alter table outbox.%I enable trigger user', parent || '_default');
      end if;

      execute format('create table outbox.%I partition of outbox.%I for values from (%L) to (%L)', name, parent, starts, ends);
      if parent = 'outbox_events' then
        execute format('alter table outbox.%I alter column payload set statistics 0, alter column headers set statistics 0', name);
      end if;

      if strays then
        execute format('insert into outbox.%I select * from strays', parent);
        drop table strays;
      end if;
    end loop;
  end loop;
end $$;

select outbox.ensure_partitions(2);

insert into outbox.outbox_queue (lane, sequence, id, created_at, sequence_key, attempts, next_attempt_at, dead, error, again)
select lane, sequence, id, created_at, sequence_key, attempts, next_attempt_at, dead, error, again from outbox.outbox_events where not processed;

insert into outbox.outbox_processed (sequence, created_at, id, stream, stream_sequence, processed_at, again, attempts, reason)
select sequence, created_at, id, stream, stream_sequence, processed_at, again, attempts,
       case when stream_sequence is null then coalesce(error, 'given up') end
from outbox.outbox_events where processed;

drop index outbox.outbox_events_waiting;
drop index outbox.outbox_events_troubled;
drop index outbox.outbox_events_processed_at;

-- As json the envelope stays, byte for byte, what was written and what goes to the stream; nothing takes it apart on the way.
alter table outbox.outbox_events
  drop column processed, drop column processed_at, drop column attempts, drop column next_attempt_at, drop column dead, drop column error,
  drop column stream_sequence, drop column again, alter column payload type json using payload::json;

create function outbox.refuse_change() returns trigger
  language plpgsql as $$
begin
  raise exception 'The log of events is append-only.' using errcode = 'restrict_violation';
end $$;

create trigger outbox_events_append_only before update or delete on outbox.outbox_events
  for each row execute function outbox.refuse_change();

-- An event with how it stands, for reading.
create view outbox.outbox as
select e.id, e.lane, e.sequence, e.stream, e.topic, e.sequence_key, e.payload, e.headers, e.created_at,
       q.sequence is null as processed, p.processed_at, p.stream_sequence,
       coalesce(q.dead, p.reason is not null) as dead, coalesce(q.attempts, p.attempts, 0) as attempts, q.next_attempt_at, coalesce(q.error, p.reason) as error,
       coalesce(q.again, p.again, 0::smallint) as again
from outbox.outbox_events e
left join outbox.outbox_queue q on q.lane = e.lane and q.sequence = e.sequence
left join outbox.outbox_processed p on p.sequence = e.sequence and p.created_at = e.created_at;

drop function outbox.append(text[], text[], text[], text[], jsonb[], text[]);

-- Appends events as the last thing before commit. Identity values are not commit order; holding the lock of each key until commit makes
-- them so for the events of one key. Locks are taken in one order by all writers, so that two of them cannot wait for each other.
create function outbox.append(ids text[], streams text[], topics text[], sequence_keys text[], payloads json[], trace_parents text[]) returns void
  language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hash)
  from (select distinct hashtextextended(key, 1) as hash from unnest(sequence_keys) as key order by 1) as keys;

  with numbered as materialized (
    select nextval('outbox.outbox_sequence') as sequence, outbox.lane(e.sequence_key) as lane, e.*
    from (
      select * from unnest(ids, streams, topics, sequence_keys, payloads, trace_parents) with ordinality
        as u (id, stream, topic, sequence_key, payload, trace_parent, position)
      order by position) as e
  ), queued as (
    insert into outbox.outbox_queue (lane, sequence, id, created_at, sequence_key)
    select lane, sequence, id, now(), sequence_key from numbered
  )
  insert into outbox.outbox_events (sequence, id, stream, topic, sequence_key, lane, payload, headers, created_at)
  select sequence, id, stream, topic, sequence_key, lane, payload,
         case when trace_parent is null then '{}'::jsonb else jsonb_build_object('traceparent', trace_parent) end, now()
  from numbered;
end $$;

drop function outbox.mark_processed(text[], timestamptz[], bigint[], text[], bigint[]);

-- Takes what JetStream acknowledged out of the queue and remembers its place, and the newest place on each stream. The statistics of a queue are
-- wrong most of the time; the settings leave only the way from each given place to its row.
create function outbox.mark_processed(lanes smallint[], sequences bigint[], of_streams text[], stream_sequences bigint[], streams text[], newest bigint[]) returns void
  language sql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  with acknowledged as (
    delete from outbox.outbox_queue q
    using unnest(lanes, sequences, of_streams, stream_sequences) as a (lane, sequence, stream, stream_sequence)
    where q.lane = a.lane and q.sequence = a.sequence
    returning q.sequence, q.created_at, q.id, a.stream, a.stream_sequence, q.again, q.attempts
  )
  insert into outbox.outbox_processed (sequence, created_at, id, stream, stream_sequence, processed_at, again, attempts)
  select sequence, created_at, id, stream, stream_sequence, clock_timestamp(), again, attempts from acknowledged;

  insert into outbox.stream_marks as m (stream, last_sequence)
  select n.stream, n.last_sequence from unnest(streams, newest) as n (stream, last_sequence) order by n.stream
  on conflict (stream) do update set last_sequence = excluded.last_sequence, marked_at = now() where m.last_sequence < excluded.last_sequence;
$$;

-- Months are dropped once they are older than the retention and nothing of them waits.
create or replace function outbox.drop_partitions(older_than interval) returns integer
  language plpgsql as $$
declare
  month record;
  dropped integer := 0;
begin
  for month in
    select right(name, 6) as number, starts at time zone 'utc' as starts, (starts + interval '1 month') at time zone 'utc' as ends
    from (
      select c.relname as name, to_date(right(c.relname, 6), 'YYYYMM')::timestamp as starts
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'outbox.outbox_events'::regclass and c.relname ~ '^outbox_events_\d{6}$') as months
  loop
    if month.ends < now() - older_than
       and not exists (select from outbox.outbox_queue where created_at >= month.starts and created_at < month.ends) then
      execute format('drop table outbox.%I', 'outbox_events_' || month.number);
      execute format('drop table if exists outbox.%I', 'outbox_processed_' || month.number);
      dropped := dropped + 1;
    end if;
  end loop;
  return dropped;
end $$;
