-- What policies set beside capabilities, plans, multipliers, prices and freezes.
create table capabilities.registry_settings (
  name  text collate "C" primary key,
  value text not null
);

-- A policy becomes a version once, however often it is asked for.
create unique index registry_versions_policy on capabilities.registry_versions (cause_id) where cause = 'policy';

-- The operations that take a version back, so that a rollback is computed and never typed in.
alter table capabilities.registry_versions add column inverse jsonb not null default '[]';

-- The facts of a decision, so that it can be decided again by another registry. Text, because it is only ever read whole.
alter table capabilities.decisions add column facts text;
