-- Each event is written twice: when it is appended and when it is marked, and each time into every index of its row. So the table has one index that
-- names the event, one of what waits, and cheap summaries for the rest.
alter table outbox.outbox_events drop constraint outbox_events_pkey;
drop index outbox.outbox_events_id;
drop index outbox.outbox_events_key;
alter table outbox.outbox_events alter column id type text collate "C";
alter table outbox.outbox_events add primary key (id, created_at);
create index outbox_events_key on outbox.outbox_events using brin (sequence_key text_bloom_ops) with (pages_per_range = 32);

-- Nothing is ever looked for by these; an analysis would sort thousands of documents in vain.
alter table outbox.outbox_events alter column payload set statistics 0, alter column headers set statistics 0;

create or replace function outbox.ensure_partitions(months integer) returns void
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
      execute format('alter table outbox.%I alter column payload set statistics 0, alter column headers set statistics 0', name);
    end if;
  end loop;
end $$;

drop function outbox.mark_processed(bigint[], timestamptz[], bigint[], text[], bigint[]);

-- Marks what JetStream acknowledged, and the newest place on each stream. Right after an analysis the statistics may say that hardly anything waits; a
-- plan that begins with what waits would then compare everything with everything. "is not true" cannot be answered by that index, and the settings
-- leave only the way from each given id to its row.
create function outbox.mark_processed(ids text[], created timestamptz[], stream_sequences bigint[], streams text[], newest bigint[]) returns void
  language sql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  update outbox.outbox_events o
  set processed = true, processed_at = clock_timestamp(), stream_sequence = a.stream_sequence, error = null
  from unnest(ids, created, stream_sequences) as a (id, created_at, stream_sequence)
  where o.id = a.id and o.created_at = a.created_at and o.processed is not true;

  insert into outbox.stream_marks as m (stream, last_sequence)
  select n.stream, n.last_sequence from unnest(streams, newest) as n (stream, last_sequence) order by n.stream
  on conflict (stream) do update set last_sequence = excluded.last_sequence, marked_at = now() where m.last_sequence < excluded.last_sequence;
$$;
