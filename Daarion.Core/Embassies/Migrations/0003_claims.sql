-- Claims are kept beside readings: their domain is rwa.<type of asset>, and they say how something is claimed and by which paper.
alter table embassy.embassy_readings add column kind text check (kind in ('claim', 'statement', 'certificate'));
alter table embassy.embassy_readings add column reference text;

drop function embassy.accept(
  text[], text[], text[], text[], integer[], text[], text[], text[], bytea[], timestamptz[], text[], integer[], integer[], text[], text[], text[], numeric[], text[], timestamptz[], text[], text[], boolean[], timestamptz[], text[], text[], text[], text[], json[], text[], integer[], boolean);

-- Accepts deliveries in one transaction, each with its own outcome: many of one reading, or one of many readings. Readings that collide with a
-- known one are left out; the answer says by their places which were new, which are in conflict, and which held ones have got a team since
-- the caller looked (then nothing was written, and the caller looks again). One delivery of many readings is all or nothing: a conflict in it raises DA409 with its place.
-- An event names its owner: the place of a reading, or minus the place of a delivery; it is written only where that was accepted.
create function embassy.accept(
  d_ids text[], d_platforms text[], d_domains text[], d_sites text[], d_readings integer[], d_signatures text[], d_webhooks text[], d_traces text[], d_bodies bytea[], d_at timestamptz[],
  r_ids text[], r_deliveries integer[], r_positions integer[], r_platforms text[], r_domains text[], r_sites text[], r_values numeric[], r_units text[], r_ts timestamptz[], r_reading_ids text[], r_webhooks text[], r_held boolean[], r_at timestamptz[], r_kinds text[], r_references text[],
  e_ids text[], e_streams text[], e_topics text[], e_keys text[], e_payloads json[], e_traces text[], e_owners integer[],
  any_held boolean,
  out accepted integer[], out conflicts integer[], out assigned integer[])
  language plpgsql as $$
declare
  inserted integer;
  accepted_deliveries integer[];
