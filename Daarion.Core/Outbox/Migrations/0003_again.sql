-- How often an event was put back in line because its stream no longer had it. JetStream may still know its id within the duplicate window although
-- the message is gone; the relay then publishes it under this number.
alter table outbox.outbox_events add column again smallint not null default 0;
