-- Where an event is on its stream, as JetStream acknowledged it: reconciliation looks for what a crash of NATS took away.
alter table outbox.outbox_events add column stream_sequence bigint;

-- Events that NATS did not take at first; hardly ever any.
create index outbox_events_troubled on outbox.outbox_events (lane, sequence_key) where not processed and attempts > 0;

create index outbox_events_processed_at on outbox.outbox_events using brin (processed_at) with (pages_per_range = 16);

-- The newest acknowledged place on each stream.
create table outbox.stream_marks (
  stream        text primary key,
  last_sequence bigint not null,
  marked_at     timestamptz(3) not null default now()
);

-- What a consumer could not handle, with its way back.
create table outbox.dead_letters (
  consumer        text not null,
  event_id        text not null collate "C",
  service         text not null,
  stream          text not null,
  stream_sequence bigint not null,
  topic           text not null,
  payload         jsonb not null,
  attempts        integer not null,
  error           text not null,
  died_at         timestamptz(3) not null default now(),
  state           text not null default 'dead' check (state in ('dead', 'handled', 'discarded')),
  reason          text,
  settled_at      timestamptz(3),
  primary key (consumer, event_id)
);

create index dead_letters_open on outbox.dead_letters (died_at desc, event_id) where state = 'dead';

-- Marks what JetStream acknowledged, and the newest place on each stream.
create function outbox.mark_processed(sequences bigint[], created timestamptz[], stream_sequences bigint[], streams text[], newest bigint[]) returns void
  language sql as $$
  update outbox.outbox_events o
  set processed = true, processed_at = clock_timestamp(), stream_sequence = a.stream_sequence, error = null
  from unnest(sequences, created, stream_sequences) as a (sequence, created_at, stream_sequence)
  where o.sequence = a.sequence and o.created_at = a.created_at and not o.processed;

  insert into outbox.stream_marks as m (stream, last_sequence)
  select n.stream, n.last_sequence from unnest(streams, newest) as n (stream, last_sequence) order by n.stream
  on conflict (stream) do update set last_sequence = excluded.last_sequence, marked_at = now() where m.last_sequence < excluded.last_sequence;
$$;

-- Months are dropped once they are older than the retention and nothing in them waits.
create function outbox.drop_partitions(older_than interval) returns integer
  language plpgsql as $$
declare
  month record;
  waiting boolean;
  dropped integer := 0;
begin
  for month in
    select c.relname as name, to_date(right(c.relname, 6), 'YYYYMM') as starts
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'outbox.outbox_events'::regclass and c.relname ~ '^outbox_events_\d{6}$'
  loop
    if (month.starts + interval '1 month')::timestamp at time zone 'utc' < now() - older_than then
      execute format('select exists (select from outbox.%I where not processed)', month.name) into waiting;
      if not waiting then
        execute format('drop table outbox.%I', month.name);
        dropped := dropped + 1;
      end if;
    end if;
  end loop;
  return dropped;
end $$;