begin
  if any_held then
    -- Assigning a site takes the same lock, so that no reading is held for a site that has just got its team.
    perform pg_advisory_xact_lock(hash)
    from (select distinct hashtextextended(r.platform || '/' || r.site, 1) as hash from unnest(r_platforms, r_sites, r_held) as r (platform, site, held) where r.held order by 1) as keys;

    insert into embassy.embassy_identities (id, platform, external_id, created_at)
    select min(r.id), r.platform, r.site, min(r.at) from unnest(r_ids, r_platforms, r_sites, r_held, r_at) as r (id, platform, site, held, at)
    where r.held group by r.platform, r.site order by r.platform, r.site
    on conflict (platform, external_id) do nothing;

    select array_agg(r.place) into assigned
    from unnest(r_platforms, r_sites, r_held) with ordinality as r (platform, site, held, place)
    join embassy.embassy_identities as i on i.platform = r.platform and i.external_id = r.site
    where r.held and i.team_id is not null;
    if assigned is not null then
      return;
    end if;
  end if;

  -- A repeated id is a repeated delivery, whatever it carries now. The lock keeps two of one id from passing each other.
  perform pg_advisory_xact_lock(hash)
  from (select distinct hashtextextended(d.platform || '/' || d.webhook, 2) as hash from unnest(d_platforms, d_webhooks) as d (platform, webhook) where d.webhook is not null order by 1) as keys;

  insert into embassy.embassy_readings (id, delivery_id, position, platform, domain, site_id, value, unit, ts, reading_id, webhook_id, held, received_at, kind, reference)
  select r.id, d_ids[r.delivery], r.position, r.platform, r.domain, r.site, r.value, r.unit, r.ts, r.reading_id, r.webhook, r.held, r.at, r.kind, r.reference
  from unnest(r_ids, r_deliveries, r_positions, r_platforms, r_domains, r_sites, r_values, r_units, r_ts, r_reading_ids, r_webhooks, r_held, r_at, r_kinds, r_references)
       with ordinality as r (id, delivery, position, platform, domain, site, value, unit, ts, reading_id, webhook, held, at, kind, reference, place)
  where r.webhook is null or not exists (select from embassy.embassy_readings as x where x.platform = r.platform and x.webhook_id = r.webhook)
  order by r.platform, r.site, r.ts, r.place
  on conflict do nothing;
  get diagnostics inserted = row_count;

  if inserted = cardinality(r_ids) then
    insert into embassy.embassy_events (id, platform, domain, site_id, readings, accepted, signature_state, outcome, received_at, webhook_id, trace_id, body)
    select d.id, d.platform, d.domain, d.site, d.readings, d.readings, d.signature, 'accepted', d.at, d.webhook, d.trace, d.body
    from unnest(d_ids, d_platforms, d_domains, d_sites, d_readings, d_signatures, d_at, d_webhooks, d_traces, d_bodies)
         as d (id, platform, domain, site, readings, signature, at, webhook, trace, body);
    perform outbox.append(e_ids, e_streams, e_topics, e_keys, e_payloads, e_traces);
    return;
  end if;

  select coalesce(array_agg(r.place::integer), '{}'), coalesce(array_agg(distinct r.delivery), '{}') into accepted, accepted_deliveries
  from unnest(r_ids, r_deliveries) with ordinality as r (id, delivery, place)
  where exists (select from embassy.embassy_readings as x where x.id = r.id);

  select coalesce(array_agg(r.place::integer order by r.place), '{}') into conflicts
  from unnest(r_ids, r_platforms, r_domains, r_sites, r_values, r_ts, r_reading_ids, r_webhooks)
       with ordinality as r (id, platform, domain, site, value, ts, reading_id, webhook, place)
  where not exists (select from embassy.embassy_readings as x where x.id = r.id)
    and not exists (select from embassy.embassy_readings as x where x.platform = r.platform and x.reading_id = r.reading_id)
    and not exists (select from embassy.embassy_readings as x where x.platform = r.platform and x.webhook_id = r.webhook)
    and not exists (select from embassy.embassy_readings as x where x.platform = r.platform and x.site_id = r.site and x.ts = r.ts and x.domain = r.domain and x.value = r.value);

  if cardinality(conflicts) > 0 and cardinality(r_ids) > cardinality(d_ids) then
    raise exception using errcode = 'DA409', message = (conflicts[1])::text;
  end if;

  insert into embassy.embassy_events (id, platform, domain, site_id, readings, accepted, signature_state, outcome, received_at, webhook_id, trace_id, body)
  select d.id, d.platform, d.domain, d.site, d.readings, c.accepted, d.signature, case when c.accepted > 0 then 'accepted' else 'duplicate' end, d.at, d.webhook, d.trace, d.body
  from unnest(d_ids, d_platforms, d_domains, d_sites, d_readings, d_signatures, d_at, d_webhooks, d_traces, d_bodies)
       with ordinality as d (id, platform, domain, site, readings, signature, at, webhook, trace, body, place)
  cross join lateral (select count(*)::integer as accepted from unnest(accepted) as a (place) where r_deliveries[a.place] = d.place) as c
  where not exists (select from unnest(conflicts) as x (place) where r_deliveries[x.place] = d.place);

  select array_agg(e.id order by e.place), array_agg(e.stream order by e.place), array_agg(e.topic order by e.place),
         array_agg(e.key order by e.place), array_agg(e.payload order by e.place), array_agg(e.trace order by e.place)
  into e_ids, e_streams, e_topics, e_keys, e_payloads, e_traces
  from unnest(e_ids, e_streams, e_topics, e_keys, e_payloads, e_traces, e_owners) with ordinality as e (id, stream, topic, key, payload, trace, owner, place)
  where e.owner in (select unnest(accepted)) or -e.owner in (select unnest(accepted_deliveries));
  if e_ids is not null then
    perform outbox.append(e_ids, e_streams, e_topics, e_keys, e_payloads, e_traces);
  end if;
end $$;
